"""What every check of the data doctor must keep, on made tables."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from trivet.core.rows import Rows
from trivet.core.task import Field
from trivet.core.value import digest_of
from trivet.data.doctor.check import DoctorCheck
from trivet.data.doctor.exam import Exam
from trivet.data.split.splits import split

from .documented import file_breaches
from .samples import QUESTIONS, tiny_rows, tiny_task
from .tasks import made_task

HEADINGS = ["When", "What trivet does", "What to do"]


def check_check(check: DoctorCheck) -> list[str]:
    """The laws that the check breaks, as sentences; empty when it keeps them all."""
    breaches = [*file_breaches(check, check.name), *pages(check)]
    for question in QUESTIONS:
        rows, task = tiny_rows(question, 300, 5), tiny_task(question)
        dataset, vault = split(rows, task, seed=0)
        parts = (dataset.fit, dataset.tune, dataset.choose, vault) if check.when == "after-split" else ()
        breaches += behaves(check, Exam(rows=rows, task=task, seed=0, parts=parts))
    return [f"{check.name}: {breach}" for breach in breaches]


def pages(check: DoctorCheck) -> Iterator[str]:
    """Every finding has a code and a page."""
    if not check.codes:
        yield "it declares no codes"
    for code in check.codes:
        page = check.page(code)
        if not page.startswith(f"# {code}\n\nA finding of the data doctor. Severity: "):
            yield f"the page of {code} does not begin with its name and severity"
        if re.findall(r"^## (.*)$", page, re.MULTILINE) != HEADINGS:
            yield f"the page of {code} wants the headings {', '.join(HEADINGS)}"
    if strange := set(check.drops) - set(check.codes):
        yield f"it drops columns for codes that it does not declare: {strange}"


def behaves(check: DoctorCheck, exam: Exam) -> Iterator[str]:
    """Nothing is changed, the same is found again, and only what is declared."""
    before = digest_of(exam.rows)
    first, again = list(check.check(exam)), list(check.check(exam))
    if digest_of(exam.rows) != before:
        yield "it changes the rows"
    if first != again:
        yield "it finds something else the second time"
    if strange := {one.code for one in first} - set(check.codes):
        yield f"it makes findings that it does not declare: {strange}"
    if not all(one.evidence and one.fix for one in first):
        yield "a finding has no evidence or no fix"


def exam_of(columns: Mapping[str, Sequence[float]], answers: Sequence[Any]) -> Exam:
    """An examination of number columns, with answers that are words; before the split."""
    fields = tuple(Field(name=name, type="number") for name in columns)
    classes, truth = np.unique(np.asarray(answers, str), return_inverse=True)
    rows = Rows(
        fields=fields,
        columns={name: np.asarray(values, np.float64) for name, values in columns.items()},
        words={},
        truth=truth.astype(np.int32),
        ids=np.arange(len(truth)),
    )
    task = made_task("classify", tuple(map(str, classes)), inputs=fields, modality="table")
    return Exam(rows=rows, task=task, seed=0)
