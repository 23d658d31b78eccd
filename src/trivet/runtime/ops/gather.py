"""Operators that look numbers up by their place."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..part import Array
from .lengths import numbers_in
from .normalise import length_of
from .onnx_sizes import OnnxSizes
from .operator import Attribute, Operator, whole
from .tensor import MOST_AXES, Tensor, fixed_length, refuse, wants_dtype

if TYPE_CHECKING:
    from .operator import OnnxGraph


class Gather(Operator):
    """The places of x along an axis that `indices` (int64) names; e.g. the rows of an embedding.

    The bounds of the indices must lie on the axis: clip them where they are not sure to.
    """

    name, operands = "gather", (2, 2)
    attributes = {"axis": Attribute(whole(0, MOST_AXES - 1), 0)}
    axis: int

    def facts(self, *operands: Tensor) -> Tensor:
        x, indices = operands
        wants_dtype("int64", indices)
        length = fixed_length(length_of(x, self.axis))
        if not (indices.low >= 0 and indices.high < length):
            refuse("part-index", f"places from 0 to {length - 1}", f"{indices.low:g} to {indices.high:g}")
        return Tensor(x.dtype, (*x.shape[: self.axis], *indices.shape, *x.shape[self.axis + 1 :]), x.low, x.high)

    def cost(self, *operands: Tensor) -> int:
        return 2 * numbers_in(self.result.shape, self.axes)

    def run(self, operands: Sequence[Array], sizes: Mapping[str, int]) -> Array:
        return np.take(operands[0], operands[1], axis=self.axis)

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        return onnx.node("Gather", *names, axis=self.axis)


GATHERERS: tuple[type[Operator], ...] = (Gather,)
