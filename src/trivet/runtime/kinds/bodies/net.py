"""`net`: a small dense network with ReLU between its layers."""

from typing import TYPE_CHECKING

import numpy as np

from trivet.runtime.batch import Batch
from trivet.runtime.part import Array

from ..body import Body, Flow, needs_finite
from ..inspector import FLOATS, Inspector
from .affine import reach

if TYPE_CHECKING:
    from trivet.runtime.onnx_graph import OnnxGraph

MOST_LAYERS = 64


class Net(Body):
    """Layers x @ w0 + b0, ReLU, x @ w1 + b1, ...; the last one has no ReLU."""

    def __init__(self, look: Inspector, flow: Flow) -> None:
        needs_finite(look, flow)
        n_layers = min(max(1, sum(name[:1] == "b" for name in look.part.arrays)), MOST_LAYERS)
        names = [(f"w{layer}", f"b{layer}") for layer in range(n_layers)]
        look.only(config=("activation",), arrays=[b for _, b in names], weights=[w for w, _ in names])
        look.choice("activation", ("relu",))
        self.layers: list[tuple[Array, Array]] = []
        self.width, self.bound, self.operations, self.widest = flow.width, flow.bound, 0, flow.width
        for weights, bias in names:
            self._add_layer(look, weights, bias)

    def _add_layer(self, look: Inspector, weights_name: str, bias_name: str) -> None:
        weights = look.weights(weights_name, self.width, None)
        bias = look.array(bias_name, FLOATS, weights.shape[1])
        self.layers.append((weights, bias))
        self.width, self.bound = len(bias), reach(weights, bias, self.bound)
        self.operations += weights.size + 2 * len(bias)
        self.widest = max(self.widest, len(bias))

    def run(self, batch: Batch) -> Array:
        x = batch.numbers
        for weights, bias in self.layers[:-1]:
            x = np.maximum(x @ weights + bias, 0)
        weights, bias = self.layers[-1]
        return x @ weights + bias

    def lower(self, graph: "OnnxGraph", numbers: str) -> str:
        x = numbers
        for weights, bias in self.layers[:-1]:
            x = graph.node("Relu", graph.node("Gemm", x, graph.constant(weights), graph.constant(bias)))
        weights, bias = self.layers[-1]
        return graph.node("Gemm", x, graph.constant(weights), graph.constant(bias))
