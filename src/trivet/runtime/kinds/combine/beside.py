"""`beside`: what several bodies make of the same row, side by side."""

from typing import TYPE_CHECKING

import numpy as np

from trivet.runtime.batch import Batch
from trivet.runtime.part import Array

from ..body import Body, Flow
from ..inspector import MOST_CHILDREN, Inspector

if TYPE_CHECKING:
    from trivet.runtime.onnx_graph import OnnxGraph


class Beside(Body):
    """The numbers of the first child, then those of the second, ..."""

    def __init__(self, look: Inspector, flow: Flow) -> None:
        look.only(children=(1, MOST_CHILDREN))
        self.children = [look.child(position, flow) for position in range(len(look.part.children))]
        self.width = sum(child.width for child in self.children)
        self.bound = max(child.bound for child in self.children)
        self.operations = sum(child.operations for child in self.children)
        self.widest = max(self.width, *(child.widest for child in self.children))

    def run(self, batch: Batch) -> Array:
        return np.concatenate([child.run(batch) for child in self.children], axis=1)

    def lower(self, graph: "OnnxGraph", numbers: str) -> str:
        return graph.node("Concat", *(child.lower(graph, numbers) for child in self.children), axis=1)
