"""Raw values of a row as float32-sized numbers, one reader per type of column.

A reader raises Unreadable for a value that its type does not allow.  NaN stands for missing.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from math import inf, isinf, nan
from typing import Any, SupportsFloat

import numpy as np

MOST = float(np.finfo(np.float32).max)
MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?"})
BOOLEANS = {"true": 1.0, "yes": 1.0, "t": 1.0, "y": 1.0, "1": 1.0,
            "false": 0.0, "no": 0.0, "f": 0.0, "n": 0.0, "0": 0.0}  # fmt: skip
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
EPOCH = date(1970, 1, 1).toordinal()
WANTED = {
    "number": "a number",
    "boolean": "true or false",
    "category": "a text or number",
    "date": "a date such as 2024-05-31",
    "text": "a text",
    "numbers": "a list of numbers",
}

Read = Callable[[Any], float]


class Unreadable(Exception):
    """A value that does not fit its column; `code` is that of the error that the caller raises."""

    def __init__(self, code: str = "wrong-type") -> None:
        super().__init__(code)
        self.code = code


def number(value: Any) -> float:
    """The value as a number; beyond float32 it is clipped to the largest float32."""
    if (type(value) is float or type(value) is int) and -MOST <= value <= MOST:
        return value
    if is_missing(value):
        return nan
    try:
        found = float(value) if isinstance(value, str | SupportsFloat) else None
    except OverflowError:  # a whole number with hundreds of digits
        found = MOST if value > 0 else -MOST
    except (TypeError, ValueError):
        found = None
    if found is None:
        raise Unreadable
    if isinf(found):
        raise Unreadable("not-finite")
    return min(max(found, -MOST), MOST)


def boolean(value: Any) -> float:
    """1 for true, 0 for false."""
    if value is True or value is False:
        return 1.0 if value else 0.0
    if is_missing(value):
        return nan
    if isinstance(value, str):
        found = BOOLEANS.get(value.strip().lower())
    else:
        found = float(value) if isinstance(value, int | float | np.generic) and value in (0, 1) else None
    if found is None:
        raise Unreadable
    return found


def category(words: dict[str, float], unknown: float) -> Read:
    """The reader of one category column: the code of a word; numbers are read as their text, 3.0 as "3"."""
    code_of = words.get

    def read(value: Any) -> float:
        code = code_of(value)
        return slow(value) if code is None else code

    def slow(value: Any) -> float:
        return nan if is_missing(value) else code_of(plain_text(value).strip(), unknown)

    return read


def text(value: Any) -> str:
    """The text itself; "" for missing."""
    if isinstance(value, str):
        return value
    return "" if is_missing(value) else plain_text(value)


def date_parts(value: Any) -> tuple[float, float, float]:
    """(days since 1970-01-01, month 1-12, weekday 0 = Monday); times count as parts of a day, in UTC."""
    if is_missing(value):
        return nan, nan, nan
    try:
        when = datetime.fromisoformat(value.strip()) if isinstance(value, str) else value
    except ValueError:
        raise Unreadable from None
    if not isinstance(when, date):
        raise Unreadable
    share = 0.0
    if isinstance(when, datetime):
        when = when.astimezone(UTC) if when.tzinfo else when
        share = (when.hour * 3600 + when.minute * 60 + when.second + when.microsecond / 1e6) / 86400
    return when.toordinal() - EPOCH + share, float(when.month), float(when.weekday())


def plain_text(value: Any) -> str:
    """A word, or a number or boolean as its text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if not isinstance(value, int | float | np.integer | np.floating):
        raise Unreadable
    if value in (inf, -inf):
        raise Unreadable("not-finite")
    return str(int(value)) if value == int(value) else repr(float(value))


def is_missing(value: Any) -> bool:
    """Whether the value says "not known": None, NaN, an empty text, or one of the usual words for it."""
    if value is None:
        return True
    if isinstance(value, str):
        return len(value) < 16 and value.strip().lower() in MISSING
    if isinstance(value, float | np.floating | np.datetime64 | datetime):
        return bool(value != value)  # NaN, and the NaT of numpy and pandas
    return type(value).__name__ == "NAType"  # pandas' marker, which refuses to be compared
