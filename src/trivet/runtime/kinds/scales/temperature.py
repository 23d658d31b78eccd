"""`temperature`: scores, softened and shifted, as probabilities."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from trivet.runtime.batch import Batch
from trivet.runtime.part import Array
from trivet.runtime.ports import Port

from ..inspector import FLOATS, Inspector
from ..links import ONE, sigmoid, softmax

if TYPE_CHECKING:
    from trivet.runtime.onnx_graph import OnnxGraph


class Plain:
    """Sigmoid for one score, softmax for several; what stands in for an absent scale.

    classes: how many probabilities per row come out.
    """

    READS, GIVES = ("scores",), ("probabilities",)
    reads = READS

    def __init__(self, n_scores: int) -> None:
        self.n_scores, self.classes = n_scores, max(2, n_scores)
        self.gives = {"probabilities": Port("float32", (self.classes,), 1.0)}

    def run(self, arrays: Mapping[str, Array], batch: Batch) -> dict[str, Array]:
        """{"probabilities": (rows, classes) float32}."""
        return {"probabilities": self.shares(arrays["scores"])}

    def shares(self, scores: Array) -> Array:
        """(rows, classes) float32 of (rows, n_scores) scores."""
        return two_classes(sigmoid(scores)) if self.n_scores == 1 else softmax(scores)

    def lower(self, graph: "OnnxGraph", names: Mapping[str, str]) -> dict[str, str]:
        """Adds nodes that compute the same."""
        return {"probabilities": self.lower_shares(graph, names["scores"])}

    def lower_shares(self, graph: "OnnxGraph", scores: str) -> str:
        """The same for the name of the scores."""
        if self.n_scores > 1:
            return graph.node("Softmax", scores, axis=1)
        return lower_two_classes(graph, graph.node("Sigmoid", scores))


class Temperature(Plain):
    """sigmoid or softmax of (scores + bias) / temperature; where there is a floor, no probability lies below it."""

    def __init__(self, look: Inspector, n_scores: int) -> None:
        super().__init__(n_scores)
        has_floor = "floor" in look.part.arrays
        look.only(arrays=("temperature", "bias", *(("floor",) if has_floor else ())))
        self.temperature = look.array("temperature", FLOATS, 1)
        if not 1e-6 <= self.temperature[0] <= 1e6:
            look.refuse("part-array", "a temperature from 1e-6 to 1e6", str(self.temperature[0]), "temperature")
        self.bias = look.array("bias", FLOATS, n_scores)
        if np.abs(self.bias).max() > 1e30:
            look.refuse("part-array", "biases below 1e30 in size", str(self.bias.tolist()[:8]), "bias")

        self.floor = look.array("floor", FLOATS, 1) if has_floor else None
        if self.floor is not None and not 0 < self.floor[0] < 1 / self.classes:
            wanted = f"a floor above 0 and below one of {self.classes} classes"
            look.refuse("part-array", wanted, str(self.floor[0]), "floor")

    def shares(self, scores: Array) -> Array:
        plain = super().shares((scores + self.bias) / self.temperature)
        return plain if self.floor is None else plain * self.spare(self.floor) + self.floor

    def lower_shares(self, graph: "OnnxGraph", scores: str) -> str:
        shifted = graph.node("Add", scores, graph.constant(self.bias))
        plain = super().lower_shares(graph, graph.node("Div", shifted, graph.constant(self.temperature)))
        if self.floor is None:
            return plain
        shrunk = graph.node("Mul", plain, graph.constant(self.spare(self.floor)))
        return graph.node("Add", shrunk, graph.constant(self.floor))

    def spare(self, floor: Array) -> Array:
        """(1,) what is left to share out when every class has the floor."""
        return ONE - np.float32(self.classes) * floor


def two_classes(share: Array) -> Array:
    """(rows, 2) from the (rows, 1) probability of the second class."""
    return np.concatenate([ONE - share, share], axis=1)


def lower_two_classes(graph: "OnnxGraph", share: str) -> str:
    """The same as nodes."""
    return graph.node("Concat", graph.node("Sub", graph.constant(ONE), share), share, axis=1)
