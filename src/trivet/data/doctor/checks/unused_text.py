"""Columns of free text in a table whose models read none."""

import shlex
from collections.abc import Iterator

import numpy as np

from trivet.core.registry import find_domain
from trivet.data.doctor.check import DoctorCheck
from trivet.data.doctor.exam import Exam
from trivet.data.doctor.finding import Finding

_MOST_NAMED = 10


class UnusedText(DoctorCheck):
    """unused-text: one for each text column, where the domain reads no text."""

    when = "domain-known"
    order = 10
    codes = ("unused-text",)
    drops = {"unused-text": "text, which the models of this domain do not read"}

    def check(self, exam: Exam) -> Iterator[Finding]:
        if find_domain(exam.task.modality).reads_text:
            return
        others = [field.name for field in exam.task.inputs if field.type != "text"]
        for field in exam.task.inputs:
            if field.type == "text":
                cells, words = size_of(exam, field.name)
                yield Finding(
                    code="unused-text",
                    severity="warn",
                    column=field.name,
                    evidence=f"{field.name} holds text ({cells:,} cells of {words:.0f} words on average), which the "
                    f"models of a {exam.task.modality} do not read: whatever it says is lost",
                    fix=f"build on the text alone with {dropping(others)}, or turn it into columns before the "
                    f"build (whether a word occurs, how long it is)",
                )


def size_of(exam: Exam, name: str) -> tuple[int, float]:
    """(cells that are not missing, words in them on average)."""
    codes = exam.rows.columns[name]
    known = codes[codes >= 0]
    length = np.array([len(text.split()) for text in exam.rows.words[name]])
    return len(known), float(length[known].mean()) if len(known) else 0.0


def dropping(names: list[str]) -> str:
    """The flags that leave these columns out; their number when they are many."""
    if len(names) > _MOST_NAMED:
        return f"--drop for each of the other {len(names)} columns"
    return " ".join(f"--drop {shlex.quote(name)}" for name in names)
