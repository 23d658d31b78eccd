"""`expand`: standardised numbers, missing flags and one-hot columns, side by side."""

from typing import TYPE_CHECKING

import numpy as np

from trivet.runtime.batch import Batch
from trivet.runtime.part import Array

from ..body import Body, Flow
from ..inspector import FLOATS, Inspector

if TYPE_CHECKING:
    from trivet.runtime.onnx_graph import OnnxGraph


class Expand(Body):
    """clip((x[number] - shift) * scale) with 0 for missing, then isnan(x[missing]), then x[hot] == hot_code."""

    def __init__(self, look: Inspector, flow: Flow) -> None:
        look.only(config=("clip",), arrays=("number", "shift", "scale", "missing", "hot", "hot_code"))
        self.clip = np.float32(look.number("clip", above=0, most=1e30))
        self.number = look.indices("number", flow.width)
        self.shift = look.array("shift", FLOATS, len(self.number))
        self.scale = look.array("scale", FLOATS, len(self.number))
        self.missing = look.indices("missing", flow.width)
        self.hot = look.indices("hot", flow.width)
        self.hot_code = look.array("hot_code", FLOATS, len(self.hot))
        self.width = len(self.number) + len(self.missing) + len(self.hot)
        self.bound = max(float(self.clip), 1.0)
        self.operations, self.widest = 4 * self.width, self.width

    def run(self, batch: Batch) -> Array:
        x = batch.numbers
        # Finite numbers far apart may overflow here; the clip takes care of infinity, 0 * infinity counts as missing.
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = (x[:, self.number] - self.shift) * self.scale
        out = np.empty((len(x), self.width), np.float32)
        a, b = len(self.number), len(self.number) + len(self.missing)
        out[:, :a] = np.clip(np.where(np.isnan(scaled), np.float32(0), scaled), -self.clip, self.clip)
        out[:, a:b] = np.isnan(x[:, self.missing])
        out[:, b:] = x[:, self.hot] == self.hot_code
        return out

    def lower(self, graph: "OnnxGraph", numbers: str) -> str:
        pieces = []
        if len(self.number):
            shifted = graph.node("Sub", graph.columns(numbers, self.number), graph.constant(self.shift))
            scaled = graph.node("Mul", shifted, graph.constant(self.scale))
            known = graph.node("Where", graph.node("IsNaN", scaled), graph.constant(np.float32(0)), scaled)
            pieces.append(graph.node("Clip", known, graph.constant(-self.clip), graph.constant(self.clip)))
        if len(self.missing):
            pieces.append(graph.as_floats(graph.node("IsNaN", graph.columns(numbers, self.missing))))
        if len(self.hot):
            is_hot = graph.node("Equal", graph.columns(numbers, self.hot), graph.constant(self.hot_code))
            pieces.append(graph.as_floats(is_hot))
        return graph.node("Concat", *pieces, axis=1)
