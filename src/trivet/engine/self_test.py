"""Made-up rows with the answers that a file must give on any machine."""

from typing import Any

import numpy as np

from trivet.core.candidate import Candidate
from trivet.core.rows import Rows, raw_column
from trivet.runtime.batch import Answers
from trivet.runtime.part import Array
from trivet.runtime.program import Program

_SELF_TEST_ROWS = 4


def self_test(candidate: Candidate, rows: Rows) -> dict[str, Any]:
    """A few made-up rows with the answers that the file must give on any machine.

    Each column is spread over its own quantiles in its own order, so that no real row is disclosed.
    """
    spread = rows.take(np.arange(min(len(rows), _SELF_TEST_ROWS)))
    columns = {
        field.name: raw_column(field, spread_values(rows.columns[field.name], turn), rows.words.get(field.name, ()))
        for turn, field in enumerate(spread.fields)
    }
    program = Program(candidate.parts, executor="numpy")
    answers = program.answers(program.read(columns))
    made_up = [dict(zip(columns, row)) for row in zip(*columns.values())]
    return {"rows": made_up, "answers": answers_to_json(answers)}


def spread_values(column: Array, turn: int) -> Array:
    """Values at evenly spread quantiles, rotated by the column's position; numbers keep three digits."""
    if column.ndim > 1:
        return np.stack([spread_values(at, turn) for at in column.reshape(len(column), -1).T], axis=1).reshape(
            -1, *column.shape[1:]
        )
    known = np.sort(column[column >= 0] if column.dtype.kind == "i" else column[~np.isnan(column)])
    if not len(known):
        return np.repeat(column[:1], _SELF_TEST_ROWS)
    at = (np.arange(_SELF_TEST_ROWS) * 2 + 1) * (len(known) - 1) // (2 * _SELF_TEST_ROWS)
    picked = np.roll(known[at], turn)
    return picked if column.dtype.kind == "i" else np.array([float(f"{v:.3g}") for v in picked])


def answers_to_json(answers: Answers) -> dict[str, Any]:
    """The answers that are numbers as nested lists, by name."""
    return {name: np.asarray(a, np.float64).tolist() for name, a in answers.items() if a.dtype.kind == "f"}
