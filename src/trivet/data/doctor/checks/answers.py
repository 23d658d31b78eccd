"""Answers that teach nothing, and classes too rare to be certified."""

from collections.abc import Iterator

import numpy as np

from trivet.data.doctor.check import DoctorCheck
from trivet.data.doctor.exam import Exam
from trivet.data.doctor.finding import Finding
from trivet.runtime.part import Array

_FEW_IN_VAULT = 10  # of 10 rows all right, the exact 95 % lower bound of a class's recall is still only 0.74
_IMBALANCED = 0.95
_SMALL_VAULT = 100


class Answers(DoctorCheck):
    """constant-answer, rare-class, imbalanced-classes, small-vault."""

    when = "after-split"
    order = 10
    codes = ("constant-answer", "imbalanced-classes", "rare-class", "small-vault")

    def check(self, exam: Exam) -> Iterator[Finding]:
        if len(np.unique(exam.rows.truth)) < 2:
            yield Finding(
                code="constant-answer",
                severity="block",
                evidence=f"all {len(exam.rows):,} rows have the same {exam.task.answer.name}; "
                "there is nothing to learn",
                fix="add rows with another answer, or name another target column",
            )
        elif exam.classifies:
            count = np.bincount(exam.rows.truth, minlength=len(exam.task.classes))
            yield from rare_classes(exam, count)
            yield from imbalanced_classes(exam, count)
        yield from small_vault(exam)


def rare_classes(exam: Exam, count: Array) -> Iterator[Finding]:
    vault = exam.parts[3]
    certified = np.bincount(vault.truth, minlength=len(count))
    rare = [c for c in range(len(count)) if certified[c] < _FEW_IN_VAULT]
    if rare:
        named = "; ".join(f"{exam.task.classes[c]}: {count[c]} in all, {certified[c]} in the vault" for c in rare[:8])
        more = f"; and {len(rare) - 8} more" if len(rare) > 8 else ""
        yield Finding(
            code="rare-class",
            severity="warn",
            n_rows=int(count[rare].sum()),
            evidence=f"{len(rare)} of {len(count)} classes have fewer than {_FEW_IN_VAULT} vault rows ({named}{more})",
            fix="collect rows of these classes or merge them; limits on the worst class will stay UNPROVEN",
        )


def imbalanced_classes(exam: Exam, count: Array) -> Iterator[Finding]:
    share = count.max() / count.sum()
    if share >= _IMBALANCED:
        yield Finding(
            code="imbalanced-classes",
            severity="note",
            evidence=f"{share:.1%} of the rows are {exam.task.classes[int(count.argmax())]}; always answering it is "
            f"right as often",
            fix="limit auroc, average-precision or balanced-accuracy instead of accuracy",
        )


def small_vault(exam: Exam) -> Iterator[Finding]:
    n_rows = len(exam.parts[3])
    if n_rows < _SMALL_VAULT:
        yield Finding(
            code="small-vault",
            severity="note",
            evidence=f"only {n_rows} rows are left to certify on; intervals will be wide",
            fix="collect more rows, or expect UNPROVEN for limits that are met by a small margin",
        )
