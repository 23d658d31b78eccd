"""Operators that look at all numbers along an axis and give as many back."""

from collections.abc import Mapping, Sequence
from math import log, sqrt
from typing import TYPE_CHECKING

import numpy as np

from ..part import Array
from .lengths import numbers_in, places
from .onnx_sizes import OnnxSizes
from .operator import Attribute, Operator, flag, number, whole
from .tensor import MOST_AXES, Tensor, fixed_length, floats_of, refuse, wants_floats, within_row

if TYPE_CHECKING:
    from .operator import OnnxGraph

MOST_SQUARED = 1e14  # numbers up to here can be squared and added up


class Softmax(Operator):
    """e to the x, divided by its sum along an axis.  log: the logarithm of that."""

    name = "softmax"
    attributes = {"axis": Attribute(whole(0, MOST_AXES - 1)), "log": Attribute(flag, False)}
    axis: int
    log: bool

    def facts(self, *operands: Tensor) -> Tensor:
        wants_floats(*operands)
        x = operands[0]
        terms = places(within_row(length_of(x, self.axis)), self.axes)
        if self.log:
            reach = (x.high - x.low) + log(terms)
            return floats_of(-reach * (1 + 1e-6) - 1e-5, 1e-5, x.shape)
        return floats_of(0.0, 1 + 1e-5, x.shape)

    def cost(self, *operands: Tensor) -> int:
        return 8 * numbers_in(self.result.shape, self.axes)

    def run(self, operands: Sequence[Array], sizes: Mapping[str, int]) -> Array:
        # The maximum is taken off first: exp(89) overflows, and the result does not notice the shift.
        x = operands[0] - operands[0].max(axis=self.axis, keepdims=True)
        power = np.exp(x)
        total = power.sum(axis=self.axis, keepdims=True, dtype=np.float32)
        return x - np.log(total) if self.log else power / total

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        return onnx.node("LogSoftmax" if self.log else "Softmax", names[0], axis=self.axis)


class LayerNorm(Operator):
    """(x - mean) / sqrt(variance + epsilon) over the last `over` axes."""

    name = "layer_norm"
    attributes = {"over": Attribute(whole(1, MOST_AXES), 1), "epsilon": Attribute(number(1e-12, 1.0))}
    over: int
    epsilon: float

    def facts(self, *operands: Tensor) -> Tensor:
        wants_floats(*operands)
        x = operands[0]
        if self.over > len(x.shape) or x.size > MOST_SQUARED:
            wanted = f"at least {self.over} axes of numbers below {MOST_SQUARED:g}"
            refuse("part-limit", wanted, f"{x.shape}, {x.size:g}")
        self.count = 1
        for length in x.shape[-self.over :]:
            self.count *= fixed_length(length)
        self.over_axes = tuple(range(len(x.shape) - self.over, len(x.shape)))
        # n numbers of mean 0 and mean square 1: none is larger than sqrt(n).
        reach = sqrt(self.count) * (1 + 1e-4)
        return floats_of(-reach, reach, x.shape)

    def cost(self, *operands: Tensor) -> int:
        return 8 * numbers_in(self.result.shape, self.axes)

    def run(self, operands: Sequence[Array], sizes: Mapping[str, int]) -> Array:
        x = operands[0]
        apart = x - x.mean(axis=self.over_axes, keepdims=True, dtype=np.float32)
        squares = (apart * apart).sum(axis=self.over_axes, keepdims=True, dtype=np.float32)
        return apart / np.sqrt(squares * np.float32(1 / self.count) + np.float32(self.epsilon))

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        # Not the node LayerNormalization, nor nodes that ONNX Runtime would fuse into it: that one takes the variance
        # as mean square - squared mean, which is wrong or NaN where the mean is large.
        axes = np.array(self.over_axes)
        apart = onnx.node("Sub", names[0], onnx.node("ReduceMean", names[0], axes=axes))
        squares = onnx.node("ReduceSumSquare", apart, axes=axes)
        mean = onnx.node("Mul", squares, onnx.constant(np.float32(1 / self.count)))
        return onnx.node(
            "Div", apart, onnx.node("Sqrt", onnx.node("Add", mean, onnx.constant(np.float32(self.epsilon))))
        )


def length_of(x: Tensor, axis: int) -> int | str:
    """The length of an axis; refuses one that x does not have."""
    if axis >= len(x.shape):
        refuse("part-config", f"an axis below {len(x.shape)}", axis)
    return x.shape[axis]


NORMALISERS: tuple[type[Operator], ...] = (Softmax, LayerNorm)
