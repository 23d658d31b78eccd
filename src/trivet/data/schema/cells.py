"""What one cell of text means: missing, a number, a truth value, a day.  The words are those of the runtime."""

from collections.abc import Sequence
from math import isfinite

import numpy as np

from trivet.core.fieldtypes import find_fieldtype
from trivet.core.task import Field
from trivet.runtime.kinds.readers.raw_values import MISSING, Unreadable, plain_text
from trivet.runtime.part import Array

LARGEST_EXACT = 2**53  # beyond it float64 skips whole numbers, so two different ids would become one


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


def values_of(words: Sequence[str], field: Field) -> tuple[Array, list[int]]:
    """((words + 1, *shape) float64 value of each word; positions of words that are not of the field's type).

    NaN for missing words, for those of another type, and for the last entry, which code -1 picks.
    """
    kind = find_fieldtype(field.type)
    values = np.full((len(words) + 1, *kind.shape(field.spelling)), np.nan)
    wrong = []
    for at, word in enumerate(words):
        if is_missing(word):
            continue
        try:
            values[at] = kind.parse(word, field.spelling)
        except (ValueError, OverflowError, Unreadable):
            wrong.append(at)
    return values, wrong


def is_all(type: str, words: Sequence[str]) -> bool:
    """Whether every one of these words (none of them missing) is of the type, plainly spelled."""
    kind = find_fieldtype(type)
    try:
        for word in words:
            kind.parse(word, "")
    except (ValueError, OverflowError):
        return False
    return True


def is_number(word: str) -> bool:
    """Whether the word reads as a number."""
    return is_all("number", [word])


def is_code(word: str) -> bool:
    """Whether a numeric word would lose digits as a number: leading zeros, or a whole number beyond 2**53."""
    digits = word.lstrip("+-")
    if not digits.isdecimal():
        return digits[:1] == "0" and digits[1:2].isdecimal()
    return (len(digits) > 1 and digits[0] == "0") or len(digits) > 16 or int(digits) > LARGEST_EXACT


def number_text(number: float) -> str:
    """A number as a category or class, spelled as the runtime does: whole ones without a point."""
    return plain_text(number) if isfinite(number) else repr(number)
