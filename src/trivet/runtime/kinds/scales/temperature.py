"""`temperature`: scores, softened and shifted, as probabilities."""

from typing import TYPE_CHECKING

import numpy as np

from trivet.runtime.part import Array

from ..inspector import FLOATS, Inspector
from ..links import ONE, sigmoid, softmax

if TYPE_CHECKING:
    from trivet.runtime.onnx_graph import Graph


class Plain:
    """Sigmoid for one score, softmax for several; what stands in for an absent scale.

    classes: how many probabilities per row come out.
    """

    def __init__(self, n_scores: int) -> None:
        self.classes = max(2, n_scores)

    def run(self, scores: Array) -> Array:
        """(rows, classes) float32 probabilities."""
        return two_classes(sigmoid(scores)) if self.classes == 2 and scores.shape[1] == 1 else softmax(scores)

    def lower(self, graph: "Graph", scores: str, n_scores: int) -> str:
        """Adds nodes that compute the same."""
        if n_scores > 1:
            return graph.node("Softmax", scores, axis=1)
        return lower_two_classes(graph, graph.node("Sigmoid", scores))


class Temperature(Plain):
    """sigmoid or softmax of (scores + bias) / temperature."""

    def __init__(self, look: Inspector, n_scores: int) -> None:
        super().__init__(n_scores)
        look.only(arrays=("temperature", "bias"))
        self.temperature = look.array("temperature", FLOATS, 1)
        if not 1e-6 <= self.temperature[0] <= 1e6:
            look.refuse("part-array", "a temperature from 1e-6 to 1e6", str(self.temperature[0]), "temperature")
        self.bias = look.array("bias", FLOATS, n_scores)
        if np.abs(self.bias).max() > 1e30:
            look.refuse("part-array", "biases below 1e30 in size", str(self.bias.tolist()[:8]), "bias")

    def run(self, scores: Array) -> Array:
        return super().run((scores + self.bias) / self.temperature)

    def lower(self, graph: "Graph", scores: str, n_scores: int) -> str:
        shifted = graph.node("Add", scores, graph.constant(self.bias))
        return super().lower(graph, graph.node("Div", shifted, graph.constant(self.temperature)), n_scores)


def two_classes(share: Array) -> Array:
    """(rows, 2) from the (rows, 1) probability of the second class."""
    return np.concatenate([ONE - share, share], axis=1)


def lower_two_classes(graph: "Graph", share: str) -> str:
    """The same as nodes."""
    return graph.node("Concat", graph.node("Sub", graph.constant(ONE), share), share, axis=1)
