"""What one cell of text means: missing, a number, a truth value, a day.  The words are those of the runtime."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from math import isfinite

import numpy as np

from trivet.core.task import Field
from trivet.runtime.kinds.readers.raw_values import BOOLEANS, ISO_DAY, MISSING, Unreadable, plain_text
from trivet.runtime.kinds.readers.spellings import spelling_of
from trivet.runtime.part import Array

LARGEST_EXACT = 2**53  # beyond it float64 skips whole numbers, so two different ids would become one

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BadCells(ValueError):
    """Cells that are not of the type their column has.  bad: (cell, how often), the most frequent first."""

    def __init__(self, bad: Sequence[tuple[str, int]], n_cells: int) -> None:
        self.bad, self.n_cells = sorted(bad, key=lambda pair: (-pair[1], pair[0])), n_cells
        super().__init__(str(self))

    def __str__(self) -> str:
        return f"{self.count}, {self.shown}"

    @property
    def count(self) -> str:
        return f"{sum(n for _, n in self.bad):,} of {self.n_cells:,} cells"

    @property
    def shown(self) -> str:
        return "such as " + ", ".join(f"{cell[:40]!r} ({n:,})" for cell, n in self.bad[:3])


def is_missing(cell: str) -> bool:
    """Whether the cell stands for "unknown"."""
    return len(cell) <= 4 and cell.lower() in MISSING


def number(cell: str) -> float:
    """The number, by Python's own rule, but without its underscores: 12_34 is a code, not 1234."""
    if "_" in cell:
        raise ValueError(cell)
    return float(cell)


def boolean(cell: str) -> float:
    """1.0 or 0.0."""
    if cell.lower() not in BOOLEANS:
        raise ValueError(cell)
    return BOOLEANS[cell.lower()]


def day(cell: str) -> float:
    """Days since 1970-01-01 of an ISO 8601 day or time; a time zone is turned to UTC, none is taken for UTC."""
    if ISO_DAY.fullmatch(cell) is None:
        raise ValueError(cell)
    when = datetime.fromisoformat(cell)
    return ((when if when.tzinfo else when.replace(tzinfo=UTC)) - _EPOCH) / timedelta(days=1)


PARSERS: dict[str, Callable[[str], float]] = {"number": number, "boolean": boolean, "date": day}


def values_of(words: Sequence[str], field: Field) -> tuple[Array, list[int]]:
    """((words + 1,) float64 value of each word; positions of words that are not of the field's type).

    NaN for missing words, for those of another type, and for the last entry, which code -1 picks.
    """
    parse = spelling_of(field.type, field.spelling).measure if field.spelling else PARSERS[field.type]
    values = np.full(len(words) + 1, np.nan)
    wrong = []
    for at, word in enumerate(words):
        if is_missing(word):
            continue
        try:
            values[at] = parse(word)
        except (ValueError, OverflowError, Unreadable):
            wrong.append(at)
    return values, wrong


def is_all(type: str, words: Sequence[str]) -> bool:
    """Whether every one of these words (none of them missing) is of the type."""
    parse = PARSERS[type]
    try:
        for word in words:
            parse(word)
    except (ValueError, OverflowError):
        return False
    return True


def is_code(word: str) -> bool:
    """Whether a numeric word would lose digits as a number: leading zeros, or a whole number beyond 2**53."""
    digits = word.lstrip("+-")
    if not digits.isdecimal():
        return digits[:1] == "0" and digits[1:2].isdecimal()
    return (len(digits) > 1 and digits[0] == "0") or len(digits) > 16 or int(digits) > LARGEST_EXACT


def number_text(number: float) -> str:
    """A number as a category or class, spelled as the runtime does: whole ones without a point."""
    return plain_text(number) if isfinite(number) else repr(number)
