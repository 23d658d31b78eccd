"""Guess what a column means from the cells that are in it; the rules are in docs/data.md."""

import shlex
from collections.abc import Sequence

import numpy as np

from trivet.core.fieldtypes import find_fieldtype
from trivet.core.registry import homes
from trivet.core.value import value
from trivet.data.sources.columns import RawColumn, TextColumn
from trivet.runtime.kinds.readers.raw_values import BOOLEANS
from trivet.runtime.kinds.readers.spellings import NumberSpelling, type_text

from .cells import is_all, is_code, is_missing, is_number
from .guess_spelling import plain_words, readings_of

TEXT_WORDS = 4  # a sentence has at least this many words on average; names and labels have fewer
TEXT_DISTINCT = 0.5  # and most rows have a sentence of their own
NEARLY_NUMBERS = 0.9  # share of distinct words that are numbers, above which the others deserve a note


@value
class Guess:
    """What a column means.  type: None when every cell is missing.  spelling: as in Field.

    others: type texts that every cell fits as well, for the user to choose from.
    """

    type: str | None
    spelling: str = ""
    others: tuple[str, ...] = ()


def guess(column: RawColumn) -> Guess:
    """The type of the column, with its spelling when only one fits every cell."""
    if not isinstance(column, TextColumn):
        return Guess(type=None if np.isnan(column.values).all() else column.type)
    words = [word for word in column.words if not is_missing(word)]
    if not words:
        return Guess(type=None)
    if is_all("number", words):
        return Guess(type="category") if any(map(is_code, words)) else Guess(type="number", others=as_thousands(words))
    if is_all("boolean", words) and {BOOLEANS[word.lower()] for word in words} == {0.0, 1.0}:
        return Guess(type="boolean")
    if is_all("date", words):
        return Guess(type="date")
    volunteer = volunteer_for(words)
    if volunteer is not None:
        return volunteer
    readings = readings_of(words)
    if len(readings) == 1 and readings[0].is_sure:
        return Guess(type=readings[0].type, spelling=readings[0].spelling)
    type: str = "text" if is_prose(words, int((column.codes >= 0).sum())) else "category"
    return Guess(type=type, others=tuple(reading.text for reading in readings))


def volunteer_for(words: Sequence[str]) -> Guess | None:
    """A field type that takes these words for plainly its own, in the order of their names."""
    for name in homes("fieldtype"):
        spelling = find_fieldtype(name).guess(words)
        if spelling is not None:
            return Guess(type=name, spelling=spelling)
    return None


def as_thousands(words: Sequence[str]) -> tuple[str, ...]:
    """The type text of another reading when the point in plain numbers may stand between thousands: 1.234."""
    spelling = NumberSpelling(decimal=",", thousands=".")
    if "." not in "".join(words) or plain_words(spelling, words) is None:
        return ()
    return (type_text("number", spelling.text),)


def is_prose(words: Sequence[str], cells: int) -> bool:
    """Whether these distinct cells are sentences rather than labels."""
    n_words = sum(len(cell.split()) for cell in words)
    return len(words) > TEXT_DISTINCT * cells and n_words >= TEXT_WORDS * len(words)


def surprise(name: str, column: RawColumn, seen: Guess) -> str | None:
    """A note when the guess may not be what the user thinks; None when it is plain."""
    is_spelled = bool(seen.spelling or seen.others)
    if not isinstance(column, TextColumn) or not (is_spelled or seen.type == "category"):
        return None
    words = [word for word in column.words if not is_missing(word)]
    if is_spelled:
        return spelled_note(name, column, words, seen)
    odd = [word for word in words if not is_number(word)]
    if not odd:
        return f"{name} is a category: as numbers its cells, such as {code_in(words)!r}, would lose digits"
    if len(odd) <= (1 - NEARLY_NUMBERS) * len(words):
        shown = ", ".join(map(repr, odd[:3]))
        return f"{name} is a category: all cells are numbers but {len(odd)} distinct ones, such as {shown}"
    return None


def spelled_note(name: str, column: TextColumn, words: Sequence[str], seen: Guess) -> str:
    """What was made of cells that have a spelling, or could have one, and how to decide otherwise."""
    known = [at for at, word in enumerate(column.words) if not is_missing(word)]
    longest = max(words, key=lambda word: (len(word), word))
    cells = f"{int(np.isin(column.codes, known).sum()):,} cells such as {longest!r}"
    if seen.spelling:
        unscaled = "; the percent sign is taken off, 12 % becomes 12" if "unit='%'" in seen.spelling else ""
        text = type_text(seen.type or "", seen.spelling)
        return f"{name}: {cells} are read as {text}{unscaled}; keep them as words with {option(name, 'category')}"
    could = " or ".join(seen.others)
    return f"{name}: {cells} are read as {seen.type}, and could be {could}; choose with {option(name, seen.others[0])}"


def option(name: str, type_text: str) -> str:
    """The flag that gives the column this type, as a shell takes it."""
    text = f"{name}={type_text}"
    plain = shlex.quote(text)
    needs_double = plain != text and not set('"$`\\!') & set(text)  # the shell's own quoting of ' is hard to read
    return f'--type "{text}"' if needs_double else f"--type {plain}"


def code_in(words: Sequence[str]) -> str:
    return next((word for word in words if is_code(word)), words[0])
