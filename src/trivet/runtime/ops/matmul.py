"""Products of matrices."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..part import Array
from .lengths import numbers_in, places
from .onnx_sizes import OnnxSizes
from .operator import Operator
from .tensor import MOST_SIZE, Tensor, floats_of, refuse, sum_bounds, together, wants_floats, within_row

if TYPE_CHECKING:
    from .operator import OnnxGraph


class Linear(Operator):
    """x (..., m) @ weights (m, k) + bias (k,); weights and bias are constants, the bias may be absent."""

    name, operands = "linear", (2, 3)

    def facts(self, *operands: Tensor) -> Tensor:
        wants_floats(*operands)
        x, (weights, *bias) = operands[0], [weights_of(operand) for operand in operands[1:]]
        fits = weights.ndim == 2 and len(x.shape) >= 2 and x.shape[-1] == weights.shape[0]
        if not fits or any(b.shape != weights.shape[1:] for b in bias):
            refuse("part-config", "x (..., m), weights (m, k) and bias (k,)", [operand.shape for operand in operands])
        low, high = weighted_bounds(x.low, x.high, weights, *bias)
        return floats_of(low, high, (*x.shape[:-1], int(weights.shape[1])))

    def cost(self, *operands: Tensor) -> int:
        return numbers_in(self.result.shape, self.axes) * (2 * places(operands[0].shape[-1], self.axes) + 1)

    def run(self, operands: Sequence[Array], sizes: Mapping[str, int]) -> Array:
        x, weights, *bias = operands
        # One product of two matrices is much faster than many small ones.
        out = (x.reshape(-1, x.shape[-1]) @ weights).reshape(*x.shape[:-1], weights.shape[1])
        return out + bias[0] if bias else out

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        if len(self.result.shape) == 2:
            return onnx.node("Gemm", *names)
        out = onnx.node("MatMul", *names[:2])
        return onnx.node("Add", out, names[2]) if len(names) == 3 else out


class MatMul(Operator):
    """a (..., n, k) @ b (..., k, m); the axes before are repeated as in `add`."""

    name, operands = "matmul", (2, 2)

    def facts(self, *operands: Tensor) -> Tensor:
        wants_floats(*operands)
        a, b = operands
        if min(len(a.shape), len(b.shape)) < 2 or a.shape[-1] != b.shape[-2]:
            refuse("part-config", "a (..., n, k) and b (..., k, m)", f"{a.shape} and {b.shape}")
        terms = places(within_row(a.shape[-1]), self.axes)
        ends = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
        if max(map(abs, ends)) * terms > MOST_SIZE:
            refuse("part-limit", f"products that stay below {MOST_SIZE:g}", f"{max(map(abs, ends)) * terms:g}")
        low, high = sum_bounds(min(ends), max(ends), terms, 1)
        return floats_of(low, high, (*together(a.shape[:-2], b.shape[:-2]), a.shape[-2], b.shape[-1]))

    def cost(self, *operands: Tensor) -> int:
        return numbers_in(self.result.shape, self.axes) * 2 * places(operands[0].shape[-1], self.axes)

    def run(self, operands: Sequence[Array], sizes: Mapping[str, int]) -> Array:
        return np.matmul(operands[0], operands[1])

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        return onnx.node("MatMul", *names)


def weights_of(operand: Tensor) -> Array:
    """The numbers of an operand that must be constant."""
    if operand.array is None:
        refuse("part-config", "weights that stand in the part", "a value that is computed")
    return operand.array


def weighted_bounds(low: float, high: float, weights: Array, bias: Array | None = None) -> tuple[float, float]:
    """Bounds of x @ weights (m, k) + bias (k,) when every x lies from low to high."""
    wide = weights.astype(np.float64)
    rising, falling = np.maximum(wide, 0).sum(axis=0), np.minimum(wide, 0).sum(axis=0)
    shift = np.zeros(wide.shape[1]) if bias is None else bias.astype(np.float64)
    size = float(((rising - falling) * max(abs(low), abs(high)) + np.abs(shift)).max())
    if not size <= MOST_SIZE:
        refuse("part-limit", f"sums that stay below {MOST_SIZE:g}", f"{size:g}")
    slack = 1e-7 * (len(wide) + 2) * size  # what a sum of so many float32 can be off
    lows, highs = rising * low + falling * high + shift, rising * high + falling * low + shift
    return float(lows.min()) - slack, float(highs.max()) + slack


MATMULS: tuple[type[Operator], ...] = (Linear, MatMul)
