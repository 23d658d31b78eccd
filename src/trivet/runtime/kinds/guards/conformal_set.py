"""`conformal-set`: which classes cannot be ruled out."""

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


class ConformalSet:
    """Class c is in the set iff its probability >= floor[c]; the most probable class always is."""

    READS, GIVES = ("probabilities",), ("sets",)
    reads = READS

    def __init__(self, look: Inspector, classes: int) -> None:
        look.only(config=("coverage", *control_keys(look)), arrays=("floor",))
        self.control = control_of(look)
        self.coverage = look.number("coverage", above=0, most=1)
        self.floor = look.array("floor", FLOATS, classes)
        self.gives = {"sets": Port("bool", (classes,))}

    def run(self, arrays: Mapping[str, Array], batch: Batch) -> dict[str, Array]:
        """{"sets": (rows, classes) bool}."""
        probabilities = arrays["probabilities"]
        sets = probabilities >= self.floor
        sets[np.arange(len(sets)), probabilities.argmax(axis=1)] = True
        return {"sets": sets}

    def lower(self, graph: "OnnxGraph", names: Mapping[str, str]) -> dict[str, str]:
        """Adds nodes that compute the same."""
        probabilities = names["probabilities"]
        inside = graph.node("GreaterOrEqual", probabilities, graph.constant(self.floor))
        top = graph.node("ArgMax", probabilities, axis=1, keepdims=1)
        is_top = graph.node("Equal", top, graph.constant(np.arange(len(self.floor))))
        return {"sets": graph.node("Or", inside, is_top)}
