"""`chain`: pieces of a body one after the other."""

from typing import TYPE_CHECKING

from trivet.runtime.batch import Batch
from trivet.runtime.part import Array

from ..body import Body, Flow
from ..inspector import Inspector

if TYPE_CHECKING:
    from trivet.runtime.onnx_graph import OnnxGraph

MOST_LINKS = 16


class Chain(Body):
    """Each child works on the numbers that the one before it made; texts pass through."""

    def __init__(self, look: Inspector, flow: Flow) -> None:
        look.only(children=(1, MOST_LINKS))
        self.children: list[Body] = []
        for position in range(len(look.part.children)):
            child = look.child(position, flow)
            self.children.append(child)
            flow = Flow(child.width, flow.texts, child.bound)
        self.width, self.bound = flow.width, flow.bound
        self.operations = sum(child.operations for child in self.children)
        self.widest = max(child.widest for child in self.children)

    def run(self, batch: Batch) -> Array:
        for child in self.children:
            batch = Batch(numbers=child.run(batch), texts=batch.texts)
        return batch.numbers

    def lower(self, graph: "OnnxGraph", numbers: str) -> str:
        for child in self.children:
            numbers = child.lower(graph, numbers)
        return numbers
