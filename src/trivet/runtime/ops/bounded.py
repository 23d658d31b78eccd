"""Operators on the numbers of one value that need an attribute or another dtype: clip, power, not, cast."""

from collections.abc import Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from ..onnx_bytes import DTYPES
from ..part import Array
from .elementwise import Unary
from .onnx_sizes import OnnxSizes
from .operator import Attribute, Operator, choice, number
from .tensor import LEAST_SIZE, MOST_SIZE, Tensor, flags_of, floats_of, refuse, wants_dtype, widened

if TYPE_CHECKING:
    from .operator import OnnxGraph


class Clip(Unary):
    """x, at least `low` and at most `high`; also of whole numbers."""

    name = "clip"
    attributes = {
        "low": Attribute(number(-MOST_SIZE, MOST_SIZE), -inf),
        "high": Attribute(number(-MOST_SIZE, MOST_SIZE), inf),
    }
    low: float
    high: float

    def facts(self, *operands: Tensor) -> Tensor:
        x = operands[0]
        if x.dtype == "bool" or self.low > self.high or (self.low, self.high) == (-inf, inf):
            refuse("part-config", "numbers, and low at most high", f"{x.dtype}, {self.low:g}, {self.high:g}")
        if x.dtype == "int64" and not all(bound.is_integer() for bound in self.limits(x)):
            refuse("part-config", "whole bounds of whole numbers", f"{self.low:g}, {self.high:g}")
        low, high = (float(np.float32(bound)) if x.dtype == "float32" else bound for bound in self.limits(x))
        return Tensor(x.dtype, x.shape, min(max(x.low, low), high), max(min(x.high, high), low))

    def limits(self, x: Tensor) -> tuple[float, float]:
        """Both bounds; those of x where there is none."""
        return (x.low if self.low == -inf else self.low), (x.high if self.high == inf else self.high)

    def compute(self, x: Array) -> Array:
        low = None if self.low == -inf else x.dtype.type(self.low)
        return np.clip(x, low, None if self.high == inf else x.dtype.type(self.high))

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        dtype = np.dtype(self.result.dtype).type
        low, high = ("" if abs(bound) == inf else onnx.constant(dtype(bound)) for bound in (self.low, self.high))
        return onnx.node("Clip", names[0], low, *([high] if high else []))


class Pow(Unary):
    """x to the power of `exponent`, from -8 to 8: whole where x goes below 0, above 0 where x reaches 0."""

    name = "pow"
    attributes = {"exponent": Attribute(number(-8, 8))}
    exponent: float

    def reach(self, low: float, high: float) -> tuple[float, float]:
        power = self.exponent
        if low < 0 and not power.is_integer():
            refuse("part-limit", f"numbers that are never below 0 for the power {power:g}", f"{low:g}")
        if power < 0 and low < LEAST_SIZE and high > -LEAST_SIZE:
            refuse("part-limit", f"numbers that stay away from 0 for the power {power:g}", f"{low:g} to {high:g}")
        if max(abs(low), abs(high), 1.0) > MOST_SIZE ** (1 / max(1.0, abs(power))):
            refuse("part-limit", f"powers that stay below {MOST_SIZE:g}", f"{low:g} to {high:g}")
        ends = [low**power, high**power, *([0.0] if low <= 0 <= high and power > 0 else [])]
        return widened(min(ends), max(ends))

    def compute(self, x: Array) -> Array:
        # Whole powers by multiplication: numpy and ONNX Runtime then agree, and nothing is slow.
        if self.exponent == 2:
            return x * x
        return np.power(x, np.float32(self.exponent))

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        if self.exponent == 2:
            return onnx.node("Mul", names[0], names[0])
        return onnx.node("Pow", names[0], onnx.constant(np.float32(self.exponent)))


class Not(Operator):
    """True where x is false."""

    name = "not"

    def facts(self, *operands: Tensor) -> Tensor:
        wants_dtype("bool", *operands)
        return flags_of(operands[0].shape)

    def run(self, operands: Sequence[Array], sizes: Mapping[str, int]) -> Array:
        return np.logical_not(operands[0])

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        return onnx.node("Not", names[0])


class Cast(Operator):
    """x as float32, int64 (fractions are cut off) or bool (true unless 0)."""

    name = "cast"
    attributes = {"to": Attribute(choice("float32", "int64", "bool"))}
    to: str

    def facts(self, *operands: Tensor) -> Tensor:
        x = operands[0]
        if x.dtype == self.to:
            refuse("part-config", "another dtype than before", self.to)
        if self.to == "bool":
            return flags_of(x.shape)
        if self.to == "int64":
            return Tensor("int64", x.shape, float(np.trunc(x.low)), float(np.trunc(x.high)))
        return floats_of(*widened(x.low, x.high), x.shape)

    def run(self, operands: Sequence[Array], sizes: Mapping[str, int]) -> Array:
        return operands[0].astype(self.to)

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        return onnx.node("Cast", names[0], to=DTYPES[self.to])


BOUNDED: tuple[type[Operator], ...] = (Clip, Pow, Not, Cast)
