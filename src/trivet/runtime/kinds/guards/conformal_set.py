"""`conformal-set`: which classes cannot be ruled out."""

from typing import TYPE_CHECKING

import numpy as np

from trivet.runtime.part import Array

from ..inspector import FLOATS, Inspector

if TYPE_CHECKING:
    from trivet.runtime.onnx_graph import Graph


class ConformalSet:
    """Class c is in the set iff its probability >= floor[c]; the most probable class always is."""

    def __init__(self, look: Inspector, classes: int) -> None:
        look.only(config=("coverage",), arrays=("floor",))
        self.coverage = look.number("coverage", above=0, most=1)
        self.floor = look.array("floor", FLOATS, classes)

    def run(self, probabilities: Array) -> Array:
        """(rows, classes) bool."""
        sets = probabilities >= self.floor
        sets[np.arange(len(sets)), probabilities.argmax(axis=1)] = True
        return sets

    def lower(self, graph: "Graph", probabilities: str) -> str:
        """Adds nodes that compute the same."""
        inside = graph.node("GreaterOrEqual", probabilities, graph.constant(self.floor))
        top = graph.node("ArgMax", probabilities, axis=1, keepdims=1)
        is_top = graph.node("Equal", top, graph.constant(np.arange(len(self.floor))))
        return graph.node("Or", inside, is_top)
