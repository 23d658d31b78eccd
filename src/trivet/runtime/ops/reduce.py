"""Operators that make one number of all numbers along some axes, and running sums."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..part import Array
from .lengths import numbers_in, places
from .normalise import length_of
from .onnx_sizes import OnnxSizes
from .operator import Attribute, Operator, flag, whole, wholes
from .tensor import MOST_AXES, MOST_SIZE, Tensor, floats_of, least, refuse, sum_bounds, wants_floats, within_row

if TYPE_CHECKING:
    from .operator import OnnxGraph


class Reduce(Operator):
    """One number for all along the axes `over` (ascending).  keep: the axes stay, with length 1."""

    attributes = {"over": Attribute(wholes(1, MOST_AXES, 0, MOST_AXES - 1)), "keep": Attribute(flag, False)}
    onnx: ClassVar[str]
    compute: ClassVar[Callable[..., Any]]
    over: tuple[int, ...]
    keep: bool

    def facts(self, *operands: Tensor) -> Tensor:
        wants_floats(*operands)
        x = operands[0]
        if list(self.over) != sorted(set(self.over)):
            refuse("part-config", "ascending axes", list(self.over))
        self.terms = self.least_terms = 1
        for axis in self.over:
            length = within_row(length_of(x, axis))
            self.terms, self.least_terms = self.terms * places(length, self.axes), self.least_terms * least(length)
        low, high = self.reach(x.low, x.high)
        shape = [1 if axis in self.over else length for axis, length in enumerate(x.shape)]
        kept = [length for axis, length in enumerate(shape) if self.keep or axis not in self.over]
        return floats_of(low, high, tuple(kept))

    def reach(self, low: float, high: float) -> tuple[float, float]:
        """Bounds of what comes out."""
        raise NotImplementedError

    def cost(self, *operands: Tensor) -> int:
        return 2 * numbers_in(operands[0].shape, self.axes)

    def run(self, operands: Sequence[Array], sizes: Mapping[str, int]) -> Array:
        found: Array = np.asarray(type(self).compute(operands[0], axis=self.over, keepdims=self.keep))
        return found

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        return onnx.node(self.onnx, names[0], axes=np.array(self.over), keepdims=int(self.keep))


class Sum(Reduce):
    """The sum."""

    name, onnx = "sum", "ReduceSum"

    @staticmethod
    def compute(x: Array, **more: Any) -> Any:
        return x.sum(dtype=np.float32, **more)

    def reach(self, low: float, high: float) -> tuple[float, float]:
        if max(abs(low), abs(high)) * self.terms > MOST_SIZE:
            refuse("part-limit", f"sums that stay below {MOST_SIZE:g}", f"{max(abs(low), abs(high)) * self.terms:g}")
        return sum_bounds(low, high, self.terms, self.least_terms)

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        axes = onnx.constant(np.array(self.over, np.int64))
        return onnx.node("ReduceSum", names[0], axes, keepdims=int(self.keep))


class Mean(Sum):
    """The mean."""

    name, onnx = "mean", "ReduceMean"

    @staticmethod
    def compute(x: Array, **more: Any) -> Any:
        return x.mean(dtype=np.float32, **more)

    def reach(self, low: float, high: float) -> tuple[float, float]:
        super().reach(low, high)  # the sum on the way must not overflow
        low, high = sum_bounds(low, high, self.terms, self.terms)
        return low / self.terms, high / self.terms

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        return Reduce.lower(self, onnx, names, sizes)


class Largest(Reduce):
    """The largest number."""

    name, onnx, compute = "largest", "ReduceMax", np.max

    def reach(self, low: float, high: float) -> tuple[float, float]:
        return low, high


class Smallest(Largest):
    """The smallest number."""

    name, onnx, compute = "smallest", "ReduceMin", np.min


class RunningSum(Operator):
    """Sums along an axis, from its first number to each."""

    name = "running_sum"
    attributes = {"axis": Attribute(whole(0, MOST_AXES - 1))}
    axis: int

    def facts(self, *operands: Tensor) -> Tensor:
        wants_floats(*operands)
        x = operands[0]
        terms = places(within_row(length_of(x, self.axis)), self.axes)
        if x.size * terms > MOST_SIZE:
            refuse("part-limit", f"sums that stay below {MOST_SIZE:g}", f"{x.size * terms:g}")
        return floats_of(*sum_bounds(x.low, x.high, terms, 1), x.shape)

    def run(self, operands: Sequence[Array], sizes: Mapping[str, int]) -> Array:
        return np.cumsum(operands[0], axis=self.axis, dtype=np.float32)

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        return onnx.node("CumSum", names[0], onnx.constant(np.int64(self.axis)))


REDUCERS: tuple[type[Operator], ...] = (Sum, Mean, Largest, Smallest, RunningSum)
