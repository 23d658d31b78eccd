"""Guess what a column means from the cells that are in it; the rules are in docs/data.md."""

from collections.abc import Sequence

import numpy as np

from trivet.core.task import FieldType
from trivet.runtime.kinds.raw_values import BOOLEANS

from .cells import is_all, is_code, is_missing, number
from .columns import RawColumn, TextColumn

TEXT_WORDS = 4  # a sentence has at least this many words on average; names and labels have fewer
TEXT_DISTINCT = 0.5  # and most rows have a sentence of their own
NEARLY_NUMBERS = 0.9  # share of distinct words that are numbers, above which the others deserve a note


def guessed_type(column: RawColumn) -> FieldType | None:
    """The type of the column; None when every cell is missing."""
    if not isinstance(column, TextColumn):
        return None if np.isnan(column.values).all() else column.type
    words = [word for word in column.words if not is_missing(word)]
    if not words:
        return None
    if is_all("number", words):
        return "category" if any(map(is_code, words)) else "number"
    if is_all("boolean", words) and {BOOLEANS[word.lower()] for word in words} == {0.0, 1.0}:
        return "boolean"
    if is_all("date", words):
        return "date"
    return "text" if is_prose(words, int((column.codes >= 0).sum())) else "category"


def is_prose(words: Sequence[str], cells: int) -> bool:
    """Whether these distinct cells are sentences rather than labels."""
    n_words = sum(len(cell.split()) for cell in words)
    return len(words) > TEXT_DISTINCT * cells and n_words >= TEXT_WORDS * len(words)


def surprise(name: str, column: RawColumn, type: FieldType) -> str | None:
    """A note when the guess may not be what the user thinks; None when it is plain."""
    if not isinstance(column, TextColumn) or type != "category":
        return None
    words = [word for word in column.words if not is_missing(word)]
    odd = [word for word in words if not is_number(word)]
    if not odd:
        return f"{name} is a category: as numbers its cells, such as {code_in(words)!r}, would lose digits"
    if len(odd) <= (1 - NEARLY_NUMBERS) * len(words):
        shown = ", ".join(map(repr, odd[:3]))
        return f"{name} is a category: all cells are numbers but {len(odd)} distinct ones, such as {shown}"
    return None


def is_number(word: str) -> bool:
    """Whether the word reads as a number."""
    try:
        number(word)
    except ValueError:
        return False
    return True


def code_in(words: Sequence[str]) -> str:
    return next((word for word in words if is_code(word)), words[0])
