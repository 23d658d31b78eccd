"""Answers of a fresh table that are none of a file's classes: refused by name and number, never dropped in silence."""

from collections.abc import Sequence

import numpy as np

from trivet.core.errors import BadData
from trivet.core.fieldtypes import holds_words
from trivet.core.task import Field, Task

from .schema.cells import is_missing, values_of
from .sources.columns import NumberColumn, RawColumn, TextColumn, as_text
from .sources.raw import Raw

_NAMED = 5


def refuse_unknown_labels(raw: Raw, task: Task) -> None:
    """Refuses a table with answers that are none of the task's classes, all of them by name and number of rows.

    Numbers are compared by value and truth values by meaning: `1.0` is the class `1`, and `TRUE` the class `true`.
    """
    if not task.classes:
        return
    unknown = unknown_labels(raw.column(task.answer.name), task.answer, task.classes)
    if not unknown:
        return
    name, rows = task.answer.name, sum(count for _, count in unknown)
    classes = first_labels([repr(text) for text in task.classes])
    raise BadData(
        "unknown-labels",
        wanted=f"answers in column {name!r} that are classes of the file: {classes}",
        found=f"{rows:,} of {raw.n_rows:,} rows have other answers: "
        + first_labels([f"{word!r} ({count:,})" for word, count in unknown]),
        do=f"rename them, or leave those rows out by SQL: {selection(task)}",
        where=raw.origin,
    )


def unknown_labels(column: RawColumn, answer: Field, classes: Sequence[str]) -> list[tuple[str, int]]:
    """(word, rows) of each answer that is none of the classes, the most frequent first; missing answers are not."""
    plain = Field(name=answer.name, type=answer.type)  # as the classes are spelled, and whatever a source typed
    if isinstance(column, NumberColumn) and (column.type, answer.type) == ("boolean", "number"):
        column = NumberColumn(values=column.values, type="number")  # typed truth values are read as 1 and 0
    text = as_text(column)
    known = set(meanings(classes, plain))
    said = meanings(text.words, answer if isinstance(column, TextColumn) else plain)
    count = np.bincount(text.codes[text.codes >= 0], minlength=len(text.words))
    odd = [
        (word, int(n))
        for word, meaning, n in zip(text.words, said, count)
        if n and not is_missing(word) and meaning not in known
    ]
    return sorted(odd, key=lambda one: (-one[1], one[0]))


def meanings(words: Sequence[str], field: Field) -> list[str | float]:
    """What each word says as an answer: the number, 0.0 or 1.0, or the word itself; NaN, like nothing, for neither."""
    return list(words) if holds_words(field) else values_of(words, field)[0][:-1].tolist()


def selection(task: Task) -> str:
    """A query for the rows whose answer is a class."""
    column = '"' + task.answer.name.replace('"', '""') + '"'
    quoted = ["'" + text.replace("'", "''") + "'" for text in task.classes]
    return f"SELECT * FROM 'rows.csv' WHERE {column} IN ({first_labels(quoted)})"


def first_labels(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - _NAMED} more" if len(texts) > _NAMED else ""
    return ", ".join(text[:80] for text in texts[:_NAMED]) + more
