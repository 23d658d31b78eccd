"""The data doctor: finds what is wrong with a table before any model is fitted to it."""

from collections.abc import Callable, Collection, Iterable
from itertools import chain

from trivet.core.rows import Dataset, Rows
from trivet.core.task import Task

from .checks import (
    answers,
    broken_columns,
    duplicate_rows,
    id_columns,
    label_errors,
    leaking_columns,
    mixed_units,
    sentinel_values,
    split_borders,
    unused_text,
)
from .exam import Exam
from .finding import Finding, few_warnings, in_order

__all__ = [
    "Finding", "columns_to_drop", "examine", "examine_columns", "examine_rows", "few_warnings", "unread_texts",
    "why_dropped",
]  # fmt: skip

Check = Callable[[Exam], Iterable[Finding]]
OF_COLUMNS: tuple[Check, ...] = (
    broken_columns.check,
    id_columns.check,
    leaking_columns.check,
    sentinel_values.check,
    mixed_units.check,
)
OF_ROWS: tuple[Check, ...] = (answers.check, duplicate_rows.check, split_borders.check)
_DROPPED = {
    "constant-column": "one value in every row",
    "empty-column": "every cell is missing",
    "id-column": "an id",
    "target-copy": "a copy of the answer",
    "unused-text": "text, which no pass that will run reads",
}


def examine(rows: Rows, task: Task, *, dataset: Dataset, vault: Rows, seed: int) -> tuple[Finding, ...]:
    """What is wrong with the columns and the rows, gravest first: `examine_columns`, then `examine_rows`."""
    of_columns = examine_columns(rows, task, seed=seed)
    return examine_rows(rows, task, dataset=dataset, vault=vault, seed=seed, of_columns=of_columns)


def examine_columns(rows: Rows, task: Task, *, seed: int) -> tuple[Finding, ...]:
    """What is wrong with the columns of a whole table, gravest first.

    Needs no split, and is best asked before it: with an id column, no two rows are equal, and copies of a row would
    end up on both sides.  Nothing is changed; `columns_to_drop` says what should be.
    Deterministic: the same rows and seed give the same findings.
    """
    exam = Exam(rows=rows, task=task, seed=seed)
    return in_order(chain.from_iterable(check(exam) for check in OF_COLUMNS))


def unread_texts(
    rows: Rows, task: Task, *, read: Collection[str], of_columns: tuple[Finding, ...], seed: int
) -> tuple[Finding, ...]:
    """The findings about columns, with one for each text column that is not among those that are read."""
    exam = Exam(rows=rows, task=task, seed=seed)
    return in_order((*of_columns, *unused_text.check(exam, read)))


def examine_rows(
    rows: Rows, task: Task, *, dataset: Dataset, vault: Rows, seed: int, of_columns: tuple[Finding, ...] = ()
) -> tuple[Finding, ...]:
    """What is wrong with the answers, the rows and their split, and the findings about columns, gravest first.

    of_columns: what `examine_columns` found; the columns to drop are left out of every comparison of rows.
    """
    parts = (dataset.fit, dataset.tune, dataset.choose, vault)
    exam = Exam(rows=rows, task=task, parts=parts, seed=seed).without(columns_to_drop(of_columns))
    of_rows = tuple(chain.from_iterable(check(exam) for check in OF_ROWS))
    # A column that gives the answer away would make every wrong label look right.
    leaking = {f.column for f in of_columns if f.code == "leaking-column" and f.column is not None}
    return in_order((*of_columns, *of_rows, *label_errors.check(exam.without(leaking))))


def columns_to_drop(findings: Iterable[Finding]) -> tuple[str, ...]:
    """The input columns that no model sees: ids, constants, empty ones, copies of the target, texts nothing reads."""
    return tuple(sorted({f.column for f in findings if f.code in _DROPPED and f.column is not None}))


def why_dropped(findings: Iterable[Finding]) -> tuple[tuple[str, str], ...]:
    """(column, why) for each of the columns to drop, in the order of the findings; the gravest reason of several."""
    why: dict[str, str] = {}
    for one in findings:
        if one.code in _DROPPED and one.column is not None:
            why.setdefault(one.column, _DROPPED[one.code])
    return tuple(why.items())
