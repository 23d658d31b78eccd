"""`cascade`: a small body answers; rows on which it is not sure are answered by a larger one."""

from typing import TYPE_CHECKING

import numpy as np

from trivet.runtime.batch import Batch
from trivet.runtime.part import Array

from ..body import Body, Flow
from ..inspector import Inspector

if TYPE_CHECKING:
    from trivet.runtime.onnx_graph import OnnxGraph


class Cascade(Body):
    """The first child's scores where its lead reaches `lead`, else the second's.

    The lead of one score is its distance from 0, of several the largest minus the second largest.
    """

    def __init__(self, look: Inspector, flow: Flow) -> None:
        look.only(config=("lead",), children=(2, 2))
        self.lead = np.float32(look.number("lead", above=0, most=1e6))
        self.small, self.large = look.child(0, flow), look.child(1, flow)
        if self.small.width != self.large.width:
            look.refuse("part-slot", "children with equally many scores", f"{self.small.width}, {self.large.width}")
        self.width = self.small.width
        self.bound = max(self.small.bound, self.large.bound)
        self.operations = self.small.operations + self.large.operations + 4 * self.width
        self.widest = max(self.small.widest, self.large.widest)

    def run(self, batch: Batch) -> Array:
        scores = self.small.run(batch)
        unsure = np.flatnonzero(~(lead_of(scores) >= self.lead))
        if len(unsure):
            texts = tuple(tuple(column[at] for at in unsure) for column in batch.texts)
            scores = scores.copy()
            scores[unsure] = self.large.run(Batch(numbers=batch.numbers[unsure], texts=texts))
        return scores

    def lower(self, graph: "OnnxGraph", numbers: str) -> str:
        # Both are computed: a choice per row would need a graph of its own for texts, whose entries name their row.
        small, large = self.small.lower(graph, numbers), self.large.lower(graph, numbers)
        is_sure = graph.node("GreaterOrEqual", self.lower_lead(graph, small), graph.constant(self.lead))
        return graph.node("Where", is_sure, small, large)

    def lower_lead(self, graph: "OnnxGraph", scores: str) -> str:
        """The name of the (rows, 1) leads."""
        if self.width == 1:
            return graph.node("Abs", scores)
        top = graph.nodes("TopK", scores, graph.constant(np.array([2])), results=2, axis=1)[0]
        first, second = (graph.columns(top, np.array([at])) for at in (0, 1))
        return graph.node("Sub", first, second)


def lead_of(scores: Array) -> Array:
    """(rows,) how far the answer is from the next best one."""
    if scores.shape[1] == 1:
        return np.abs(scores[:, 0])
    top = np.partition(scores, -2, axis=1)
    lead: Array = top[:, -1] - top[:, -2]
    return lead
