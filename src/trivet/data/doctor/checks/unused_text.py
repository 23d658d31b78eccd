"""Columns of free text that no route reads."""

import shlex
from collections.abc import Iterator

import numpy as np

from trivet.data.doctor.check import DoctorCheck
from trivet.data.doctor.exam import Exam
from trivet.data.doctor.finding import Finding

_MOST_NAMED = 10


class UnusedText(DoctorCheck):
    """unused-text: one for each text column that no pass that will run reads."""

    when = "domain-known"
    order = 10
    codes = ("unused-text",)
    drops = {"unused-text": "text, which no pass that will run reads"}

    def check(self, exam: Exam) -> Iterator[Finding]:
        others = [field.name for field in exam.task.inputs if field.type != "text"]
        for field in exam.task.inputs:
            if field.type == "text" and field.name not in exam.texts_read:
                cells, words = size_of(exam, field.name)
                yield Finding(
                    code="unused-text",
                    severity="warn",
                    column=field.name,
                    evidence=f"{field.name} holds text ({cells:,} cells of {words:.0f} words on average), which no "
                    f"pass that will run reads: whatever it says is lost",
                    fix="let the search choose the steps, put score-texts behind prepare-table, or build on the text "
                    f"alone with {dropping(others)}",
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
