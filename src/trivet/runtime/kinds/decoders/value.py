"""`value`: the first score is the answer."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ...batch import Batch
from ...part import Array
from ...ports import Port
from ..inspector import Inspector
from .decoder import Decoder

if TYPE_CHECKING:
    from ...onnx_graph import OnnxGraph


class Value(Decoder):
    """One number per row; further scores (quantiles) are for a guard."""

    READS, GIVES, answer = ("scores",), ("values",), "values"

    def __init__(self, look: Inspector, width: int) -> None:
        look.only()
        if width not in (1, 3):
            look.refuse("part-slot", "a body with one score or three (mid, low, high)", f"{width}")
        self.gives = {"values": Port("float32")}

    def run(self, arrays: Mapping[str, Array], batch: Batch) -> dict[str, Array]:
        return {"values": arrays["scores"][:, 0]}

    def lower(self, graph: "OnnxGraph", names: Mapping[str, str]) -> dict[str, str]:
        return {"values": graph.node("Gather", names["scores"], graph.constant(np.array(0)), axis=1)}
