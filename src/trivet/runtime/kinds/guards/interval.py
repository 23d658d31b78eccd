"""`interval`: between which two values the answer lies."""

from typing import TYPE_CHECKING

import numpy as np

from trivet.runtime.part import Array

from ..inspector import FLOATS, Inspector

if TYPE_CHECKING:
    from trivet.runtime.onnx_graph import Graph


class Interval:
    """One score: [s - pad0, s + pad1].  Three (mid, low, high): low - pad0 and high + pad1, never beyond mid."""

    def __init__(self, look: Inspector, n_scores: int) -> None:
        if n_scores not in (1, 3):
            look.refuse("part-slot", "a body with one score or three (mid, low, high)", f"{n_scores}")
        look.only(config=("coverage",), arrays=("pad",))
        self.coverage = look.number("coverage", above=0, most=1)
        self.pad = look.array("pad", FLOATS, 2)
        if np.abs(self.pad).max() > 1e30 or (n_scores == 1 and (self.pad < 0).any()):
            look.refuse("part-array", "pads below 1e30, from 0 for one score", f"{self.pad.tolist()}", "pad")
        self.n_scores = n_scores

    def run(self, scores: Array) -> tuple[Array, Array]:
        """(low, high), each (rows,) float32."""
        middle, below, above = scores[:, 0], scores[:, min(1, self.n_scores - 1)], scores[:, self.n_scores - 1]
        return np.minimum(below - self.pad[0], middle), np.maximum(above + self.pad[1], middle)

    def lower(self, graph: "Graph", scores: str) -> tuple[str, str]:
        """Adds nodes that compute the same."""
        columns = (0, min(1, self.n_scores - 1), self.n_scores - 1)
        middle, below, above = (
            graph.node("Gather", scores, graph.constant(np.array(column)), axis=1) for column in columns
        )
        low = graph.node("Sub", below, graph.constant(self.pad[0]))
        high = graph.node("Add", above, graph.constant(self.pad[1]))
        return graph.node("Min", low, middle), graph.node("Max", high, middle)
