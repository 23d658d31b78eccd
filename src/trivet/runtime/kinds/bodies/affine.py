"""`affine`: a weighted sum per output."""

from typing import TYPE_CHECKING

import numpy as np

from trivet.runtime.batch import Batch
from trivet.runtime.part import Array

from ..body import Body, Flow, largest, needs_finite
from ..inspector import AT_ONCE, FLOATS, Inspector

if TYPE_CHECKING:
    from trivet.runtime.onnx_graph import OnnxGraph


class Affine(Body):
    """x @ weights + bias."""

    def __init__(self, look: Inspector, flow: Flow) -> None:
        needs_finite(look, flow)
        look.only(arrays=("bias",), weights=("weights",))
        self.weights = look.weights("weights", flow.width, None)
        self.width = self.weights.shape[1]
        self.bias = look.array("bias", FLOATS, self.width)
        self.bound = reach(self.weights, self.bias, flow.bound)
        self.operations, self.widest = self.weights.size + self.width, max(flow.width, self.width)

    def run(self, batch: Batch) -> Array:
        return batch.numbers @ self.weights + self.bias

    def lower(self, graph: "OnnxGraph", numbers: str) -> str:
        return graph.node("Gemm", numbers, graph.constant(self.weights), graph.constant(self.bias))


def reach(weights: Array, bias: Array, bound: float) -> float:
    """How large a score can get when no input is larger than `bound`."""
    columns, at_once = np.zeros(weights.shape[1]), max(1, AT_ONCE // max(1, weights.shape[1]))
    for start in range(0, len(weights), at_once):
        columns += np.abs(weights[start : start + at_once]).sum(axis=0, dtype=np.float64)
    return bound * largest(columns) + largest(bias)
