"""The data doctor: finds what is wrong with a table before any model is fitted to it.


Every check in `checks/`, and every one that another distribution registers, is asked in a stated order.
"""

from collections.abc import Collection, Iterable, Mapping

from trivet.core.rows import Dataset, Rows
from trivet.core.task import Task
from trivet.runtime.part import Array

from .exam import Exam
from .examiner import dropped_codes, findings_of
from .finding import Finding, few_warnings, in_order

__all__ = [
    "Finding", "columns_to_drop", "examine", "examine_columns", "examine_domain", "examine_rows", "few_warnings",
    "why_dropped",
]  # fmt: skip


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
    return in_order(findings_of("before-split", Exam(rows=rows, task=task, seed=seed)))


def examine_domain(
    rows: Rows, task: Task, *, texts_read: Collection[str], of_columns: tuple[Finding, ...], seed: int
) -> tuple[Finding, ...]:
    """The findings about columns, with those that depend on what will run; `task` lacks the columns dropped so far.

    texts_read: the text columns that some pass will learn from.
    """
    exam = Exam(rows=rows, task=task, seed=seed, found=of_columns, texts_read=frozenset(texts_read))
    return in_order((*of_columns, *findings_of("domain-known", exam)))


def examine_rows(
    rows: Rows,
    task: Task,
    *,
    dataset: Dataset,
    vault: Rows,
    seed: int,
    of_columns: tuple[Finding, ...] = (),
    aside: Mapping[str, Array] | None = None,
) -> tuple[Finding, ...]:
    """What is wrong with the answers, the rows and their split, and the findings about columns, gravest first.

    of_columns: what `examine_columns` found; the columns to drop are left out of every comparison of rows.
    aside: columns that no model sees, see `Exam.aside`: they may tell which rows belong together.
    """
    parts = (dataset.fit, dataset.tune, dataset.choose, vault)
    exam = Exam(rows=rows, task=task, parts=parts, seed=seed, found=of_columns, aside=aside or {}).without(
        columns_to_drop(of_columns)
    )
    return in_order((*of_columns, *findings_of("after-split", exam)))


def columns_to_drop(findings: Iterable[Finding]) -> tuple[str, ...]:
    """The input columns that no model sees: ids, constants, empty ones, copies of the target, texts nothing reads."""
    dropped = dropped_codes()
    return tuple(sorted({f.column for f in findings if f.code in dropped and f.column is not None}))


def why_dropped(findings: Iterable[Finding]) -> tuple[tuple[str, str], ...]:
    """(column, why) for each of the columns to drop, in the order of the findings; the gravest reason of several."""
    dropped, why = dropped_codes(), dict[str, str]()
    for one in findings:
        if one.code in dropped and one.column is not None:
            why.setdefault(one.column, dropped[one.code])
    return tuple(why.items())
