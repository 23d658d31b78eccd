"""The kinds that a file may hold: a fixed list, each with its checks, its numpy executor and its graph nodes."""

from collections.abc import Collection

from ..part import Part
from .bodies.additive import Additive
from .bodies.affine import Affine
from .bodies.expand import Expand
from .bodies.graph import Graph
from .bodies.net import Net
from .bodies.ngrams import Ngrams
from .bodies.pick import Pick
from .bodies.trees import Trees
from .body import Body, Flow, check_size
from .combine.beside import Beside
from .combine.cascade import Cascade
from .combine.chain import Chain
from .combine.loop import Loop
from .combine.vote import Vote
from .decoders.decoder import Decoder
from .decoders.labels import Labels
from .decoders.value import Value
from .guards.abstain import Abstain
from .guards.conformal_set import ConformalSet
from .guards.interval import Interval
from .inspector import Inspector
from .readers.columns import Columns
from .scales.isotonic import Isotonic
from .scales.temperature import Temperature

READERS = {"columns": Columns}
BODIES: dict[str, type[Body]] = {
    "additive": Additive,
    "affine": Affine,
    "beside": Beside,
    "cascade": Cascade,
    "chain": Chain,
    "expand": Expand,
    "graph": Graph,
    "loop": Loop,
    "net": Net,
    "ngrams": Ngrams,
    "pick": Pick,
    "trees": Trees,
    "vote": Vote,
}
SCALES: dict[str, type[Temperature | Isotonic]] = {"isotonic": Isotonic, "temperature": Temperature}
GUARDS: dict[str, type[Abstain | ConformalSet | Interval]] = {
    "abstain": Abstain,
    "conformal-set": ConformalSet,
    "interval": Interval,
}
DECODERS: dict[str, type[Decoder]] = {"labels": Labels, "value": Value}

KINDS = frozenset([*READERS, "codes", *BODIES, *SCALES, *GUARDS, *DECODERS])
"""Every name that may stand as a kind in a file of format 1."""


def load_body(part: Part, flow: Flow, where: str = "body") -> Body:
    """The body, checked from top to bottom and ready to run on batches of this flow."""
    return make_body(Inspector(part, where, make_body=make_body), flow)


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


def load_scale(part: Part, where: str, width: int) -> Temperature | Isotonic:
    """The scale for so many scores, checked."""
    return SCALES[known_kind(part, where, SCALES)](Inspector(part, where), width)


def load_guard(part: Part, where: str, width: int) -> Abstain | ConformalSet | Interval:
    """The guard for arrays of this width, checked."""
    return GUARDS[known_kind(part, where, GUARDS)](Inspector(part, where), width)


def load_decoder(part: Part, where: str, width: int) -> Decoder:
    """The decoder for arrays of this width, checked."""
    return DECODERS[known_kind(part, where, DECODERS)](Inspector(part, where), width)


def known_kind(part: Part, slot: str, table: Collection[str]) -> str:
    """The kind; refuses one that does not belong in this slot."""
    if part.kind not in table:
        Inspector(part, slot).refuse("part-kind", "one of " + ", ".join(table), repr(part.kind))
    return part.kind
