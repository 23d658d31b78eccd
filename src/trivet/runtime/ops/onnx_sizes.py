"""Lengths that vary, inside an ONNX graph: asked of its inputs with the node Shape, once each."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from .lengths import Length, factors

if TYPE_CHECKING:
    from ..onnx_graph import OnnxGraph


class OnnxSizes:
    """For each name of an axis, where it can be read off: (input of the ONNX graph, axis)."""

    def __init__(self, onnx: "OnnxGraph", places: Mapping[str, tuple[str, int]]) -> None:
        self._onnx, self._places = onnx, places
        self._known: dict[str, str] = {}

    def name(self, axis: str) -> str:
        """An int64 value of one item: the length that the name stands for."""
        if axis not in self._known:
            source, position = self._places[axis]
            shape = self._onnx.node("Shape", source)
            self._known[axis] = self._onnx.node("Gather", shape, self._onnx.constant(np.array([position])), axis=0)
        return self._known[axis]

    def length(self, length: Length) -> str:
        """An int64 value of one item."""
        found = [
            self.name(factor) if isinstance(factor, str) else self._onnx.constant(np.array([factor], np.int64))
            for factor in factors(length)
        ]
        total = found[0]
        for one in found[1:]:
            total = self._onnx.node("Mul", total, one)
        return total

    def shape(self, shape: Sequence[Length]) -> str:
        """An int64 value that holds the shape."""
        if all(isinstance(length, int) for length in shape):
            return self._onnx.constant(np.array(shape, np.int64))
        return self._onnx.node("Concat", *(self.length(length) for length in shape), axis=0)

    def shape_to_fill(self, shape: Sequence[Length]) -> str:
        """The same for a node that finds one unknown length itself, which takes no further nodes."""
        if sum(isinstance(length, str) for length in shape) == 1:
            return self._onnx.constant(np.array([-1 if isinstance(n, str) else n for n in shape], np.int64))
        return self.shape(shape)
