"""Columns that hold nothing, one value only, or mostly gaps."""

from collections.abc import Iterator

import numpy as np

from trivet.core.task import Field
from trivet.data.doctor.check import DoctorCheck
from trivet.data.doctor.exam import Exam, missing_in
from trivet.data.doctor.finding import Finding, shown
from trivet.runtime.part import Array

_MOSTLY_MISSING = 0.5
_NEARLY_CONSTANT = 0.995


class BrokenColumns(DoctorCheck):
    """empty-column, constant-column, nearly-constant-column, missing-values."""

    when = "before-split"
    order = 10
    codes = ("constant-column", "empty-column", "missing-values", "nearly-constant-column")
    drops = {"constant-column": "one value in every row", "empty-column": "every cell is missing"}

    def check(self, exam: Exam) -> Iterator[Finding]:
        for field in exam.fields:
            column = exam.rows.columns[field.name]
            missing = missing_in(field, column)
            if missing.all():
                yield Finding(
                    code="empty-column",
                    severity="warn",
                    column=field.name,
                    n_rows=len(column),
                    evidence=f"no row has a value for {field.name}",
                    fix="leave the column out; trivet does so by itself",
                )
            else:
                yield from one_value(field, column, missing, exam)
                yield from gaps(field, missing, exam)


def one_value(field: Field, column: Array, missing: Array, exam: Exam) -> Iterator[Finding]:
    values, count = np.unique(column[~missing], return_counts=True)
    top = int(count.argmax())
    word = exam.rows.words[field.name][values[top]] if field.name in exam.rows.words else f"{values[top]:g}"
    if len(values) == 1 and not missing.any():
        yield Finding(
            code="constant-column",
            severity="warn",
            column=field.name,
            n_rows=len(column),
            evidence=f"{field.name} is {word} in every row",
            fix="leave the column out; trivet does so by itself",
        )
    elif count[top] >= _NEARLY_CONSTANT * len(column):
        odd = np.flatnonzero(column != values[top])
        yield Finding(
            code="nearly-constant-column",
            severity="note",
            column=field.name,
            evidence=f"{field.name} is {word} in {count[top] / len(column):.2%} of the rows; {len(odd)} differ",
            fix="look at the rows that differ: a mistake, or too rare to learn from",
            **shown(exam.rows.ids[odd]),
        )


def gaps(field: Field, missing: Array, exam: Exam) -> Iterator[Finding]:
    if missing.mean() > _MOSTLY_MISSING:
        yield Finding(
            code="missing-values",
            severity="warn",
            column=field.name,
            evidence=f"{field.name} is missing in {missing.mean():.0%} of the rows",
            fix="find out why it is missing; leave it out if it will be missing in use as well",
            **shown(exam.rows.ids[missing]),
        )
