"""Operators on two or three values, number by number; axes of length 1 are repeated until the shapes fit."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..part import Array
from .onnx_sizes import OnnxSizes
from .operator import Operator
from .tensor import LEAST_SIZE, Tensor, flags_of, floats_of, refuse, together, wants_dtype, wants_floats, widened

if TYPE_CHECKING:
    from .operator import OnnxGraph


class Pair(Operator):
    """A function of two numbers."""

    operands = (2, 2)
    onnx: ClassVar[str]
    compute: ClassVar[Any]  # a ufunc of numpy

    def run(self, operands: Sequence[Array], sizes: Mapping[str, int]) -> Array:
        found: Array = self.compute(operands[0], operands[1])
        return found

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        return onnx.node(self.onnx, *names)


class Arithmetic(Pair):
    """Two float32, or two whole numbers."""

    def facts(self, *operands: Tensor) -> Tensor:
        a, b = operands
        if a.dtype != b.dtype or a.dtype == "bool":
            refuse("part-config", "two operands of float32 or two of int64", f"{a.dtype} and {b.dtype}")
        low, high = self.reach(a, b)
        shape = together(a.shape, b.shape)
        return floats_of(low, high, shape) if a.dtype == "float32" else Tensor("int64", shape, low, high)

    def reach(self, a: Tensor, b: Tensor) -> tuple[float, float]:
        """Bounds of what comes out."""
        raise NotImplementedError


def sum_reach(dtype: str, low: float, high: float, size: float, *, one_sign: bool) -> tuple[float, float]:
    """Bounds of a sum or difference after rounding; numbers of one sign are off by a share of the sum only."""
    if dtype != "float32":
        return low, high
    return widened(low, high) if one_sign else widened(low, high, size=size)


class Add(Arithmetic):
    """a + b."""

    name, onnx, compute = "add", "Add", np.add

    def reach(self, a: Tensor, b: Tensor) -> tuple[float, float]:
        one_sign = (a.low >= 0 and b.low >= 0) or (a.high <= 0 and b.high <= 0)
        return sum_reach(a.dtype, a.low + b.low, a.high + b.high, max(a.size, b.size), one_sign=one_sign)


class Sub(Arithmetic):
    """a - b."""

    name, onnx, compute = "sub", "Sub", np.subtract

    def reach(self, a: Tensor, b: Tensor) -> tuple[float, float]:
        one_sign = (a.low >= 0 and b.high <= 0) or (a.high <= 0 and b.low >= 0)
        return sum_reach(a.dtype, a.low - b.high, a.high - b.low, max(a.size, b.size), one_sign=one_sign)


class Mul(Arithmetic):
    """a * b."""

    name, onnx, compute = "mul", "Mul", np.multiply

    def reach(self, a: Tensor, b: Tensor) -> tuple[float, float]:
        ends = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
        if a is b:  # a square is never below 0
            ends = [0.0 if a.low <= 0 <= a.high else min(ends[0], ends[3]), max(ends[0], ends[3])]
        return widened(min(ends), max(ends)) if a.dtype == "float32" else (min(ends), max(ends))


class Div(Arithmetic):
    """a / b of float32; b stays away from 0."""

    name, onnx, compute = "div", "Div", np.divide

    def reach(self, a: Tensor, b: Tensor) -> tuple[float, float]:
        wants_floats(a, b)
        if b.low < LEAST_SIZE and b.high > -LEAST_SIZE:
            refuse("part-limit", "a divisor that stays away from 0", f"{b.low:g} to {b.high:g}")
        ends = [x / y for x in (a.low, a.high) for y in (b.low, b.high)]
        return widened(min(ends), max(ends))


class Minimum(Arithmetic):
    """The smaller of a and b."""

    name, onnx, compute = "minimum", "Min", np.minimum

    def reach(self, a: Tensor, b: Tensor) -> tuple[float, float]:
        return min(a.low, b.low), min(a.high, b.high)


class Maximum(Arithmetic):
    """The larger of a and b."""

    name, onnx, compute = "maximum", "Max", np.maximum

    def reach(self, a: Tensor, b: Tensor) -> tuple[float, float]:
        return max(a.low, b.low), max(a.high, b.high)


class Comparison(Pair):
    """True or false, of two float32 or two whole numbers."""

    def facts(self, *operands: Tensor) -> Tensor:
        a, b = operands
        if a.dtype != b.dtype or a.dtype == "bool":
            refuse("part-config", "two operands of float32 or two of int64", f"{a.dtype} and {b.dtype}")
        return flags_of(together(a.shape, b.shape))


class Equal(Comparison):
    """a = b."""

    name, onnx, compute = "equal", "Equal", np.equal


class Less(Comparison):
    """a < b."""

    name, onnx, compute = "less", "Less", np.less


class LessEqual(Comparison):
    """a <= b."""

    name, onnx, compute = "less_equal", "LessOrEqual", np.less_equal


class Logical(Pair):
    """True or false, of two booleans."""

    def facts(self, *operands: Tensor) -> Tensor:
        wants_dtype("bool", *operands)
        return flags_of(together(*(operand.shape for operand in operands)))


class And(Logical):
    """Both are true."""

    name, onnx, compute = "and", "And", np.logical_and


class Or(Logical):
    """One of them is true, or both are."""

    name, onnx, compute = "or", "Or", np.logical_or


class Where(Operator):
    """b where a is true, c where it is false."""

    name, operands = "where", (3, 3)

    def facts(self, *operands: Tensor) -> Tensor:
        flags, b, c = operands
        wants_dtype("bool", flags)
        if b.dtype != c.dtype or b.dtype == "bool":
            refuse("part-config", "two choices of float32 or two of int64", f"{b.dtype} and {c.dtype}")
        shape = together(flags.shape, b.shape, c.shape)
        return Tensor(b.dtype, shape, min(b.low, c.low), max(b.high, c.high))

    def run(self, operands: Sequence[Array], sizes: Mapping[str, int]) -> Array:
        return np.where(*operands)

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        return onnx.node("Where", *names)


PAIRS: tuple[type[Operator], ...] = (
    Add, Sub, Mul, Div, Minimum, Maximum, Equal, Less, LessEqual, And, Or, Where,
)  # fmt: skip
