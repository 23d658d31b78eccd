"""The numbers that learners work on: what the reader makes of rows, and what the part `features` adds."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from trivet.core.candidate import Sketch, Work
from trivet.core.errors import Refused
from trivet.core.passes import Pass
from trivet.core.rows import Rows
from trivet.runtime.batch import Batch
from trivet.runtime.kinds.readers.columns import width_of
from trivet.runtime.part import Array, Part
from trivet.runtime.program import Program

from .out_of_fold import OUT_OF_FOLD, held_out

BEFORE_A_BODY = ("reader", "features")
LEARNED = "learned-features"
"""Beside the fit rows: (rows, k) float32, what the last k features say of rows that they were not fitted on."""


def expect_numbers(sketch: Sketch, *, for_: Pass) -> Sketch:
    """The sketch without scale and guard, which do not fit a new body; refuses one that makes no numbers."""
    reader = sketch.expect(has="reader", for_=for_).kinds["reader"]
    if "columns" not in reader:
        raise Refused(for_.name, f"a reader of kind {reader}; this pass reads columns", do="put prepare-table first")
    if all(field.type == "text" for field in sketch.task.inputs) and "features" not in sketch.kinds:
        raise Refused(for_.name, "text columns only", do="use a route for texts, or put score-texts first")
    if OUT_OF_FOLD in sketch.beside and "tune" not in for_.reads:
        raise Refused(for_.name, "a body that was taught in folds", do="leave out the step that fits in folds")
    return sketch.without("scale", "guard")


def numbers_of(rows: Rows, parts: Mapping[str, Part], *, for_: str) -> Array:
    """(rows, d) float32 with NaN for missing, as a body will see them; refuses when there are no rows.

    Of fit rows, features that were learned from the answers are taken out of fold where a pass left them beside.
    """
    return inputs_of(rows, parts, for_=for_).numbers


def inputs_of(rows: Rows, parts: Mapping[str, Part], *, for_: str) -> Batch:
    """The same with the texts, for bodies that read them."""
    program = Program({slot: parts[slot] for slot in BEFORE_A_BODY if slot in parts}, executor="numpy")
    batch = program.read(rows.at_least(1, for_=for_).raw())
    numbers, unseen = program.features(batch), rows.beside.get(LEARNED)
    if unseen is not None and "features" in parts:
        numbers = np.concatenate([numbers[:, : -unseen.shape[1]], unseen], axis=1)
    return Batch(numbers=numbers, texts=batch.texts)


def with_body(work: Work, body: Part) -> Work:
    """The work with a new body, wired to the features where there are some; scale and guard, which do not fit, go.

    So does what was said out of fold of the tune rows.
    """
    reads = {"numbers": "features"} if "features" in work.candidate.parts else {}
    done = work.without("scale", "guard").with_(body=replace(body, reads=reads))
    return done.with_splits(tune=held_out(work.data)) if "tune" in work.data.splits else done


def code_columns(reader: Part) -> tuple[int, ...]:
    """Which columns of the numbers hold codes of categories."""
    fields, spelled = reader.config["fields"], reader.config.get("spellings", {})
    starts = np.cumsum([0] + [width_of(type_, spelled.get(name, "")) for name, type_ in fields])
    return tuple(int(start) for start, (_, type_) in zip(starts, fields) if type_ == "category")
