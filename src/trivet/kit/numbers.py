"""The numbers that a reader makes of rows."""

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.errors import Refused
from trivet.core.passes import Pass
from trivet.core.rows import Rows
from trivet.runtime.part import Array, Part
from trivet.runtime.program import read_batch

_WIDTHS = {"number": 1, "boolean": 1, "category": 1, "date": 3, "text": 0}


def expect_numbers(sketch: Sketch, *, for_: Pass) -> Sketch:
    """The sketch without scale and guard, which do not fit a new body; refuses one that makes no numbers."""
    kind = sketch.expect(has="reader", for_=for_).kinds["reader"]
    if not kind.startswith("columns"):
        raise Refused(for_.name, f"a reader of kind {kind}; this pass reads columns", do="put prepare-table first")
    if all(field.type == "text" for field in sketch.task.inputs):
        raise Refused(for_.name, "text columns only", do="use a route for texts")
    return sketch.without("scale", "guard")


def numbers_of(rows: Rows, reader: Part, *, for_: str) -> Array:
    """(rows, d) float32 with NaN for missing; refuses when there are no rows."""
    numbers: Array = read_batch(reader, rows.at_least(1, for_=for_).raw()).numbers
    return numbers


def code_columns(reader: Part) -> tuple[int, ...]:
    """Which columns of the numbers hold codes of categories."""
    types = [type_ for _, type_ in reader.config["fields"]]
    starts = np.cumsum([0] + [_WIDTHS[type_] for type_ in types])
    return tuple(int(start) for start, type_ in zip(starts, types) if type_ == "category")
