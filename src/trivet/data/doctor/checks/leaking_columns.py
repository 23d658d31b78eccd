"""Columns that know the answer: copies of the target, and columns that alone predict it too well."""

from collections.abc import Iterator

import numpy as np

from trivet.core.folds import folds_of
from trivet.core.rows import Rows
from trivet.core.scores import area_under_roc
from trivet.core.task import Field
from trivet.data.doctor.check import DoctorCheck
from trivet.data.doctor.exam import Exam, missing_in
from trivet.data.doctor.finding import Finding, Severity
from trivet.data.doctor.ranks import distinct, rank_correlation, ranks
from trivet.runtime.part import Array

_TOO_GOOD = 0.99
_STRONG = 0.95
_SAME_ORDER = 0.9999  # rank correlation of a number that is the target in other units
_BINS = 64
_FOLDS = 3
_LEAST_ROWS = 50
_LEAST_DISTINCT = 20  # fewer values are compared level by level


class LeakingColumns(DoctorCheck):
    """target-copy: the column is the target, recoded.  leaking-column, strong-column: it alone predicts the target."""

    when = "before-split"
    order = 30
    codes = ("leaking-column", "strong-column", "target-copy")
    drops = {"target-copy": "a copy of the answer"}

    def check(self, exam: Exam) -> Iterator[Finding]:
        if len(exam.rows) < _LEAST_ROWS or len(np.unique(exam.rows.truth)) < 2:
            return
        judge = class_leak if exam.classifies else number_leak
        fold = folds_of(exam.sample, _FOLDS, exam.seed)
        for field in exam.fields:
            if field.type != "text":
                found = judge(field, exam, fold)
                if found is not None:
                    yield found


def class_leak(field: Field, exam: Exam, fold: Array) -> Finding | None:
    levels = levels_of(field, exam.rows)
    n_levels = distinct(levels)
    n_classes = distinct(exam.rows.truth)
    # Few levels that each stand for one class: a recoding.  Many levels may do so by nature, e.g. iris petals.
    if n_levels <= n_classes + 2 and distinct(levels * n_classes + exam.rows.truth) == n_levels:
        name, answer = field.name, exam.task.answer.name
        return target_copy(name, f"each of the {n_levels} values of {name} stands for one {answer}, in all rows")
    score = class_score(levels_of(field, exam.sample), exam.sample.truth, fold)
    if len(exam.task.classes) == 2 and field.type == "number":
        score = max(score, rank_auroc(exam.sample.columns[field.name], exam.sample.truth == 1))
    return too_good(field.name, score, "auroc", exam)


def number_leak(field: Field, exam: Exam, fold: Array) -> Finding | None:
    same = same_order(field, exam.rows)
    if abs(same) >= _SAME_ORDER:
        name, answer = field.name, exam.task.answer.name
        return target_copy(name, f"{name} orders the rows as {answer} does (rank correlation {same:.5f})")
    score = number_score(levels_of(field, exam.sample), ranks(exam.sample.truth), fold)
    return too_good(field.name, max(score, same**2), "R2 of the rank", exam)


def same_order(field: Field, rows: Rows) -> float:
    """Rank correlation of a number with the answer; 0 for other types, few values or many gaps."""
    column = rows.columns[field.name]
    known = ~missing_in(field, column)
    if field.type not in ("number", "date") or known.mean() < 0.5 or distinct(column[known]) < _LEAST_DISTINCT:
        return 0.0
    return rank_correlation(column[known], rows.truth[known])


def target_copy(name: str, evidence: str) -> Finding:
    return Finding(
        code="target-copy",
        severity="block",
        column=name,
        evidence=evidence,
        fix="leave the column out: it is the target under another name (trivet drops it, loudly; --strict stops)",
    )


def too_good(name: str, score: float, what: str, exam: Exam) -> Finding | None:
    """leaking-column above 0.99, which honest columns seldom reach; strong-column above 0.95; else nothing."""
    if score <= _STRONG:
        return None
    leaks = score > _TOO_GOOD
    severity: Severity = "warn" if leaks else "note"
    return Finding(
        code="leaking-column" if leaks else "strong-column",
        severity=severity,
        column=name,
        evidence=f"{name} alone predicts {exam.task.answer.name} with {what} {score:.4f}, "
        f"out of fold ({exam.share_seen})",
        fix="ask when its value becomes known: if only after the answer, leave the column out",
    )


def levels_of(field: Field, rows: Rows) -> Array:
    """(rows,) int: the value of a column of few values, one of 64 quantile bins otherwise; missing is a level."""
    column = rows.columns[field.name]
    missing = missing_in(field, column)
    known = np.unique(column[~missing])
    if field.type in ("number", "date") and len(known) > _BINS:
        known = np.unique(np.quantile(column[~missing], np.arange(_BINS) / _BINS))
    level = np.searchsorted(known, np.where(missing, 0, column), side="right")
    return np.asarray(np.where(missing, len(known) + 1, level), np.int64)


def class_score(levels: Array, answer: Array, fold: Array) -> float:
    """The AUROC of the class that the column tells worst, by the share of each class in the level's other rows."""
    n_classes = int(answer.max()) + 1
    shape = (_FOLDS, int(levels.max()) + 1, n_classes)
    count = np.bincount(np.ravel_multi_index((fold, levels, answer), shape), minlength=int(np.prod(shape)))
    others = count.reshape(shape).sum(axis=0) - count.reshape(shape)
    prior = np.bincount(answer, minlength=n_classes) / len(answer)
    share = (others + prior) / (others.sum(axis=2, keepdims=True) + 1)
    present = np.flatnonzero(prior)
    # With two classes, one says it all.
    asked = present[-1:] if len(present) == 2 else present
    return min(area_under_roc(share[fold, levels, c], answer == c) for c in asked)


def number_score(levels: Array, answer: Array, fold: Array) -> float:
    """R2 of the mean answer in the level's other rows."""
    shape = (_FOLDS, int(levels.max()) + 1)
    cell = np.ravel_multi_index((fold, levels), shape)
    count = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape)
    total = np.bincount(cell, answer, minlength=shape[0] * shape[1]).reshape(shape)
    others = count.sum(axis=0) - count
    mean = (total.sum(axis=0) - total + answer.mean()) / (others + 1)
    return float(1 - np.square(answer - mean[fold, levels]).sum() / np.square(answer - answer.mean()).sum())


def rank_auroc(column: Array, positive: Array) -> float:
    """AUROC of the raw number in the better direction, missing values left out; 0.5 when they are many."""
    known = ~np.isnan(column)
    if known.mean() < 0.5 or distinct(positive[known]) < 2:
        return 0.5
    area = area_under_roc(column[known], positive[known])
    return max(area, 1 - area)
