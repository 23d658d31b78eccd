"""`labels`: the names of the classes, and which one is answered."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ...batch import Batch
from ...part import Array
from ...ports import Port
from ..control import control_keys, control_of
from ..inspector import FLOATS, Inspector
from ..words import words_of
from .decoder import Decoder

if TYPE_CHECKING:
    from ...onnx_graph import OnnxGraph

BOOLEANS = {"true": True, "false": False, "yes": True, "no": False, "t": True, "f": False, "y": True, "n": False,
            "1": True, "0": False}  # fmt: skip


class Labels(Decoder):
    """The answer is the class with the largest probability * weight; the first wins ties.

    texts: the classes as text.  values: the same as Python values of the answer's type.
    """

    READS, GIVES, answer = ("probabilities",), ("chosen",), "chosen"

    def __init__(self, look: Inspector, classes: int) -> None:
        look.only(config=("type", *control_keys(look)), arrays=("blob", "ends", "weights"))
        self.control = control_of(look)
        self.type = look.choice("type", ("category", "number", "boolean"))
        self.texts = tuple(words_of(look))
        if len(self.texts) != classes or len(set(self.texts)) != classes:
            look.refuse("part-slot", f"{classes} different class names", f"{list(self.texts[:8])}", "blob")
        self.values = tuple(self._value(look, text) for text in self.texts)
        self.weights = look.array("weights", FLOATS, classes)
        if (self.weights <= 0).any():
            look.refuse("part-array", "weights above 0", f"{self.weights.tolist()[:8]}", "weights")
        self.gives = {"chosen": Port("int64")}

    def _value(self, look: Inspector, text: str) -> str | int | float | bool:
        try:
            if self.type == "boolean":
                return BOOLEANS[text.lower()]
            return exact_number(text) if self.type == "number" else text
        except (ValueError, KeyError):
            return look.refuse("part-array", f"class names that are {self.type}s", repr(text), "blob")

    def run(self, arrays: Mapping[str, Array], batch: Batch) -> dict[str, Array]:
        return {"chosen": (arrays["probabilities"] * self.weights).argmax(axis=1)}

    def lower(self, graph: "OnnxGraph", names: Mapping[str, str]) -> dict[str, str]:
        weighed = graph.node("Mul", names["probabilities"], graph.constant(self.weights))
        return {"chosen": graph.node("ArgMax", weighed, axis=1, keepdims=0)}

    def decode(self, answers: Array) -> list[Any]:
        """The values of the classes; None where an answer is withheld, which is -1 (see the kind `abstain`)."""
        return [self.values[position] if position >= 0 else None for position in answers.tolist()]


def exact_number(text: str) -> int | float:
    """3 for "3" and "3.0", 2.5 for "2.5"; refuses NaN and infinity.

    >>> exact_number("3.0"), exact_number("2.5")
    (3, 2.5)
    """
    try:
        return int(text)
    except ValueError:
        number = float(text)
    if not np.isfinite(number):
        raise ValueError(text)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number
