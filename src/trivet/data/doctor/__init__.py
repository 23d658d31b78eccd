"""The data doctor: finds what is wrong with a table before any model is fitted to it."""

from collections.abc import Callable, Iterable
from itertools import chain

from trivet.core.rows import Dataset, Rows
from trivet.core.task import Task

from . import (
    answers,
    broken_columns,
    duplicate_rows,
    id_columns,
    label_errors,
    leaking_columns,
    sentinel_values,
    split_borders,
)
from .exam import Exam
from .finding import SEVERITIES, Finding

__all__ = ["Finding", "columns_to_drop", "examine"]

CHECKS: tuple[Callable[[Exam], Iterable[Finding]], ...] = (
    answers.check,
    broken_columns.check,
    id_columns.check,
    leaking_columns.check,
    sentinel_values.check,
    duplicate_rows.check,
    split_borders.check,
)
_DROPPED = ("constant-column", "empty-column", "id-column", "target-copy")


def examine(rows: Rows, task: Task, *, dataset: Dataset, vault: Rows, seed: int) -> tuple[Finding, ...]:
    """What is wrong with the rows, gravest first.

    rows: the whole table.  dataset, vault: its split.  Nothing is changed; `columns_to_drop` says what should be.
    Deterministic: the same rows, split and seed give the same findings.
    """
    exam = Exam(rows=rows, task=task, parts=(dataset.fit, dataset.tune, dataset.choose, vault), seed=seed)
    findings = tuple(chain.from_iterable(check(exam) for check in CHECKS))
    # Last, and without the columns that give the answer away: they would make every wrong label look right.
    given_away = {f.column for f in findings if f.code in (*_DROPPED, "leaking-column") and f.column is not None}
    findings += tuple(label_errors.check(exam.without(given_away)))
    return tuple(sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), f.code, f.column or "")))


def columns_to_drop(findings: Iterable[Finding]) -> tuple[str, ...]:
    """The input columns that no model should see: ids, constants, empty columns and copies of the target."""
    return tuple(sorted({f.column for f in findings if f.code in _DROPPED and f.column is not None}))
