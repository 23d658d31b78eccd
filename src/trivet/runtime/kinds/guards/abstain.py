"""`abstain`: which answers are given at all, and which are too unsure to be given."""

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

NO_ANSWER = -1


class Abstain:
    """A row is answered iff the probability of the class chosen for it is >= floor[that class]."""

    READS, GIVES = ("probabilities", "chosen"), ("answered", "answer")
    reads = READS

    def __init__(self, look: Inspector, classes: int) -> None:
        look.only(config=control_keys(look), arrays=("floor",))
        self.control = control_of(look)
        self.floor = look.array("floor", FLOATS, classes)
        self.takes = {"probabilities": Port("float32", (classes,)), "chosen": Port("int64")}
        self.gives = {"answered": Port("bool"), "answer": Port("int64")}

    def run(self, arrays: Mapping[str, Array], batch: Batch) -> dict[str, Array]:
        """{"answered": (rows,) bool, "answer": (rows,) int64: the chosen class, or -1}."""
        chosen = arrays["chosen"]
        # A class that does not exist is the class of no column: such a row has no answer.
        own = chosen[:, None] == np.arange(len(self.floor))
        answered = (own & (arrays["probabilities"] >= self.floor)).any(axis=1)
        return {"answered": answered, "answer": np.where(answered, chosen, NO_ANSWER)}

    def lower(self, graph: "OnnxGraph", names: Mapping[str, str]) -> dict[str, str]:
        """Adds nodes that compute the same."""
        chosen = names["chosen"]
        column = graph.node("Unsqueeze", chosen, graph.constant(np.array([1])))
        own = graph.node("Equal", column, graph.constant(np.arange(len(self.floor))))
        inside = graph.node("GreaterOrEqual", names["probabilities"], graph.constant(self.floor))
        both = graph.as_floats(graph.node("And", own, inside))
        most = graph.node("ReduceMax", both, axes=np.array([1]), keepdims=0)
        answered = graph.node("Greater", most, graph.constant(np.array(0.5, np.float32)))
        nothing = graph.constant(np.array(NO_ANSWER, np.int64))
        return {"answered": answered, "answer": graph.node("Where", answered, chosen, nothing)}
