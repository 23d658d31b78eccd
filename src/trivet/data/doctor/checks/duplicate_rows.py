"""Rows that occur twice, and equal rows that were answered differently."""

from collections.abc import Iterator

import numpy as np

from trivet.data.doctor.check import DoctorCheck
from trivet.data.doctor.exam import Exam
from trivet.data.doctor.finding import Finding, shown
from trivet.runtime.part import Array

_MANY = 0.05
_CONFLICTS = 0.01


class DuplicateRows(DoctorCheck):
    """duplicate-rows: same inputs and answer.  conflicting-answers: same inputs, another answer."""

    when = "after-split"
    order = 20
    codes = ("conflicting-answers", "duplicate-rows")

    def check(self, exam: Exam) -> Iterator[Finding]:
        if not exam.rows.fields:
            return
        _, row, times = np.unique(exam.keys, return_inverse=True, return_counts=True)
        repeated = np.flatnonzero(times[row] > 1)
        if not len(repeated):
            return
        repeated = repeated[np.lexsort((repeated, exam.keys[repeated]))]  # copies stand beside each other
        differs = differing_answers(row[repeated], exam.rows.truth[repeated])
        yield from duplicates(exam, repeated[~differs], row)
        yield from conflicts(exam, repeated[differs])


def differing_answers(row: Array, answer: Array) -> Array:
    """(rows,) bool: whether some row with the same inputs has another answer."""
    least = np.full(int(row.max()) + 1, np.inf)
    most = np.full(int(row.max()) + 1, -np.inf)
    np.minimum.at(least, row, answer)
    np.maximum.at(most, row, answer)
    return np.asarray((least != most)[row])


def duplicates(exam: Exam, repeated: Array, row: Array) -> Iterator[Finding]:
    if len(repeated):
        extra = len(repeated) - len(np.unique(row[repeated]))
        share = extra / len(exam.rows)
        yield Finding(
            code="duplicate-rows",
            severity="warn" if share > _MANY else "note",
            evidence=f"{extra:,} rows ({share:.1%}) repeat another row, answer included",
            fix="delete the copies unless each is an observation of its own: they count double in every reading",
            **shown(exam.rows.ids[repeated]),
        )


def conflicts(exam: Exam, repeated: Array) -> Iterator[Finding]:
    if len(repeated):
        share = len(repeated) / len(exam.rows)
        yield Finding(
            code="conflicting-answers",
            severity="warn" if share > _CONFLICTS and exam.classifies else "note",
            evidence=f"{len(repeated):,} rows ({share:.1%}) have the inputs of another row and a different "
            f"{exam.task.answer.name}; no model can be right about both",
            fix="look for a wrong answer or a missing input column among these rows",
            **shown(exam.rows.ids[repeated]),
        )
