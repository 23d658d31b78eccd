"""`interval`: between which two values the answer lies."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from trivet.runtime.batch import Batch
from trivet.runtime.part import Array
from trivet.runtime.ports import Port

from ..control import control_keys, control_of
from ..inspector import FLOATS, Inspector

if TYPE_CHECKING:
    from trivet.runtime.onnx_graph import OnnxGraph


class Interval:
    """One score: [s - pad0, s + pad1].  Three (mid, low, high): low - pad0 and high + pad1, never beyond mid."""

    READS, GIVES = ("scores",), ("low", "high")
    reads = READS

    def __init__(self, look: Inspector, n_scores: int) -> None:
        if n_scores not in (1, 3):
            look.refuse("part-slot", "a body with one score or three (mid, low, high)", f"{n_scores}")
        look.only(config=("coverage", *control_keys(look)), arrays=("pad",))
        self.control = control_of(look)
        self.coverage = look.number("coverage", above=0, most=1)
        self.pad = look.array("pad", FLOATS, 2)
        if np.abs(self.pad).max() > 1e30 or (n_scores == 1 and (self.pad < 0).any()):
            look.refuse("part-array", "pads below 1e30, from 0 for one score", f"{self.pad.tolist()}", "pad")
        self.n_scores = n_scores
        self.gives = {"low": Port("float32"), "high": Port("float32")}

    def run(self, arrays: Mapping[str, Array], batch: Batch) -> dict[str, Array]:
        """{"low": ..., "high": ...}, each (rows,) float32."""
        scores = arrays["scores"]
        middle, below, above = scores[:, 0], scores[:, min(1, self.n_scores - 1)], scores[:, self.n_scores - 1]
        low, high = np.minimum(below - self.pad[0], middle), np.maximum(above + self.pad[1], middle)
        return {"low": low, "high": high}

    def lower(self, graph: "OnnxGraph", names: Mapping[str, str]) -> dict[str, str]:
        """Adds nodes that compute the same."""
        columns = (0, min(1, self.n_scores - 1), self.n_scores - 1)
        middle, below, above = (
            graph.node("Gather", names["scores"], graph.constant(np.array(column)), axis=1) for column in columns
        )
        low = graph.node("Sub", below, graph.constant(self.pad[0]))
        high = graph.node("Add", above, graph.constant(self.pad[1]))
        return {"low": graph.node("Min", low, middle), "high": graph.node("Max", high, middle)}
