"""Operators that move numbers and change none."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..part import Array
from .lengths import Length, flat, names_in, places, product
from .normalise import length_of
from .onnx_sizes import OnnxSizes
from .operator import Attribute, Operator, lengths, number, whole, wholes
from .tensor import MOST_AXES, MOST_SIZE, Tensor, fixed_length, refuse, wants_floats

if TYPE_CHECKING:
    from .operator import OnnxGraph

LONGEST = 2**24


class Reshape(Operator):
    """The same numbers in the same order, cut into other axes; rows stay apart."""

    name = "reshape"
    attributes = {"to": Attribute(lengths)}
    to: tuple[Length, ...]

    def facts(self, *operands: Tensor) -> Tensor:
        x = operands[0]
        check_lengths(self.to, self.axes)
        if flat(self.to) != flat(x.shape):
            refuse("part-config", f"a shape that flattens to {flat(x.shape)}", list(self.to))
        return replace(x, shape=self.to)

    def cost(self, *operands: Tensor) -> int:
        return 1

    def run(self, operands: Sequence[Array], sizes: Mapping[str, int]) -> Array:
        return operands[0].reshape([places(length, sizes) for length in self.to])

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        return onnx.node("Reshape", names[0], sizes.shape_to_fill(self.to))


class Transpose(Operator):
    """Axis i of the result is axis order[i] of x."""

    name = "transpose"
    attributes = {"order": Attribute(wholes(1, MOST_AXES, 0, MOST_AXES - 1))}
    order: tuple[int, ...]

    def facts(self, *operands: Tensor) -> Tensor:
        x = operands[0]
        if sorted(self.order) != list(range(len(x.shape))):
            refuse("part-config", f"each of {len(x.shape)} axes once", list(self.order))
        return replace(x, shape=tuple(x.shape[axis] for axis in self.order))

    def run(self, operands: Sequence[Array], sizes: Mapping[str, int]) -> Array:
        return operands[0].transpose(self.order)

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        return onnx.node("Transpose", names[0], perm=np.array(self.order))


class Expand(Operator):
    """x, repeated along axes of length 1 and along new first axes."""

    name = "expand"
    attributes = {"to": Attribute(lengths)}
    to: tuple[Length, ...]

    def facts(self, *operands: Tensor) -> Tensor:
        x = operands[0]
        check_lengths(self.to, self.axes)
        fits = len(self.to) >= len(x.shape)
        tail = self.to[len(self.to) - len(x.shape) :]
        if not fits or any(old not in (1, new) for old, new in zip(x.shape, tail)):
            refuse("part-config", f"a shape that {x.shape} can be repeated to", list(self.to))
        return replace(x, shape=self.to)

    def run(self, operands: Sequence[Array], sizes: Mapping[str, int]) -> Array:
        return np.broadcast_to(operands[0], [places(length, sizes) for length in self.to])

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        return onnx.node("Expand", names[0], sizes.shape(self.to))


class Concat(Operator):
    """Up to 64 values, one after the other along an axis."""

    name, operands = "concat", (2, 64)
    attributes = {"axis": Attribute(whole(0, MOST_AXES - 1))}
    axis: int

    def facts(self, *operands: Tensor) -> Tensor:
        first = operands[0]
        total = sum(fixed_length(length_of(operand, self.axis)) for operand in operands)
        shapes = [operand.shape[: self.axis] + operand.shape[self.axis + 1 :] for operand in operands]
        if len(set(shapes)) > 1 or len({operand.dtype for operand in operands}) > 1:
            refuse("part-config", "values that differ along the axis only", [operand.shape for operand in operands])
        shape = (*first.shape[: self.axis], total, *first.shape[self.axis + 1 :])
        low, high = min(operand.low for operand in operands), max(operand.high for operand in operands)
        return Tensor(first.dtype, shape, low, high)

    def run(self, operands: Sequence[Array], sizes: Mapping[str, int]) -> Array:
        return np.concatenate(operands, axis=self.axis)

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        return onnx.node("Concat", *names, axis=self.axis)


class Slice(Operator):
    """The places start, start + step, ... below stop along an axis."""

    name = "slice"
    attributes = {
        "axis": Attribute(whole(0, MOST_AXES - 1)),
        "start": Attribute(whole(0, LONGEST), 0),
        "stop": Attribute(whole(1, LONGEST)),
        "step": Attribute(whole(1, LONGEST), 1),
    }
    axis: int
    start: int
    stop: int
    step: int

    def facts(self, *operands: Tensor) -> Tensor:
        x = operands[0]
        length = fixed_length(length_of(x, self.axis))
        if not self.start < self.stop <= length:
            refuse("part-config", f"start below stop, up to {length}", f"{self.start} to {self.stop}")
        count = (self.stop - self.start + self.step - 1) // self.step
        return replace(x, shape=(*x.shape[: self.axis], count, *x.shape[self.axis + 1 :]))

    def run(self, operands: Sequence[Array], sizes: Mapping[str, int]) -> Array:
        return operands[0][(slice(None),) * self.axis + (slice(self.start, self.stop, self.step),)]

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        values = (self.start, self.stop, self.axis, self.step)
        return onnx.node("Slice", names[0], *(onnx.constant(np.array([value], np.int64)) for value in values))


class Pick(Operator):
    """One place along an axis, which goes; at = -1 is the last, also where the length varies."""

    name = "pick"
    attributes = {"axis": Attribute(whole(0, MOST_AXES - 1)), "at": Attribute(whole(-1, LONGEST))}
    axis: int
    at: int

    def facts(self, *operands: Tensor) -> Tensor:
        x = operands[0]
        length = length_of(x, self.axis)
        # A length that varies is at least 1; of rows none may be picked out.
        known = length if isinstance(length, int) else 1
        if self.at >= known or "rows" in names_in([length]):
            refuse("part-config", f"a place below {known} on an axis within one row", f"{self.at} of {length}")
        return replace(x, shape=x.shape[: self.axis] + x.shape[self.axis + 1 :])

    def run(self, operands: Sequence[Array], sizes: Mapping[str, int]) -> Array:
        return operands[0][(slice(None),) * self.axis + (self.at,)]

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        return onnx.node("Gather", names[0], onnx.constant(np.int64(self.at)), axis=self.axis)


class Pad(Operator):
    """x with `before` and `after` places filled with `value` on each of its last axes."""

    name = "pad"
    attributes = {
        "before": Attribute(wholes(1, MOST_AXES, 0, 4096)),
        "after": Attribute(wholes(1, MOST_AXES, 0, 4096)),
        "value": Attribute(number(-MOST_SIZE, MOST_SIZE), 0.0),
    }
    before: tuple[int, ...]
    after: tuple[int, ...]
    value: float

    def facts(self, *operands: Tensor) -> Tensor:
        wants_floats(*operands)
        x, n = operands[0], len(self.before)
        if len(self.after) != n or n > len(x.shape):
            refuse("part-config", f"pairs for at most {len(x.shape)} axes", f"{self.before} and {self.after}")
        tail = [fixed_length(length) + sum(pads) for length, *pads in zip(x.shape[-n:], self.before, self.after)]
        value = float(np.float32(self.value))
        return Tensor("float32", (*x.shape[:-n], *tail), min(x.low, value), max(x.high, value))

    def run(self, operands: Sequence[Array], sizes: Mapping[str, int]) -> Array:
        x, n = operands[0], len(self.before)
        sides = [(0, 0)] * (x.ndim - n) + list(zip(self.before, self.after))
        return np.pad(x, sides, constant_values=np.float32(self.value))

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        none = [0] * (len(self.result.shape) - len(self.before))
        pads = onnx.constant(np.array([*none, *self.before, *none, *self.after], np.int64))
        return onnx.node("Pad", names[0], pads, onnx.constant(np.float32(self.value)))


def check_lengths(to: Sequence[Length], axes: Mapping[str, int]) -> None:
    """Refuses lengths with unknown names, in another spelling than the one right, or too many."""
    for length in to:
        words = length.split("*") if isinstance(length, str) else []
        known = all(
            word in axes or (word.isdigit() and word.isascii() and len(word) < 9 and int(word) > 1) for word in words
        )
        if len(words) > MOST_AXES or not known or (words and product(numbers_and_names(words)) != length):
            refuse("part-config", "lengths made of numbers and of " + ", ".join(axes), repr(length)[:80])


def numbers_and_names(words: Sequence[str]) -> list[int | str]:
    """The factors that stand in a product."""
    return [int(word) if word.isdigit() else word for word in words]


SHAPERS: tuple[type[Operator], ...] = (Reshape, Transpose, Expand, Concat, Slice, Pick, Pad)
