"""`graph`: a network as a list of closed operators."""

from typing import TYPE_CHECKING

from trivet.runtime.batch import Batch
from trivet.runtime.ops.lengths import ROWS
from trivet.runtime.ops.tensor import Tensor
from trivet.runtime.part import Array

from ..body import Body, Flow, needs_finite
from ..inspector import Inspector
from ..network import Network, width_of

if TYPE_CHECKING:
    from trivet.runtime.onnx_graph import OnnxGraph

NUMBERS, SCORES = "numbers", "scores"


class Graph(Body):
    """The network from its input `numbers` (rows, d) to its output `scores` (rows, width)."""

    def __init__(self, look: Inspector, flow: Flow) -> None:
        needs_finite(look, flow)
        self.network = Network(look, {NUMBERS: numbers_of(flow)})
        facts = self.network.outputs.get(SCORES)
        width = None if facts is None else width_of(facts.shape)
        if facts is None or width is None or facts.dtype != "float32" or len(self.network.outputs) != 1:
            found = ", ".join(f"{name} {f.dtype} {list(f.shape)}" for name, f in self.network.outputs.items())
            look.refuse("part-slot", f"one output, {SCORES}, float32 of shape (rows, width)", found, "outputs")
        self.width, self.bound = width, facts.size
        self.operations, self.widest = self.network.operations, max(self.network.widest, width)

    def run(self, batch: Batch) -> Array:
        return self.network.run({NUMBERS: batch.numbers})[SCORES]

    def lower(self, graph: "OnnxGraph", numbers: str) -> str:
        return self.network.lower(graph, {NUMBERS: numbers})[SCORES]


def numbers_of(flow: Flow) -> Tensor:
    """What is known of the numbers that arrive at a body."""
    return Tensor("float32", (ROWS, flow.width), -flow.bound, flow.bound)
