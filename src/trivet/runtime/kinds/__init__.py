"""The kinds that a file may hold: a fixed list, each with its checks, its numpy executor and its graph nodes."""

from collections.abc import Collection

from ..part import Part
from .bodies.additive import Additive
from .bodies.affine import Affine
from .bodies.expand import Expand
from .bodies.graph import Graph
from .bodies.net import Net
from .bodies.ngrams import Ngrams
from .bodies.trees import Trees
from .body import Body, Flow, check_size
from .combine.chain import Chain
from .combine.loop import Loop
from .combine.vote import Vote
from .decoders.labels import Labels
from .guards.conformal_set import ConformalSet
from .guards.interval import Interval
from .inspector import Inspector
from .readers.columns import Columns
from .scales.isotonic import Isotonic
from .scales.temperature import Plain, Temperature

BODIES: dict[str, type[Body]] = {
    "additive": Additive,
    "affine": Affine,
    "chain": Chain,
    "expand": Expand,
    "graph": Graph,
    "loop": Loop,
    "net": Net,
    "ngrams": Ngrams,
    "trees": Trees,
    "vote": Vote,
}
READERS = {"columns": Columns}
SCALES = {"isotonic": Isotonic, "temperature": Temperature}
GUARDS = {"conformal-set": ConformalSet, "interval": Interval}
LABELS = {"labels": Labels}

KINDS = frozenset([*BODIES, *READERS, "codes", *SCALES, *GUARDS, *LABELS])
"""Every name that may stand as a kind in a file of format 1."""

Scale = Plain | Isotonic
Guard = ConformalSet | Interval


def load_body(part: Part, flow: Flow) -> Body:
    """The body, checked from top to bottom and ready to run on batches of this flow."""
    return make_body(Inspector(part, "body", make_body=make_body), flow)


def make_body(look: Inspector, flow: Flow) -> Body:
    """One piece of a body."""
    cls = BODIES.get(look.part.kind)
    if cls is None:
        look.refuse("part-kind", "one of " + ", ".join(BODIES), repr(look.part.kind))
    body = cls(look, flow)
    check_size(body, look)
    return body


def load_reader(part: Part) -> Columns:
    """The reader, checked."""
    return READERS[known_kind(part, "reader", READERS)](Inspector(part, "reader"))


def load_scale(part: Part | None, n_scores: int) -> Scale:
    """The scale, checked; plain sigmoid or softmax when there is none."""
    if part is None:
        return Plain(n_scores)
    if known_kind(part, "scale", SCALES) == "isotonic":
        return Isotonic(Inspector(part, "scale"), n_scores)
    return Temperature(Inspector(part, "scale"), n_scores)


def load_guard(part: Part, n_scores: int) -> Guard:
    """The guard, checked."""
    if known_kind(part, "guard", GUARDS) == "interval":
        return Interval(Inspector(part, "guard"), n_scores)
    return ConformalSet(Inspector(part, "guard"), max(2, n_scores))


def load_labels(part: Part, n_scores: int) -> Labels:
    """The class names, checked."""
    return LABELS[known_kind(part, "labels", LABELS)](Inspector(part, "labels"), max(2, n_scores))


def known_kind(part: Part, slot: str, table: Collection[str]) -> str:
    """The kind; refuses one that does not belong in this slot."""
    if part.kind not in table:
        Inspector(part, slot).refuse("part-kind", "one of " + ", ".join(table), repr(part.kind))
    return part.kind
