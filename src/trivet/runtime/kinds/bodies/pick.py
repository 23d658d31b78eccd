"""`pick`: some of the numbers as they are, missing ones too."""

from typing import TYPE_CHECKING

from trivet.runtime.batch import Batch
from trivet.runtime.part import Array

from ..body import Body, Flow
from ..inspector import Inspector

if TYPE_CHECKING:
    from trivet.runtime.onnx_graph import OnnxGraph


class Pick(Body):
    """x[:, column]."""

    def __init__(self, look: Inspector, flow: Flow) -> None:
        look.only(arrays=("column",))
        self.column = look.indices("column", flow.width)
        self.width, self.bound = len(self.column), flow.bound
        self.operations, self.widest = self.width, self.width

    def run(self, batch: Batch) -> Array:
        return batch.numbers[:, self.column]

    def lower(self, graph: "OnnxGraph", numbers: str) -> str:
        return graph.columns(numbers, self.column)
