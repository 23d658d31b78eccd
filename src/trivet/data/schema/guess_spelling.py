"""Guess how a column of text writes its numbers or dates: only a spelling that every cell fits is considered."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from trivet.core.value import value
from trivet.runtime.kinds.readers.raw_values import Unreadable
from trivet.runtime.kinds.readers.spellings import DateSpelling, NumberSpelling, Spelling, type_text

from .cells import is_code

LONGEST = 40  # characters of a cell that is worth a guess
MARKS = ((".", ""), (",", ""), (".", ","), (",", "."), (".", " "), (",", " "), (".", "'"), (",", "'"))
"""(decimal, thousands), the simplest first."""

_DAYS = ("%d.%m.%Y", "%d.%m.%y", "%Y.%m.%d", "%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y", "%Y/%m/%d",
         "%d-%m-%Y", "%m-%d-%Y", "%d-%m-%y", "%m-%d-%y", "%y-%m-%d", "%Y-%m-%d", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y",
         "%d. %b %Y", "%b %d, %Y", "%b %d %Y", "%Y-%b-%d")  # fmt: skip
_MONTHS = ("%b-%Y", "%b %Y", "%b/%Y", "%b. %Y", "%b-%y", "%m/%Y", "%m-%Y", "%Y-%m", "%Y/%m", "%Y-%b")
_TIMES = ("", " %H:%M", " %H:%M:%S")
UNSURE = frozenset({"%b-%y"})  # Mar-18 may be a day of March: proposed, never taken


@value
class Reading:
    """One way to read every cell of a column.  type, spelling: as in Field.  is_sure: it may be taken unasked."""

    type: str
    spelling: str
    is_sure: bool = True

    @property
    def text(self) -> str:
        return type_text(self.type, self.spelling)


def readings_of(words: Sequence[str]) -> list[Reading]:
    """All spelled readings that every one of these words (distinct, none missing) fits; none for other words."""
    if not words or len(words[0]) > LONGEST or not any(letter.isdigit() for letter in words[0]):
        return []
    return [*number_readings(words), *date_readings(words)]


def number_readings(words: Sequence[str]) -> list[Reading]:
    """Readings as numbers that differ from each other in some word.  Cells that would lose digits are none."""
    unit = unit_of(words)
    found: list[Reading] = []
    known: list[list[str]] = []
    for decimal, thousands in MARKS:
        spelling = NumberSpelling(decimal=decimal, thousands=thousands, unit=unit)
        plain = plain_words(spelling, words)
        if plain is None or plain in known or any(map(is_code, plain)) or (thousands == " " and is_id(plain)):
            continue
        known.append(plain)
        found.append(Reading(type="number", spelling=spelling.text))
    return found


def unit_of(words: Sequence[str]) -> str:
    """The one currency or percent sign that stands in every word; "" when there is none."""
    signs = [letter for letter in words[0] if letter == "%" or unicodedata.category(letter) == "Sc"]
    return signs[0] if len(signs) == 1 and all(signs[0] in word for word in words) else ""


def plain_words(spelling: NumberSpelling, words: Iterable[str]) -> list[str] | None:
    """The words as Python writes them; None when one does not fit."""
    try:
        return [spelling.plain(word) for word in words]
    except Unreadable:
        return None


def is_id(plain: Sequence[str]) -> bool:
    """Whether digits in groups, such as 030 123 456, are all equally many: then they rather name than count."""
    return len({len(word.lstrip("-")) for word in plain}) == 1


def date_readings(words: Sequence[str]) -> list[Reading]:
    """Readings as dates: several when days and months could change places, even if they agree on these words."""
    spellings = map(DateSpelling, FORMATS.get(shape(words[0]), ()))
    return [
        Reading(type="date", spelling=spelling.text, is_sure=spelling.format not in UNSURE)
        for spelling in spellings
        if fits_all(spelling, words)
    ]


def fits_all(spelling: Spelling, words: Iterable[str]) -> bool:
    try:
        for word in words:
            spelling.measure(word)
    except Unreadable:
        return False
    return True


def shape(word: str) -> str:
    """The word with each number as 9 and each run of letters as a: 31-Dec-2024 is 9-a-9."""
    return re.sub("[A-Za-z]+", "a", re.sub(r"\d+", "9", word))


def formats_by_shape() -> dict[str, list[str]]:
    """shape -> the formats that write cells of it, so that few have to be tried."""
    found: dict[str, list[str]] = {}
    for text in (*(day + time for day in _DAYS for time in _TIMES), *_MONTHS):
        found.setdefault(re.sub("%.", "9", text.replace("%b", "a")), []).append(text)
    return found


FORMATS = formats_by_shape()
