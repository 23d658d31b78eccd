"""Operators that walk along an axis with a state: gated recurrence and the diagonal linear scan."""

from collections.abc import Mapping, Sequence
from math import ceil, log2
from typing import TYPE_CHECKING

import numpy as np

from ..part import Array
from .lengths import numbers_in, places
from .matmul import weighted_bounds, weights_of
from .onnx_sizes import OnnxSizes
from .operator import Attribute, Operator, flag
from .tensor import MOST_SIZE, Tensor, floats_of, refuse, together, wants_floats, within_row

if TYPE_CHECKING:
    from .operator import OnnxGraph


class Gru(Operator):
    """All states (rows, time, h) of a gated recurrent unit over x (rows, time, m).

    weights (m, 3h), recurrent (h, 3h), bias (3h,) and recurrent bias (3h,) are constants, in the order reset, update,
    new; the first state (rows, h) may be absent, which means zeros.  reverse: from the last time to the first.
    Source: Cho et al. 2014, arXiv 1406.1078, in the form of cuDNN and torch (reset after the product).
    """

    # One operator, not `loop` nor unrolled nodes: torch unrolls 6 steps into 165 nodes, and the manifest and the
    # session grow with every step, while ONNX Runtime has a node that runs the whole sequence.
    name, operands, own_constants = "gru", (5, 6), (1, 2, 3, 4)
    attributes = {"reverse": Attribute(flag, False)}
    reverse: bool

    def facts(self, *operands: Tensor) -> Tensor:
        wants_floats(*operands)
        x, first = operands[0], operands[5:]
        self.arrays = [weights_of(operand) for operand in operands[1:5]]
        weights, recurrent, bias, recurrent_bias = self.arrays
        h, m = len(recurrent), x.shape[-1] if len(x.shape) == 3 else 0
        shapes = [array.shape for array in self.arrays]
        if shapes != [(m, 3 * h), (h, 3 * h), (3 * h,), (3 * h,)] or any(f.shape != (x.shape[0], h) for f in first):
            wanted = "x (rows, time, m), weights (m, 3h), (h, 3h), (3h,) and (3h,), a first state (rows, h)"
            refuse("part-config", wanted, [operand.shape for operand in operands])
        size = max([1.0, *(f.size for f in first)]) * (1 + 1e-5)
        # The sums inside must not overflow either.
        weighted_bounds(x.low, x.high, weights, bias)
        weighted_bounds(-size, size, recurrent, recurrent_bias)
        within_row(x.shape[1])
        return floats_of(-size, size, (x.shape[0], x.shape[1], h))

    def cost(self, *operands: Tensor) -> int:
        x, (weights, recurrent, *_) = operands[0], self.arrays
        self.scratch = numbers_in(x.shape[:2], self.axes) * weights.shape[1]
        return numbers_in(x.shape[:2], self.axes) * (2 * (weights.size + recurrent.size) + 20 * weights.shape[1])

    def run(self, operands: Sequence[Array], sizes: Mapping[str, int]) -> Array:
        x, weights, recurrent, bias, recurrent_bias, *first = operands
        h = len(recurrent)
        state = first[0] if first else np.zeros((len(x), h), np.float32)
        seen = (x.reshape(-1, x.shape[2]) @ weights + bias).reshape(len(x), x.shape[1], 3 * h)
        out = np.empty((len(x), x.shape[1], h), np.float32)
        for time in range(x.shape[1] - 1, -1, -1) if self.reverse else range(x.shape[1]):
            from_state, now = state @ recurrent + recurrent_bias, seen[:, time]
            gates = 1 / (1 + np.exp(-np.clip(now[:, : 2 * h] + from_state[:, : 2 * h], -80, 80)))
            new = np.tanh(now[:, 2 * h :] + gates[:, :h] * from_state[:, 2 * h :])
            state = new + gates[:, h:] * (state - new)
            out[:, time] = state
        return out

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        weights, recurrent, bias, recurrent_bias = self.arrays
        h = len(recurrent)
        order = np.r_[h : 2 * h, :h, 2 * h : 3 * h]  # ONNX has the update gate first
        placed = [
            onnx.constant(np.ascontiguousarray(weights.T[order][None])),
            onnx.constant(np.ascontiguousarray(recurrent.T[order][None])),
            onnx.constant(np.concatenate([bias[order], recurrent_bias[order]])[None]),
        ]
        first = ["", onnx.node("Unsqueeze", names[5], onnx.constant(np.array([0])))] if len(names) > 5 else []
        direction = "reverse" if self.reverse else "forward"
        states = onnx.node(
            "GRU", onnx.node("Transpose", names[0], perm=np.array([1, 0, 2])), *placed, *first,
            hidden_size=h, linear_before_reset=1, direction=direction,
        )  # fmt: skip
        return onnx.node(
            "Transpose", onnx.node("Squeeze", states, onnx.constant(np.array([1]))), perm=np.array([1, 0, 2])
        )


class Scan(Operator):
    """h_t = a_t * h_(t-1) + b_t along axis 1 of b (rows, time, ...), from h = 0; a is repeated to the shape of b.

    Source: the diagonal recurrence of Gupta et al. 2022, arXiv 2203.14343, and of Mamba, arXiv 2312.00752, section 2.
    """

    name, operands = "scan", (2, 2)

    def facts(self, *operands: Tensor) -> Tensor:
        wants_floats(*operands)
        a, b = operands
        if len(b.shape) < 2 or together(a.shape, b.shape) != b.shape:
            refuse("part-config", "a that can be repeated to b (rows, time, ...)", f"{a.shape} and {b.shape}")
        steps = places(within_row(b.shape[1]), self.axes)
        self.rounds = ceil(log2(steps)) if steps > 1 else 0
        factor = a.size * (1 + 1e-6)
        # The sum of factor ** 0 .. factor ** (steps - 1), in logarithms where it could overflow.
        if factor > 1 and steps * np.log(factor) > np.log(MOST_SIZE):
            refuse("part-limit", f"a scan that stays below {MOST_SIZE:g}", f"{factor:g} to the power of {steps}")
        total = float(steps) if factor == 1 else (1 - factor**steps) / (1 - factor)
        size = min(total, steps * max(1.0, factor**steps)) * b.size * (1 + 1e-4)
        return floats_of(0.0 if a.low >= 0 and b.low >= 0 else -size, size, b.shape)

    def cost(self, *operands: Tensor) -> int:
        self.scratch = 2 * numbers_in(self.result.shape, self.axes)
        return 4 * numbers_in(self.result.shape, self.axes) * (1 + self.rounds)

    def run(self, operands: Sequence[Array], sizes: Mapping[str, int]) -> Array:
        b = operands[1]
        a, out = np.broadcast_to(operands[0], b.shape), np.empty(b.shape, np.float32)
        state = np.zeros((b.shape[0], *b.shape[2:]), np.float32)
        for time in range(b.shape[1]):
            state = a[:, time] * state + b[:, time]
            out[:, time] = state
        return out

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        # In log2(time) rounds of whole arrays: after a round of distance d, h holds what the last 2d steps gave.
        # Source: Hillis and Steele 1986, "Data parallel algorithms" (prefix sums), with the pairs (a, b) as elements.
        factor, states = onnx.node("Expand", names[0], onnx.node("Shape", names[1])), names[1]
        for at in range(self.rounds):
            earlier = onnx.node("Mul", factor, self._shifted(onnx, states, 1 << at))
            states = onnx.node("Add", states, earlier)
            if at < self.rounds - 1:
                factor = onnx.node("Mul", factor, self._shifted(onnx, factor, 1 << at))
        return states

    def _shifted(self, onnx: "OnnxGraph", name: str, distance: int) -> str:
        """The value moved `distance` places back along axis 1, zeros in front."""
        rank = len(self.result.shape)
        pads = onnx.constant(np.array([0, distance, *[0] * (2 * rank - 2)], np.int64))
        longer = onnx.node("Pad", name, pads)
        start, stop, axis = (onnx.constant(np.array([value], np.int64)) for value in (0, -distance, 1))
        return onnx.node("Slice", longer, start, stop, axis)


RECURRENT: tuple[type[Operator], ...] = (Gru, Scan)
