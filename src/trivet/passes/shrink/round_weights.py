"""Round the weights of sums, networks, curves and word counts to 8 or 16 bits.

Helps: size, up to four times.  Costs: each weight is off by half a step, which shows in quality only at 8 bits.
Needs: a body, or features, with one of the kinds affine, net, additive or ngrams in them.
Source: Jacob et al. 2018, arXiv 1712.05877, section 2 (symmetric steps, one scale per output column).
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import numpy as np

from trivet.core.candidate import Sketch, Work
from trivet.core.context import Context
from trivet.core.errors import Refused
from trivet.core.passes import Pass, Range, Size
from trivet.core.value import value
from trivet.kit.rounding import fits_float16, step_of, to_int8
from trivet.runtime.part import Array, Part

WEIGHTS = {"affine": r"weights", "ngrams": r"weights", "net": r"w\d+", "additive": r"scores"}
"""Kind -> the names of the arrays that are rounded."""

SLOTS = ("features", "body")
_NO_INT8 = ("additive",)  # the runtime reads a curve's scores in float32 or float16


@value
class RoundWeights(Pass):
    """bits: 8 (int8 with one scale per output column; curves stay at 16) or 16 (float16)."""

    reads: ClassVar[tuple[str, ...]] = ()
    helps: ClassVar[tuple[str, ...]] = ("size",)
    costs: ClassVar[tuple[str, ...]] = ("quality",)

    bits: int = 8

    def check(self, sketch: Sketch) -> Sketch:
        found = [tree for slot in SLOTS if (tree := sketch.kind(slot)) is not None]
        if not any(kind in tree for kind in WEIGHTS for tree in found):
            wanted, there = ", ".join(WEIGHTS), " and ".join(map(str, found)) or "no body yet"
            raise Refused(self.name, f"{there}, without {wanted}", do="put it behind a pass that makes one of these")
        if self.bits not in (8, 16):
            raise Refused(self.name, f"{self.bits} bits", do="take 8 or 16 bits")
        return sketch.without("scale", "guard")

    def run(self, work: Work, ctx: Context) -> Work:
        parts = work.candidate.parts
        rounded = {slot: with_rounded_weights(parts[slot], self.bits) for slot in SLOTS if slot in parts}
        return work.without("scale", "guard").with_(**rounded)

    def ranges(self) -> Mapping[str, Range]:
        return {"bits": Range(among=(8, 16))}

    def units(self, size: Size) -> float:
        return 0.02


def with_rounded_weights(part: Part, bits: int) -> Part:
    """The part with its weights rounded, children too; weights that are int8 already stay."""
    arrays = dict(part.arrays)
    for name, array in part.arrays.items():
        if array.dtype != np.int8 and re.fullmatch(WEIGHTS.get(part.kind, r"(?!)"), name):
            is_short = bits == 8 and part.kind not in _NO_INT8
            arrays.update(in_8_bits(name, array) if is_short else in_16_bits(name, array))
    children = tuple(with_rounded_weights(child, bits) for child in part.children)
    return replace(part, arrays=arrays, children=children)


def in_8_bits(name: str, weights: Array) -> dict[str, Array]:
    """int8 with one scale per output column, the last axis."""
    step = step_of(np.abs(weights).max(axis=0, initial=0))
    return {name: to_int8(weights, step), f"{name}_scale": step}


def in_16_bits(name: str, weights: Array) -> dict[str, Array]:
    """float16; float32 where that would overflow."""
    return {name: weights.astype(np.float16) if fits_float16(weights) else weights}
