"""Convolution and pooling: operators on windows that slide over one or two axes."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from ..part import Array
from .lengths import numbers_in
from .matmul import weighted_bounds, weights_of
from .onnx_sizes import OnnxSizes
from .operator import Attribute, Operator, flag, whole, wholes
from .tensor import Tensor, fixed_length, floats_of, refuse, wants_floats, widened

if TYPE_CHECKING:
    from .operator import OnnxGraph

LONGEST = 1024  # of a window, a step or a padding
DTYPE = np.float32


class Window(Operator):
    """Windows over the last axes of x (n, channels, length) or (n, channels, height, width)."""

    step: tuple[int, ...]
    padding: tuple[int, ...]

    def slid(self, x: Tensor, kernel: Sequence[int], spread: Sequence[int]) -> tuple[int, ...]:
        """How many windows fit along each axis; refuses attributes that do not fit x."""
        wants_floats(x)
        n = len(x.shape) - 2
        if n not in (1, 2) or not len(kernel) == len(self.step) == len(self.padding) == len(spread) == n:
            wanted = "x (n, channels, length) or (n, channels, height, width), one number per axis of the window"
            refuse("part-config", wanted, f"{x.shape}, {list(kernel)}, {list(self.step)}, {list(self.padding)}")
        fixed_length(x.shape[1])
        found = []
        for length, window, step, pad, gap in zip(x.shape[2:], kernel, self.step, self.padding, spread):
            reach = (window - 1) * gap + 1
            if not 2 * pad + fixed_length(length) >= reach:
                refuse("part-config", f"an axis of at least {reach - 2 * pad}", length)
            found.append((2 * pad + fixed_length(length) - reach) // step + 1)
        return tuple(found)

    def windows(self, x: Array, kernel: Sequence[int], fill: float, spread: Sequence[int]) -> Array:
        """(n, channels, *places, *kernel) view of x, with `fill` around its edges."""
        if any(self.padding):
            sides = [(0, 0), (0, 0), *((pad, pad) for pad in self.padding)]
            x = np.pad(x, sides, constant_values=DTYPE(fill))
        reach = [(window - 1) * gap + 1 for window, gap in zip(kernel, spread)]
        axes = tuple(range(2, x.ndim))
        view = np.lib.stride_tricks.sliding_window_view(x, reach, axis=axes)
        steps = [slice(None, None, step) for step in self.step]
        gaps = [slice(None, None, gap) for gap in spread]
        return view[(slice(None), slice(None), *steps, *gaps)]

    def onnx_attributes(self, kernel: Sequence[int]) -> dict[str, Any]:
        """What all nodes of this family take."""
        pads = np.array([*self.padding, *self.padding])
        return {"kernel_shape": np.array(kernel), "strides": np.array(self.step), "pads": pads}


class Conv(Window):
    """Weighted sums of windows of x: weights (out, channels / groups, *window), bias (out,), both constants.

    step, padding (zeros at both ends) and spread (distance of neighbours in a window): one number per axis.
    """

    name, operands = "conv", (2, 3)
    attributes = {
        "step": Attribute(wholes(1, 2, 1, LONGEST)),
        "padding": Attribute(wholes(1, 2, 0, LONGEST)),
        "spread": Attribute(wholes(1, 2, 1, LONGEST)),
        "groups": Attribute(whole(1, 65_535), 1),
    }
    spread: tuple[int, ...]
    groups: int
    kernel: tuple[int, ...]

    def facts(self, *operands: Tensor) -> Tensor:
        wants_floats(*operands)
        x, (weights, *bias) = operands[0], [weights_of(operand) for operand in operands[1:]]
        if weights.ndim != len(x.shape) or any(b.shape != weights.shape[:1] for b in bias):
            refuse("part-config", "weights (out, in, *window) and bias (out,)", [o.shape for o in operands])
        self.kernel = weights.shape[2:]
        places = self.slid(x, self.kernel, self.spread)
        if x.shape[1] != weights.shape[1] * self.groups or len(weights) % self.groups:
            refuse("part-config", "channels that fit weights and groups", f"{x.shape}, {weights.shape}, {self.groups}")
        low, high = (min(x.low, 0), max(x.high, 0)) if any(self.padding) else (x.low, x.high)
        low, high = weighted_bounds(low, high, weights.reshape(len(weights), -1).T, *bias)
        return floats_of(low, high, (x.shape[0], len(weights), *places))

    def cost(self, *operands: Tensor) -> int:
        # By numpy the windows are laid out side by side, once for all outputs.
        window = prod(fixed_length(length) for length in operands[1].shape[1:])
        n_outputs = fixed_length(self.result.shape[1])
        self.scratch = numbers_in(self.result.shape, self.axes) // n_outputs * window * self.groups
        return numbers_in(self.result.shape, self.axes) * (2 * window + 1) + self.scratch

    def run(self, operands: Sequence[Array], sizes: Mapping[str, int]) -> Array:
        x, weights, *bias = operands
        n, places = weights.ndim - 2, self.result.shape[2:]
        view = self.windows(x, weights.shape[2:], 0.0, self.spread)
        # (n, groups, channels of a group, *places, *window) -> (n, groups, all places, all weights of an output)
        view = view.reshape(len(x), self.groups, weights.shape[1], *view.shape[2:])
        order = (0, 1, *range(3, 3 + n), 2, *range(3 + n, 3 + 2 * n))
        columns = view.transpose(order).reshape(len(x), self.groups, prod(map(fixed_length, places)), -1)
        kernels = weights.reshape(self.groups, len(weights) // self.groups, -1)
        out = np.matmul(kernels, columns.swapaxes(2, 3)).reshape(len(x), len(weights), *places)
        return out + bias[0].reshape(-1, *([1] * n)) if bias else out

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        more = self.onnx_attributes(self.kernel)
        return onnx.node("Conv", *names, dilations=np.array(self.spread), group=self.groups, **more)


class Pool(Window):
    """One number for each window."""

    attributes = {
        "window": Attribute(wholes(1, 2, 1, LONGEST)),
        "step": Attribute(wholes(1, 2, 1, LONGEST)),
        "padding": Attribute(wholes(1, 2, 0, LONGEST)),
    }
    window: tuple[int, ...]

    def facts(self, *operands: Tensor) -> Tensor:
        x = operands[0]
        places = self.slid(x, self.window, (1,) * len(self.window))
        if any(2 * pad > window for pad, window in zip(self.padding, self.window)):
            refuse("part-config", "a padding of at most half the window", f"{self.padding}, {self.window}")
        low, high = self.reach(x.low, x.high)
        return floats_of(low, high, (x.shape[0], x.shape[1], *places))

    def reach(self, low: float, high: float) -> tuple[float, float]:
        """Bounds of what comes out."""
        raise NotImplementedError

    def cost(self, *operands: Tensor) -> int:
        return numbers_in(self.result.shape, self.axes) * (prod(self.window) + 2)

    def folded(self, join: np.ufunc, x: Array, fill: float) -> Array:
        """(n, channels, *places) all numbers of each window, joined two by two.

        One axis of the window after the other, and one place of it after the other for all windows at once: numpy is
        several times slower at many small windows.
        """
        if any(self.padding):
            x = np.pad(x, [(0, 0), (0, 0), *((pad, pad) for pad in self.padding)], constant_values=DTYPE(fill))
        for axis, (window, step) in enumerate(zip(self.window, self.step), start=2):
            reach = x.shape[axis] - window + 1
            x = np.moveaxis(x, axis, 0)
            found = x[0:reach:step].copy()
            for at in range(1, window):
                join(found, x[at : at + reach : step], out=found)
            x = np.moveaxis(found, 0, axis)
        return x


class MaxPool(Pool):
    """The largest number of each window; padding does not count."""

    name = "max_pool"

    def reach(self, low: float, high: float) -> tuple[float, float]:
        return low, high

    def run(self, operands: Sequence[Array], sizes: Mapping[str, int]) -> Array:
        return self.folded(np.maximum, operands[0], -np.inf)

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        return onnx.node("MaxPool", names[0], **self.onnx_attributes(self.window))


class MeanPool(Pool):
    """The mean of each window.  count_padding: whether zeros of the padding count."""

    name = "mean_pool"
    attributes = {**Pool.attributes, "count_padding": Attribute(flag, False)}
    count_padding: bool

    def reach(self, low: float, high: float) -> tuple[float, float]:
        low, high = (min(low, 0.0), max(high, 0.0)) if any(self.padding) and self.count_padding else (low, high)
        return widened(low, high, size=max(abs(low), abs(high)), terms=prod(self.window))

    def run(self, operands: Sequence[Array], sizes: Mapping[str, int]) -> Array:
        x = operands[0]
        total = self.folded(np.add, x, 0.0)
        if self.count_padding or not any(self.padding):
            return total / DTYPE(prod(self.window))
        here = np.ones((1, 1, *x.shape[2:]), np.float32)
        counted: Array = total / self.folded(np.add, here, 0.0)
        return counted

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        more = self.onnx_attributes(self.window)
        return onnx.node("AveragePool", names[0], count_include_pad=int(self.count_padding), **more)


WINDOWS: tuple[type[Operator], ...] = (Conv, MaxPool, MeanPool)
