"""`loop`: a graph applied again and again to its own state, a fixed number of times."""

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from trivet.runtime.batch import Batch
from trivet.runtime.ops.lengths import ROWS
from trivet.runtime.ops.tensor import Tensor
from trivet.runtime.part import Array

from ..bodies.graph import NUMBERS, numbers_of
from ..body import Body, Flow, needs_finite
from ..inspector import Inspector
from ..network import Network

if TYPE_CHECKING:
    from trivet.runtime.onnx_graph import OnnxGraph

MOST_STEPS = 1024
MOST_NODES_UNROLLED = 16_384
STATE = "state"


class Loop(Body):
    """state = child(state, numbers), `steps` times; from zeros, or from the numbers themselves.

    The child is a graph from `state` (rows, *shape) and, if it likes, `numbers` to `state`.  gives "last": the last
    state as (rows, width); "all": the states of all steps, one after the other.  No number of a state leaves
    -bound..bound: from a state within it, the child must be sure to make one within it, so that any number of steps
    stays finite.
    """

    # Unrolled in ONNX: the constants stand once, and ONNX Runtime plans memory for straight nodes better than for the
    # node Loop, whose body it may not see through.  Long recurrences have operators of their own, `gru` and `scan`.
    def __init__(self, look: Inspector, flow: Flow) -> None:
        needs_finite(look, flow)
        look.only(config=("bound", "gives", "shape", "start", "steps"), children=(1, 1))
        self.steps = look.whole("steps", least=1, most=MOST_STEPS)
        self.gives = look.choice("gives", ("last", "all"))
        self.starts = look.choice("start", ("zeros", "numbers"))
        self.child_bound = look.number("bound", above=0, most=1e30)
        self.shape = self._shape(look)
        if self.starts == "numbers" and (self.shape != (flow.width,) or flow.bound > self.child_bound):
            wanted = f"a state of shape [{flow.width}] and a bound from {flow.bound:g}, to start from the numbers"
            look.refuse("part-slot", wanted, f"{list(self.shape)}, {self.child_bound:g}")
        self.child = self._child(look, flow)
        one = prod(self.shape)
        self.width = one * (self.steps if self.gives == "all" else 1)
        self.bound = self.child_bound
        self.operations = self.steps * (self.child.operations + one)
        self.widest = self.child.widest + self.width + flow.width

    def _shape(self, look: Inspector) -> tuple[int, ...]:
        found = look.part.config["shape"]
        is_fine = isinstance(found, list) and 1 <= len(found) <= 7
        if not is_fine or not all(type(n) is int and 1 <= n <= 10**7 for n in found):
            look.refuse("part-config", "a list of 1 to 7 lengths from 1", repr(found)[:80], "shape")
        return tuple(found)

    def _child(self, look: Inspector, flow: Flow) -> Network:
        inner = look.inside(0)
        if inner.part.kind != "graph":
            inner.refuse("part-kind", "graph", repr(inner.part.kind))
        state = Tensor("float32", (ROWS, *self.shape), -self.child_bound, self.child_bound)
        child = Network(inner, {STATE: state, NUMBERS: numbers_of(flow)})
        found = child.outputs.get(STATE)
        if STATE not in child.inputs or found is None or len(child.outputs) != 1:
            inner.refuse("part-slot", "a graph from state to state", f"{list(child.inputs)} to {list(child.outputs)}")
        if (found.dtype, found.shape) != (state.dtype, state.shape) or found.size > self.child_bound:
            wanted = f"a state {list(state.shape)} that stays within {self.child_bound:g}"
            inner.refuse("part-limit", wanted, f"{found.dtype} {list(found.shape)}, {found.low:g} to {found.high:g}")
        if len(child.steps) * self.steps > MOST_NODES_UNROLLED:
            wanted = f"at most {MOST_NODES_UNROLLED} nodes in all steps"
            look.refuse("part-limit", wanted, str(len(child.steps) * self.steps))
        return child

    def run(self, batch: Batch) -> Array:
        rows = len(batch)
        state = batch.numbers if self.starts == "numbers" else np.zeros((rows, *self.shape), np.float32)
        states = []
        for _ in range(self.steps):
            given = {STATE: state, NUMBERS: batch.numbers}
            state = self.child.run({name: given[name] for name in self.child.inputs})[STATE]
            states.append(state)
        kept = states if self.gives == "all" else states[-1:]
        return np.concatenate([one.reshape(rows, prod(self.shape)) for one in kept], axis=1)

    def lower(self, graph: "OnnxGraph", numbers: str) -> str:
        state = numbers
        if self.starts == "zeros":
            flat = graph.same_for_all_rows(np.zeros(prod(self.shape), np.float32), numbers)
            state = graph.node("Reshape", flat, graph.constant(np.array([-1, *self.shape], np.int64)))
        child = self.child.placed(graph, {STATE: state, NUMBERS: numbers})
        as_rows, states = graph.constant(np.array([-1, prod(self.shape)], np.int64)), []
        for _ in range(self.steps):
            state = child({STATE: state, NUMBERS: numbers})[STATE]
            states.append(state)
        kept = states if self.gives == "all" else states[-1:]
        flat_states = [graph.node("Reshape", one, as_rows) for one in kept]
        return graph.node("Concat", *flat_states, axis=1) if len(kept) > 1 else flat_states[0]
