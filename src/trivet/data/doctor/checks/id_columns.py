"""Columns that name a row instead of describing it: a model learns them by heart and fails on new rows."""

import re
from collections.abc import Iterator

import numpy as np

from trivet.core.rows import Rows
from trivet.core.task import Field
from trivet.data.doctor.check import DoctorCheck
from trivet.data.doctor.exam import Exam, missing_in
from trivet.data.doctor.finding import Finding
from trivet.runtime.part import Array

_UNIQUE = 0.95
_LEAST_ROWS = 40
_NAMES = re.compile(r"(^|[\s_.-])(id|ids|uuid|guid|key|index|rownames?|row|nr|number|no)$|[a-z]Id$|ID$|^unnamed", re.I)


class IdColumns(DoctorCheck):
    """id-column: dropped.  possible-id: unique whole numbers that may as well be a quantity, e.g. an income."""

    when = "before-split"
    order = 20
    codes = ("id-column", "possible-id")
    drops = {"id-column": "an id"}

    def check(self, exam: Exam) -> Iterator[Finding]:
        for field in exam.fields if len(exam.rows) >= _LEAST_ROWS else ():
            column = exam.rows.columns[field.name]
            known = column[~missing_in(field, column)]
            if not len(known):
                continue
            share = len(np.unique(known)) / len(known)
            if share <= _UNIQUE or len(known) < len(column) / 2:
                continue
            why = why_id(field, known, exam.rows)
            if why is not None:
                yield id_column(field.name, f"{share:.1%} of its values occur once{why}")
            elif field.type == "number" and is_whole(known):
                yield possible_id(field.name, f"{share:.1%} of its values, whole numbers, occur once")


def why_id(field: Field, known: Array, rows: Rows) -> str | None:
    """The reason to take a column of unique values for an id; None when it may be a quantity or free text."""
    if field.type == "category":
        return ""
    if field.type == "text":
        words = rows.words[field.name]
        single = sum(" " not in words[code].strip() for code in known) / len(known)
        return " and are single words" if single > 0.9 else None
    if field.type != "number" or not is_whole(known):
        return None
    return why_counter(field.name, known)


def why_counter(name: str, known: Array) -> str | None:
    """The reason to take unique whole numbers for a counter."""
    steps = np.diff(known)
    if (steps == 1).mean() > 0.99:
        return " and it counts the rows"
    if (steps > 0).all() or (steps < 0).all():
        return " and follow the order of the rows"
    # 1..n in any order: a quantity leaves gaps or repeats values long before it fills a range like that.
    if known.max() - known.min() < 1.1 * len(known):
        return f" and fill the range {known.min():.0f} to {known.max():.0f}"
    return " and its name says id" if _NAMES.search(name) else None


def is_whole(known: Array) -> bool:
    return bool((known == np.floor(known)).all())


def id_column(name: str, evidence: str) -> Finding:
    return Finding(
        code="id-column",
        severity="warn",
        column=name,
        evidence=f"{name} names rows: {evidence}",
        fix="leave the column out (trivet does so by itself); use it as the group if several rows share an id",
    )


def possible_id(name: str, evidence: str) -> Finding:
    return Finding(
        code="possible-id",
        severity="note",
        column=name,
        evidence=f"{name} may be an id: {evidence}",
        fix="leave the column out if it is a number somebody handed out, keep it if it was measured",
    )
