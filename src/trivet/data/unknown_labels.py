"""Answers of a fresh table that are none of a file's classes: refused by name and number, never dropped in silence."""

from collections.abc import Callable, Sequence

import numpy as np

from trivet.core.errors import BadData
from trivet.core.task import Field, FieldType, Task

from .cells import boolean, is_missing, number
from .columns import NumberColumn, RawColumn, as_text
from .raw import Raw

_NAMED = 5
_MEANINGS: dict[FieldType, Callable[[str], str | float]] = {"number": number, "boolean": boolean}


def refuse_unknown_labels(raw: Raw, task: Task) -> None:
    """Refuses a table with answers that are none of the task's classes, all of them by name and number of rows.

    Numbers are compared by value and truth values by meaning: `1.0` is the class `1`, and `TRUE` the class `true`.
    """
    # An answer in a spelling of its own (decimal comma) is read by the schema alone.
    if task.goal == "regress" or task.answer.spelling:
        return
    unknown = unknown_labels(raw.column(task.answer.name), task.answer, task.classes)
    if not unknown:
        return
    name, rows = task.answer.name, sum(count for _, count in unknown)
    raise BadData(
        "unknown-labels",
        wanted=f"answers in column {name!r} that are classes of the file: {listed(list(map(repr, task.classes)))}",
        found=f"{rows:,} of {raw.n_rows:,} rows have other answers: "
        + listed([f"{word!r} ({count:,})" for word, count in unknown]),
        do=f"rename them, or leave those rows out by SQL: {selection(task)}",
        where=raw.origin,
    )


def unknown_labels(column: RawColumn, answer: Field, classes: Sequence[str]) -> list[tuple[str, int]]:
    """(word, rows) of each answer that is none of the classes, the most frequent first; missing answers are not."""
    known = {meaning(text, answer.type) for text in classes}
    if isinstance(column, NumberColumn) and (column.type, answer.type) == ("boolean", "number"):
        column = NumberColumn(values=column.values, type="number")  # typed truth values are read as 1 and 0
    text = as_text(column)
    count = np.bincount(text.codes[text.codes >= 0], minlength=len(text.words))
    odd = [
        (word, int(n))
        for word, n in zip(text.words, count)
        if n and not is_missing(word) and meaning(word, answer.type) not in known
    ]
    return sorted(odd, key=lambda one: (-one[1], one[0]))


def meaning(word: str, type: FieldType) -> str | float | None:
    """What the word says as an answer of this type: the number, 0.0 or 1.0, or the word itself; None for neither."""
    try:
        return _MEANINGS.get(type, str)(word)
    except ValueError:
        return None


def selection(task: Task) -> str:
    """A query for the rows whose answer is a class."""
    column = '"' + task.answer.name.replace('"', '""') + '"'
    quoted = ["'" + text.replace("'", "''") + "'" for text in task.classes]
    return f"SELECT * FROM 'rows.csv' WHERE {column} IN ({listed(quoted)})"


def listed(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - _NAMED} more" if len(texts) > _NAMED else ""
    return ", ".join(text[:80] for text in texts[:_NAMED]) + more
