"""`isotonic`: a rising curve from score to probability, for two classes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from trivet.runtime.batch import Batch
from trivet.runtime.part import Array
from trivet.runtime.ports import Port

from ..inspector import FLOATS, Inspector
from .temperature import lower_two_classes, two_classes

if TYPE_CHECKING:
    from trivet.runtime.onnx_graph import OnnxGraph


class Isotonic:
    """p = linear interpolation of y over x, constant outside."""

    READS, GIVES = ("scores",), ("probabilities",)
    reads = READS

    def __init__(self, look: Inspector, n_scores: int) -> None:
        if n_scores != 1:
            look.refuse("part-slot", "a body with one score", f"{n_scores}")
        look.only(arrays=("x", "y"))
        x = look.array("x", FLOATS, None)
        if len(x) == 0 or (np.diff(x) <= 0).any() or np.abs(x).max() > 1e30:
            look.refuse("part-array", "strictly ascending scores below 1e30 in size", f"{x.tolist()[:8]}", "x")
        y = look.array("y", FLOATS, len(x))
        if (np.diff(y) < 0).any() or not (y[0] > 0 and y[-1] < 1):
            look.refuse("part-array", "ascending probabilities inside (0, 1)", f"{y.tolist()[:8]}", "y")
        self.x = x
        self.gives = {"probabilities": Port("float32", (2,), 1.0)}
        # Segment j lies between x[j-1] and x[j]; the outer two are flat.
        self.x_start, self.y_start = np.concatenate([x[:1], x]), np.concatenate([y[:1], y])
        one = np.ones(1, np.float32)
        self.x_length = np.concatenate([one, np.diff(x), one])
        self.y_rise = np.concatenate([0 * one, np.diff(y), 0 * one])

    def run(self, arrays: Mapping[str, Array], batch: Batch) -> dict[str, Array]:
        """{"probabilities": (rows, 2) float32}."""
        scores = arrays["scores"]
        segment = np.searchsorted(self.x, scores, side="right")
        share = np.clip((scores - self.x_start[segment]) / self.x_length[segment], np.float32(0), np.float32(1))
        return {"probabilities": two_classes(self.y_start[segment] + share * self.y_rise[segment])}

    def lower(self, graph: "OnnxGraph", names: Mapping[str, str]) -> dict[str, str]:
        """Adds nodes that compute the same."""
        scores = names["scores"]
        is_behind = graph.as_floats(graph.node("GreaterOrEqual", scores, graph.constant(self.x)))
        behind = graph.node("ReduceSum", is_behind, graph.constant(np.array([1])), keepdims=1)
        segment = graph.node("Cast", behind, to=7)

        def at(table: Array) -> str:
            return graph.node("Gather", graph.constant(table), segment, axis=0)

        share = graph.node("Div", graph.node("Sub", scores, at(self.x_start)), at(self.x_length))
        share = graph.node("Clip", share, graph.constant(np.float32(0)), graph.constant(np.float32(1)))
        rising = graph.node("Add", at(self.y_start), graph.node("Mul", share, at(self.y_rise)))
        return {"probabilities": lower_two_classes(graph, rising)}
