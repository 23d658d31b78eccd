"""Columns of free text in a table whose models read none."""

import shlex
from collections.abc import Iterator

import numpy as np

from trivet.data.doctor.exam import Exam
from trivet.data.doctor.finding import Finding

_MOST_NAMED = 10


def check(exam: Exam) -> Iterator[Finding]:
    """unused-text: one for each text column.  Ask it only where the domain reads no text."""
    others = [field.name for field in exam.task.inputs if field.type != "text"]
    for field in exam.task.inputs:
        if field.type == "text":
            cells, words = size_of(exam, field.name)
            yield Finding(
                code="unused-text",
                severity="warn",
                column=field.name,
                evidence=f"{field.name} holds text ({cells:,} cells of {words:.0f} words on average), which the models "
                f"of a {exam.task.modality} do not read: whatever it says is lost",
                fix=f"build on the text alone with {dropping(others)}, or turn it into columns before the build "
                f"(whether a word occurs, how long it is)",
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
