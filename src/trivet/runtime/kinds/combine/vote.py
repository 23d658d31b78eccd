"""`vote`: several bodies whose answers are averaged with weights."""

from typing import TYPE_CHECKING

import numpy as np

from trivet.runtime.batch import Batch
from trivet.runtime.part import Array

from ..body import Body, Flow
from ..inspector import FLOATS, MOST_CHILDREN, Inspector
from ..links import sigmoid, softmax

if TYPE_CHECKING:
    from trivet.runtime.onnx_graph import OnnxGraph

LEAST_SHARE = np.float32(1e-6)  # keeps the logit of an average finite
MOST_SHARE = np.float32(1 - 1e-6)


class Vote(Body):
    """Mean of link(scores of the children), taken back to a score: identity, logit or log."""

    def __init__(self, look: Inspector, flow: Flow) -> None:
        look.only(config=("link",), arrays=("weights",), children=(1, MOST_CHILDREN))
        self.link = look.choice("link", ("identity", "sigmoid", "softmax"))
        self.weights = look.array("weights", FLOATS, len(look.part.children))
        if (self.weights <= 0).any() or abs(float(self.weights.astype(np.float64).sum()) - 1) > 1e-5:
            look.refuse("part-array", "weights above 0 that sum to 1", str(self.weights.tolist()[:8]), "weights")
        self.children = [look.child(position, flow) for position in range(len(look.part.children))]
        self.width = self._width(look)
        self.bound = max(child.bound for child in self.children) * 1.01 if self.link == "identity" else 14.0
        self.operations = sum(child.operations + 4 * child.width for child in self.children)
        self.widest = max(child.widest for child in self.children)

    def _width(self, look: Inspector) -> int:
        widths = sorted({child.width for child in self.children})
        if len(widths) > 1:
            look.refuse("part-slot", "children with equally many scores", f"{widths}")
        if self.link == "sigmoid" and widths != [1]:
            look.refuse("part-slot", "one score per child for the link sigmoid", str(widths[0]))
        return widths[0]

    def run(self, batch: Batch) -> Array:
        total = np.zeros((len(batch), self.width), np.float32)
        for weight, child in zip(self.weights, self.children):
            total += weight * self._linked(child.run(batch))
        if self.link == "identity":
            return total
        share = np.clip(total, LEAST_SHARE, MOST_SHARE)
        return np.log(share) - np.log(1 - share) if self.link == "sigmoid" else np.log(share)

    def _linked(self, scores: Array) -> Array:
        if self.link == "identity":
            return scores
        return sigmoid(scores) if self.link == "sigmoid" else softmax(scores)

    def lower(self, graph: "OnnxGraph", numbers: str) -> str:
        terms = []
        for weight, child in zip(self.weights, self.children):
            scores = child.lower(graph, numbers)
            if self.link == "sigmoid":
                scores = graph.node("Sigmoid", scores)
            elif self.link == "softmax":
                scores = graph.node("Softmax", scores, axis=1)
            terms.append(graph.node("Mul", scores, graph.constant(weight)))
        total = graph.total(terms)
        if self.link == "identity":
            return total
        share = graph.node("Clip", total, graph.constant(LEAST_SHARE), graph.constant(MOST_SHARE))
        if self.link == "softmax":
            return graph.node("Log", share)
        rest = graph.node("Sub", graph.constant(np.float32(1)), share)
        return graph.node("Sub", graph.node("Log", share), graph.node("Log", rest))
