"""What a candidate says about rows while it is still in the workshop."""

import numpy as np

from trivet.core.candidate import Candidate
from trivet.core.gauges import Trial, plain_trial
from trivet.core.rows import Rows
from trivet.runtime.batch import Batch
from trivet.runtime.part import Array, Part
from trivet.runtime.program import Program

from .out_of_fold import OUT_OF_FOLD


def scores_of(candidate: Candidate, rows: Rows) -> Array:
    """(rows, k) float32 scores of the body; those out of fold where they lie beside the rows."""
    program, batch = asked(candidate, rows, "features", "body")
    return program.scores(batch)


def stated_probabilities(candidate: Candidate, rows: Rows) -> Array:
    """(rows, classes) float32 of a classifier, through its scale; plain sigmoid or softmax where there is none.

    From scores out of fold where they lie beside the rows.
    """
    program, batch = asked(candidate, rows, "features", "body", "scale", "decoder")
    return program.run(batch, "probabilities")[0]


def answers_on(candidate: Candidate, rows: Rows) -> Trial:
    """What the candidate says of rows, in this process; from scores out of fold where they lie beside the rows."""
    program, batch = asked(candidate, rows, *candidate.parts)
    return plain_trial(candidate.task, rows, program.answers(batch))


def asked(candidate: Candidate, rows: Rows, *slots: str) -> tuple[Program, Batch]:
    """(these slots behind the reader as a program of the numpy executor, what it is asked).

    Where scores out of fold lie beside the rows, a body that passes them on stands for features and body.
    """
    parts = {slot: candidate.parts[slot] for slot in ("reader", *slots) if slot in candidate.parts}
    unseen = rows.beside.get(OUT_OF_FOLD)
    if unseen is None:
        program = Program(parts, executor="numpy")
        return program, program.read(rows.raw())
    behind = {slot: part for slot, part in parts.items() if slot not in ("reader", "features", "body")}
    return Program({**passing_on(unseen), **behind}, executor="numpy"), Batch(numbers=unseen)


def passing_on(scores: Array) -> dict[str, Part]:
    """A reader of so many numbers, and a body that gives them as its scores.  scores: (rows, k), finite."""
    k, none = scores.shape[1], np.empty(0, np.uint16)
    reader = Part(kind="columns", config={"fields": [[f"score {at}", "number"] for at in range(k)]})
    arrays: dict[str, Array] = {
        "number": np.arange(k, dtype=np.uint16), "shift": np.zeros(k, np.float32), "scale": np.ones(k, np.float32),
        "missing": none, "hot": none, "hot_code": np.empty(0, np.float32),
    }  # fmt: skip
    wide_enough = {"clip": 1.0 + float(np.abs(scores).max(initial=0))}
    return {"reader": reader, "body": Part(kind="expand", config=wide_enough, arrays=arrays)}
