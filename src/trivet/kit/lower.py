"""Lowering: workshop kinds become runtime kinds, one function per kind."""

from collections.abc import Callable, Collection, Mapping

import numpy as np

from trivet.core.candidate import Kinds, Sketch
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


def lowered_kinds(tree: Kinds, only: Collection[str] = tuple(LOWER)) -> Kinds:
    """The same on the kinds alone."""
    kind = LOWER[tree.kind][0] if tree.kind in only else tree.kind
    return Kinds(kind=kind, children=tuple(lowered_kinds(child, only) for child in tree.children))


def expect_kind(sketch: Sketch, kind: str, *, for_: Pass) -> Kinds:
    """The sketch's body; refuses one in which the workshop kind does not occur."""
    body = sketch.expect(has="body", for_=for_).kinds["body"]
    if kind not in body:
        raise Refused(for_.name, f"a body of {body}, with no {kind} in it", do="leave this step out")
    return body
