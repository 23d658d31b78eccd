"""Lowering: workshop kinds become runtime kinds, one function per kind."""

import re
from collections.abc import Callable, Collection, Mapping

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.errors import Refused
from trivet.core.passes import Pass
from trivet.runtime.part import Part

from .lower_glass_box import lower_terms
from .trees.lower_trees import lower_trees


def lower_line(part: Part) -> Part:
    """`affine`, in float32."""
    arrays = {"weights": part.arrays["coef"], "bias": part.arrays["intercept"]}
    return Part(kind="affine", arrays={name: array.astype(np.float32) for name, array in arrays.items()})


def lower_net(part: Part) -> Part:
    """`net`, in float32."""
    arrays = {name: array.astype(np.float32) for name, array in part.arrays.items()}
    return Part(kind="net", config=part.config, arrays=arrays)


LOWER: Mapping[str, tuple[str, Callable[[Part], Part]]] = {
    "lightgbm": ("trees", lower_trees),
    "ebm": ("additive", lower_terms),
    "sklearn-linear": ("affine", lower_line),
    "sklearn-net": ("net", lower_net),
}
"""Workshop kind -> (runtime kind, how it is made)."""


def lowered(part: Part, only: Collection[str] = tuple(LOWER)) -> Part:
    """The part with its workshop kinds lowered, children too; `only` names the workshop kinds to lower."""
    if part.kind in LOWER and part.kind in only:
        return LOWER[part.kind][1](part)
    if not part.children:
        return part
    children = tuple(lowered(child, only) for child in part.children)
    return Part(kind=part.kind, config=part.config, arrays=part.arrays, children=children)


def lowered_kinds(kinds: str, only: Collection[str] = tuple(LOWER)) -> str:
    """The same on a sketch's text: "vote[lightgbm,ebm]" -> "vote[trees,additive]"."""
    return re.sub(r"[a-z0-9-]+", lambda word: LOWER[word[0]][0] if word[0] in only else word[0], kinds)


def expect_kind(sketch: Sketch, kind: str, *, for_: Pass) -> str:
    """The sketch's body; refuses one in which the workshop kind does not occur."""
    body = sketch.expect(has="body", for_=for_).kinds["body"]
    if kind not in re.findall(r"[a-z0-9-]+", body):
        raise Refused(for_.name, f"a body of {body}, with no {kind} in it", do="leave this step out")
    return body
