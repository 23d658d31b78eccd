"""Whatever crosses the border between the parts of a split: equal rows, groups, times."""

from collections.abc import Iterator

import numpy as np

from trivet.core.row_keys import row_keys
from trivet.core.shares import PARTS
from trivet.data.doctor.check import DoctorCheck
from trivet.data.doctor.exam import Exam
from trivet.data.doctor.finding import Finding, shown
from trivet.runtime.part import Array


class SplitBorders(DoctorCheck):
    """split-overlap, torn-group, time-overlap (of a split that trivet did not make itself)."""

    when = "after-split"
    order = 30
    codes = ("split-overlap", "time-overlap", "torn-group")

    def check(self, exam: Exam) -> Iterator[Finding]:
        if exam.rows.fields:
            yield from crossing(exam, [row_keys(part) for part in exam.parts], "split-overlap", "the inputs of a row")
        groups = [part.group for part in exam.parts if part.group is not None]
        if len(groups) == len(exam.parts):
            yield from crossing(exam, groups, "torn-group", "the group of a row")
        yield from time_overlap(exam)


def crossing(exam: Exam, keys: list[Array], code: str, what: str) -> Iterator[Finding]:
    for number in range(1, len(keys)):
        shared = np.isin(keys[number], np.concatenate(keys[:number]))
        if shared.any():
            yield Finding(
                code=code,
                severity="block",
                evidence=f"{int(shared.sum())} of {len(shared)} rows of {PARTS[number]} have {what} of an earlier part",
                fix="let trivet split the rows, and name the group column if there is one",
                **shown(exam.parts[number].ids[shared]),
            )


def time_overlap(exam: Exam) -> Iterator[Finding]:
    fit, vault = exam.parts[0], exam.parts[3]
    if fit.time is None or vault.time is None or not len(fit) or not len(vault):
        return
    early = vault.time < fit.time.max()
    if early.any():
        yield Finding(
            code="time-overlap",
            severity="note" if early.mean() < 0.5 else "warn",
            evidence=f"{int(early.sum())} of {len(vault)} vault rows are older than the last row of fit, "
            f"because a copy or their group reaches past the cut",
            fix="name a group column only if its rows must stay together, or split by time alone",
            **shown(vault.ids[early]),
        )
