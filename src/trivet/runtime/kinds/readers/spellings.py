"""How a column writes its numbers and dates: `number(decimal=',', thousands='.')`, `date(format='%d.%m.%Y')`.

A spelling is what stands between the brackets, in one canonical form: known options in a fixed order, each value in
quotes, defaults left out.  The language is closed and bounded, as files from strangers hold texts of it: options and
their values come from lists, patterns are made of escaped pieces, and no locale plays a part.
"""

import re
from datetime import datetime
from math import nan
from typing import Any, Protocol

import numpy as np

from .raw_values import ISO_DAY, WANTED, Unreadable, date_parts, is_missing, number, plain_text

MOST_CHARACTERS = 120  # of a spelling
MOST_IN_CELL = 200  # characters of a spelled number; longer ones do not fit
OPTIONS = {"number": ("decimal", "thousands", "unit"), "date": ("format",), "numbers": ("length",)}
MOST_NUMBERS = 4096  # in one cell
EXAMPLES = "number(decimal=','), number(unit='%') or date(format='%d.%m.%Y')"
DECIMALS = (".", ",")
THOUSANDS = {",": ",", ".": r"\.", " ": "[ \u00a0\u202f]", "'": "['\u2019]"}  # canonical -> pattern of one
ALIKE = {"\u00a0": " ", "\u202f": " ", "\u2019": "'"}
BLANK = "[ \u00a0\u202f]*"
SIGN = "[+\\-\u2212]?"
PUNCTUATION = " .,/:-_"
DIRECTIVES = "dmYybHMS"
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
          "november", "december")  # fmt: skip
MONTH_OF = {"sept": 9} | {name[:size]: at for at, name in enumerate(MONTHS, 1) for size in (3, len(name))}
FIRST_YEAR = 69  # %y from here on lies in 19.., below in 20.., as POSIX has it

_TYPE = re.compile(r"\s*([a-z]+)\s*(?:\((.*)\))?\s*", re.DOTALL)
_OPTION = re.compile(r"""\s*([a-z]+)\s*=\s*(?:'([^']*)'|"([^"]*)")\s*(?:,|\Z)""")
_BETWEEN = re.compile(r"[\s,;]+")
_PROBES = ("2001-02-03", "2001-02-03 04:05", "2001-02-03 04:05:06")


class BadSpelling(ValueError):
    """A type text that cannot be understood; its message says what was wanted."""


class Spelling(Protocol):
    """text: canonical.  measure: a cell of text as one number (a date as days since 1970); read: any raw value."""

    @property
    def text(self) -> str: ...
    def measure(self, cell: str) -> float: ...
    def read(self, value: Any) -> Any: ...


def parse_type(text: Any) -> tuple[str, str]:
    """(type, canonical spelling) of a type as users write it; "" for a plain one.  Raises BadSpelling.

    >>> parse_type('number(thousands=".", decimal=",")')
    ('number', "decimal=',', thousands='.'")
    >>> parse_type("date")
    ('date', '')
    """
    found = _TYPE.fullmatch(text) if isinstance(text, str) and len(text) <= 2 * MOST_CHARACTERS else None
    if found is None or found[1] not in WANTED:
        raise BadSpelling(f"a type, one of {', '.join(WANTED)}, or one that says how cells are written: {EXAMPLES}")
    return found[1], spelling_of(found[1], found[2]).text if found[2] and not found[2].isspace() else ""


def type_text(type_: str, spelling: str) -> str:
    """The type as users write it."""
    return f"{type_}({spelling})" if spelling else type_


def spelling_of(type_: str, text: str) -> Spelling:
    """The spelling that the text between the brackets means.  Raises BadSpelling."""
    given = options_of(type_, text)
    if type_ == "date" and not given:
        raise BadSpelling(f"a format for the date: {EXAMPLES}")
    if type_ == "numbers":
        return NumbersSpelling(given.get("length", ""))
    return DateSpelling(given["format"]) if type_ == "date" else NumberSpelling(**given)


def options_of(type_: str, text: str) -> dict[str, str]:
    """The options of a spelling, by name; refuses unknown ones, and any twice."""
    known = OPTIONS.get(type_, ())
    if not known:
        raise BadSpelling(f"no brackets after {type_}; only numbers and dates have spellings: {EXAMPLES}")
    if len(text) > MOST_CHARACTERS:
        raise BadSpelling(f"at most {MOST_CHARACTERS} characters between the brackets")
    given: dict[str, str] = {}
    at = 0
    while at < len(text):
        one = _OPTION.match(text, at)
        if one is None or one[1] not in known or one[1] in given:
            raise BadSpelling(f"{' and '.join(known)} in {type_}(...), each once, their values in quotes: {EXAMPLES}")
        given[one[1]], at = one[2] if one[2] is not None else one[3], one.end()
    return given


class NumberSpelling:
    """A number with its own marks.  thousands: at every third digit, or none.  unit: before or after; taken off."""

    def __init__(self, decimal: str = ".", thousands: str = "", unit: str = "") -> None:
        self.decimal, self.thousands, self.unit = decimal, ALIKE.get(thousands, thousands), unit.strip()
        if self.decimal not in DECIMALS:
            raise BadSpelling("decimal='.' or decimal=','")
        if self.thousands and self.thousands not in THOUSANDS:
            raise BadSpelling("thousands as one of ',' '.' ' ' \"'\"")
        if self.thousands == self.decimal:
            raise BadSpelling(f"another decimal mark than {self.decimal!r} beside thousands={self.thousands!r}")
        if self.unit and not is_unit(self.unit):
            raise BadSpelling("a unit of 1 to 12 characters such as '%', '€' or 'kg', without digits, signs and quotes")
        self._match = re.compile(number_pattern(self.decimal, self.thousands, self.unit), re.ASCII).fullmatch
        self._marks = str.maketrans(marks_of(self.decimal, self.thousands))

    @property
    def text(self) -> str:
        given = {"decimal": "" if self.decimal == "." else self.decimal, "thousands": self.thousands, "unit": self.unit}
        return ", ".join(f"{name}={quoted(item)}" for name, item in given.items() if item)

    def plain(self, cell: str) -> str:
        """The number as Python writes it; raises Unreadable when the cell does not fit."""
        found = self._match(cell.strip()) if len(cell) <= MOST_IN_CELL else None
        if found is None or (found["outer"] and found["inner"]):
            raise Unreadable
        digits: str = found["digits"].translate(self._marks)
        return digits if (found["outer"] or found["inner"]) in ("", "+") else "-" + digits

    def measure(self, cell: str) -> float:
        return float(self.plain(cell))

    def read(self, value: Any) -> float:
        """As for a plain number column; texts by the spelling."""
        if isinstance(value, str) and not is_missing(value):
            return number(self.measure(value))
        return number(value)


class DateSpelling:
    """A date by a format of %d %m %Y %y %b %H %M %S and punctuation; no %d means the first of the month."""

    def __init__(self, format: str) -> None:
        self.format = format.strip()
        self._match = re.compile(date_pattern(self.format), re.ASCII).fullmatch
        for probe in _PROBES:  # ISO dates are always understood, so no format may read them as other days
            if self.when(probe) not in (None, datetime.fromisoformat(probe)):
                raise BadSpelling("a format that does not read 2001-02-03 as another day than 3 February 2001")

    @property
    def text(self) -> str:
        return f"format={quoted(self.format)}"

    def when(self, cell: str) -> datetime | None:
        """The time that the cell says; None when it does not fit, or no such day exists."""
        found = self._match(cell.strip())
        if found is None:
            return None
        part = {"d": "1", "H": "0", "M": "0", "S": "0", **found.groupdict()}
        year = int(part["Y"]) if "Y" in part else century(int(part["y"]))
        month = MONTH_OF.get(part["b"].lower(), 0) if "b" in part else int(part["m"])
        try:
            return datetime(year, month, int(part["d"]), int(part["H"]), int(part["M"]), int(part["S"]))
        except ValueError:
            return None

    def measure(self, cell: str) -> float:
        return self.read(cell)[0]

    def read(self, value: Any) -> tuple[float, float, float]:
        """As for a plain date column; texts by the format or ISO, whole numbers such as 20240531 by the format."""
        if is_missing(value):
            return date_parts(None)
        if isinstance(value, int | float | np.number) and not isinstance(value, bool):
            value = plain_text(value)
        if not isinstance(value, str):
            return date_parts(value)
        found = self.when(value)
        if found is None and ISO_DAY.fullmatch(value.strip()) is None:
            raise Unreadable
        return date_parts(found or value)


class NumbersSpelling:
    """A fixed number of numbers in one cell: a list, or a text with blanks, commas or semicolons between them."""

    def __init__(self, length: str) -> None:
        if not length.isdecimal() or str(int(length)) != length or not 1 <= int(length) <= MOST_NUMBERS:
            raise BadSpelling(f"length='16' with a whole number from 1 to {MOST_NUMBERS}")
        self.length = int(length)
        self._missing = (nan,) * self.length

    @property
    def text(self) -> str:
        return f"length={quoted(str(self.length))}"

    def measure(self, cell: str) -> float:
        raise Unreadable

    def read(self, value: Any) -> tuple[float, ...]:
        """The numbers; all missing where the cell is."""
        if isinstance(value, str):
            if is_missing(value):
                return self._missing
            value = _BETWEEN.split(value.strip("[]() \t")) if len(value) <= MOST_IN_CELL * self.length else []
        if value is None or (isinstance(value, float) and value != value):
            return self._missing
        if not isinstance(value, list | tuple | np.ndarray) or len(value) != self.length:
            raise Unreadable
        return tuple(number(item) for item in value)


def is_unit(unit: str) -> bool:
    """Whether the text can stand beside a number without being taken for a part of it."""
    is_plain = not any(c.isdigit() or c in "+-\u2212'\"\u2019()" or not (c.isprintable() or c in ALIKE) for c in unit)
    return len(unit) <= 12 and is_plain and any(c not in " .,eE" for c in unit)


def number_pattern(decimal: str, thousands: str, unit: str) -> str:
    """The pattern of a cell, with the groups outer and inner (signs) and digits."""
    point, whole = re.escape(decimal), r"\d+"
    if thousands:
        whole = rf"(?:[1-9]\d{{0,2}}(?:{THOUSANDS[thousands]}\d{{3}})+|\d+)"
    digits = rf"(?P<digits>(?:{whole}(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d{{1,3}})?)"
    outer, inner = f"(?P<outer>{SIGN})", f"(?P<inner>{SIGN})"
    if not unit:
        return outer + inner + digits
    sign_of_unit = re.escape(unit)
    return f"{outer}{BLANK}(?P<before>{sign_of_unit}{BLANK})?{inner}{digits}(?(before)|(?:{BLANK}{sign_of_unit})?)"


def marks_of(decimal: str, thousands: str) -> dict[str, str]:
    """What becomes of each mark: thousands go, the decimal mark becomes a point."""
    gone = [mark for mark in (*ALIKE, thousands) if thousands and ALIKE.get(mark, mark) == thousands]
    return {**dict.fromkeys(gone, ""), decimal: "."}


def date_pattern(text: str) -> str:
    """The pattern of a date format; refuses what is no directive and no punctuation, and formats that name no month."""
    pieces = re.findall(r"%.|[^%]|%", text, re.DOTALL)
    letters = [piece[1:] for piece in pieces if len(piece) == 2]
    known = all(letter in DIRECTIVES for letter in letters) and all(p in PUNCTUATION for p in pieces if len(p) == 1)
    once = len(set(letters)) == len(letters) and "" not in letters
    whole = len({"Y", "y"} & {*letters}) == 1 and len({"m", "b"} & {*letters}) == 1
    timed = ("M" not in letters or "H" in letters) and ("S" not in letters or "M" in letters)
    if not (known and once and whole and timed):
        raise BadSpelling(
            "a date format of %d %m %Y (or %y) %b (a month's name) %H %M %S, each once and with a year and a month, "
            f"between them only {' '.join(PUNCTUATION.strip())} and blanks"
        )
    return "".join(piece_pattern(pieces, at) for at in range(len(pieces)))


def piece_pattern(pieces: list[str], at: int) -> str:
    """One directive or letter of a format; numbers that touch others have all their digits."""
    piece = pieces[at]
    if len(piece) == 1:
        return re.escape(piece)
    beside = [*pieces[max(at - 1, 0) : at], *pieces[at + 1 : at + 2]]
    touches = any(len(other) == 2 and other != "%b" for other in beside)
    short = r"\d\d" if touches or piece == "%y" else r"\d{1,2}"
    pattern = {"%Y": r"\d{4}", "%b": "[A-Za-z]{3,9}"}.get(piece, short)
    return f"(?P<{piece[1]}>{pattern})"


def century(year: int) -> int:
    """The year that two digits mean."""
    return year + (1900 if year >= FIRST_YEAR else 2000)


def quoted(text: str) -> str:
    return f'"{text}"' if "'" in text else f"'{text}'"
