"""Operators on the numbers of one value, each by itself."""

from collections.abc import Mapping, Sequence
from math import erf, exp, log1p, sqrt, tanh
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from ..part import Array
from .erf import erf as float32_erf
from .onnx_sizes import OnnxSizes
from .operator import Attribute, Operator, choice
from .tensor import LEAST_SIZE, Tensor, floats_of, refuse, wants_floats, widened

if TYPE_CHECKING:
    from .operator import OnnxGraph

HIGHEST_EXP = 69.0  # exp(69) is just below 1e30


class Unary(Operator):
    """A function of one number, that rises and falls as `reach` says."""

    onnx: ClassVar[str]

    def facts(self, *operands: Tensor) -> Tensor:
        wants_floats(*operands)
        low, high = self.reach(operands[0].low, operands[0].high)
        return floats_of(low, high, operands[0].shape)

    def reach(self, low: float, high: float) -> tuple[float, float]:
        """Bounds of what comes out."""
        raise NotImplementedError

    def compute(self, x: Array) -> Array:
        """By numpy."""
        raise NotImplementedError

    def run(self, operands: Sequence[Array], sizes: Mapping[str, int]) -> Array:
        return self.compute(operands[0])

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        return onnx.node(self.onnx, names[0])


class Abs(Unary):
    """The size of x."""

    name, onnx = "abs", "Abs"

    def reach(self, low: float, high: float) -> tuple[float, float]:
        return max(low, -high, 0.0), max(-low, high)

    def compute(self, x: Array) -> Array:
        return np.abs(x)


class Neg(Unary):
    """-x."""

    name, onnx = "neg", "Neg"

    def reach(self, low: float, high: float) -> tuple[float, float]:
        return -high, -low

    def compute(self, x: Array) -> Array:
        return -x


class Exp(Unary):
    """e to the x; x stays below 69."""

    name, onnx = "exp", "Exp"

    def reach(self, low: float, high: float) -> tuple[float, float]:
        if high > HIGHEST_EXP:
            refuse("part-limit", f"exponents up to {HIGHEST_EXP:g}", f"{high:g}")
        # A relative error of the exponent becomes an absolute one, times the exponent.
        return exp(low) * (1 - 1e-4), exp(high) * (1 + 1e-4)

    def compute(self, x: Array) -> Array:
        return np.exp(x)


class Log(Unary):
    """The natural logarithm; x stays above 0."""

    name, onnx = "log", "Log"

    def reach(self, low: float, high: float) -> tuple[float, float]:
        if low < LEAST_SIZE:
            refuse("part-limit", "the logarithm of numbers that stay above 0", f"{low:g}")
        bounds = float(np.log(low)), float(np.log(high))
        return widened(*bounds, size=max(abs(bound) for bound in bounds) + 1)

    def compute(self, x: Array) -> Array:
        return np.log(x)


class Sqrt(Unary):
    """The square root; x is never below 0."""

    name, onnx = "sqrt", "Sqrt"

    def reach(self, low: float, high: float) -> tuple[float, float]:
        if low < 0:
            refuse("part-limit", "the square root of numbers that are never below 0", f"{low:g}")
        return widened(sqrt(low), sqrt(high))

    def compute(self, x: Array) -> Array:
        return np.sqrt(x)


class Rsqrt(Unary):
    """1 / the square root; x stays above 0."""

    name = "rsqrt"

    def reach(self, low: float, high: float) -> tuple[float, float]:
        if low < LEAST_SIZE:
            refuse("part-limit", "one over the square root of numbers that stay above 0", f"{low:g}")
        return widened(1 / sqrt(high), 1 / sqrt(low))

    def compute(self, x: Array) -> Array:
        return np.float32(1) / np.sqrt(x)

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        return onnx.node("Reciprocal", onnx.node("Sqrt", names[0]))


class Relu(Unary):
    """x, or 0 where it is below."""

    name, onnx = "relu", "Relu"

    def reach(self, low: float, high: float) -> tuple[float, float]:
        return max(low, 0.0), max(high, 0.0)

    def compute(self, x: Array) -> Array:
        return np.maximum(x, np.float32(0))


class Sigmoid(Unary):
    """1 / (1 + e to the -x)."""

    name, onnx = "sigmoid", "Sigmoid"

    def reach(self, low: float, high: float) -> tuple[float, float]:
        return 0.0, 1.0 + 1e-6

    def compute(self, x: Array) -> Array:
        # exp of a negative number never overflows.
        small = np.exp(-np.abs(x))
        return np.where(x >= 0, np.float32(1), small) / (np.float32(1) + small)


class Tanh(Unary):
    """The hyperbolic tangent."""

    name, onnx = "tanh", "Tanh"

    def reach(self, low: float, high: float) -> tuple[float, float]:
        return widened(tanh(low), tanh(high), size=1.0)

    def compute(self, x: Array) -> Array:
        return np.tanh(x)


class Erf(Unary):
    """The error function."""

    name, onnx = "erf", "Erf"

    def reach(self, low: float, high: float) -> tuple[float, float]:
        return widened(erf(low), erf(high), size=1.0)

    def compute(self, x: Array) -> Array:
        return float32_erf(x)


class Softplus(Unary):
    """log(1 + e to the x)."""

    name, onnx = "softplus", "Softplus"

    def reach(self, low: float, high: float) -> tuple[float, float]:
        low, high = (max(x, 0.0) + log1p(exp(-abs(x))) for x in (low, high))
        return low * (1 - 1e-4), high * (1 + 1e-4)

    def compute(self, x: Array) -> Array:
        return np.maximum(x, np.float32(0)) + np.log1p(np.exp(-np.abs(x)))


class Sin(Unary):
    """The sine of x in radians."""

    name, onnx = "sin", "Sin"

    def reach(self, low: float, high: float) -> tuple[float, float]:
        return -1.0 - 1e-6, 1.0 + 1e-6

    def compute(self, x: Array) -> Array:
        return np.sin(x)


class Cos(Sin):
    """The cosine of x in radians."""

    name, onnx = "cos", "Cos"

    def compute(self, x: Array) -> Array:
        return np.cos(x)


class Gelu(Unary):
    """x times the share of a normal distribution below x.  form "tanh": the usual approximation of it."""

    name = "gelu"
    attributes = {"form": Attribute(choice("erf", "tanh"), "erf")}
    form: str

    def reach(self, low: float, high: float) -> tuple[float, float]:
        return (0.0 if low >= 0 else max(-0.171, low)), max(high, 0.0) * (1 + 1e-6)

    def compute(self, x: Array) -> Array:
        half, one = np.float32(0.5), np.float32(1)
        if self.form == "erf":
            return half * x * (one + float32_erf(x * np.float32(sqrt(0.5))))
        # x cubed may overflow for large x, where the hyperbolic tangent has long been 1.
        near = np.clip(x, np.float32(-100), np.float32(100))
        inner = np.float32(0.7978845608) * (near + np.float32(0.044715) * near * near * near)
        return half * x * (one + np.tanh(inner))

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        def value(x: float) -> str:
            return onnx.constant(np.float32(x))

        x = names[0]
        if self.form == "erf":
            share = onnx.node("Erf", onnx.node("Mul", x, value(sqrt(0.5))))
        else:
            near = onnx.node("Clip", x, value(-100), value(100))
            cubed = onnx.node("Mul", onnx.node("Mul", near, near), near)
            inner = onnx.node("Add", near, onnx.node("Mul", cubed, value(0.044715)))
            share = onnx.node("Tanh", onnx.node("Mul", inner, value(0.7978845608)))
        return onnx.node("Mul", onnx.node("Mul", x, onnx.node("Add", share, value(1))), value(0.5))


ELEMENTWISE: tuple[type[Operator], ...] = (
    Abs, Neg, Exp, Log, Sqrt, Rsqrt, Relu, Sigmoid, Tanh, Erf, Gelu, Softplus, Sin, Cos,
)  # fmt: skip
