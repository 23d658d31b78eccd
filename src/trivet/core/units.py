"""Numbers with units, read and shown.  Sizes are decimal: 1 kB = 1000 bytes."""

import re

from .errors import BadLimit, TrivetError

# Of each unit of a gauge: what may be written, in any case, and how many of the unit it is.  Only for bytes and
# durations a lone m would change its meaning with its case (mega, milli, minutes), so there is none for bytes, and for
# durations the small one alone.
_SCALES: dict[str, dict[str, float]] = {
    "B": {"B": 1, "byte": 1, "bytes": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3},
    "ms": {"ns": 1e-6, "us": 1e-3, "µs": 1e-3, "ms": 1, "s": 1e3, "sec": 1e3},
    "s": {"ms": 1e-3, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600},
    "rows/s": {"": 1, "rows/s": 1, "rows": 1, "k rows/s": 1e3, "krows/s": 1e3, "k": 1e3, "/s": 1},
    "": {"": 1, "%": 0.01, "percent": 0.01},
}
_CASE_MATTERS = {"s": "M"}  # 5M is no five minutes
EXAMPLES = {"B": "200 kB", "ms": "5 ms", "s": "5m", "rows/s": "10000 rows/s", "": "0.92"}
_PLAIN = {"B": "kB", "ms": "ms", "s": "s", "rows/s": "rows/s", "": ""}  # the unit of a number that has none of its own
_NUMBER = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(.*?)\s*", re.DOTALL)
_DIGITS = re.compile(r"-?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?")


def parse_amount(text: str, unit: str, *, what: str, before: str = "") -> float:
    """The number in the gauge's own unit, from e.g. "200 kB", "50kb" or "5MS".

    Refuses a wrong or missing unit by name, with the nearest text that would be read.  what: the gauge or field.
    before: what stands before the amount in that text, e.g. "size <= ".
    """
    found = _NUMBER.fullmatch(text)
    scale = None if found is None else scale_of(found[2], unit)
    if found is None or scale is None:
        raise bad_unit(text, unit, what, before)
    return float(found[1]) * scale


def scale_of(word: str, unit: str) -> float | None:
    """How many of the gauge's unit the word stands for, in whatever case; None for a word that is no unit here."""
    known = _SCALES.get(unit, {unit: 1, "": 1})
    if word == _CASE_MATTERS.get(unit):
        return None
    # casefold also makes one of the two characters that look like a micro sign.
    return {name.casefold(): scale for name, scale in known.items()}.get(" ".join(word.split()).casefold())


def bad_unit(text: str, unit: str, what: str, before: str = "") -> TrivetError:
    kinds = {"B": "a size", "ms": "a time", "s": "a duration", "rows/s": "a throughput", "": "a plain number"}
    nearest = f"'{before}{nearest_amount(text, unit)}'"
    return BadLimit(
        "limit-unit",
        wanted=f"{kinds.get(unit, 'an amount')} such as '{EXAMPLES.get(unit, f'5 {unit}')}' for {what}",
        found=repr(text),
        do=f"write {nearest}, '90 s' or '2 h'" if unit == "s" else f"write {nearest}, or see `trivet explain {what}`",
    )


def nearest_amount(text: str, unit: str) -> str:
    """What was probably meant, as `parse_amount` reads it: the number with the unit that the first letter hints at.

    >>> nearest_amount("50k", "B"), nearest_amount("1,5 m", "B"), nearest_amount("5", "ms"), nearest_amount("high", "")
    ('50 kB', '1.5 MB', '5 ms', '0.92')
    """
    found = _DIGITS.search(text)
    if found is None:
        return EXAMPLES.get(unit, f"5 {unit}")
    word = text[found.end() :].strip().casefold()
    if unit == "s":
        return f"{found[0].replace(',', '.')}{'m' if word.startswith('m') else 'h' if word.startswith('h') else ' s'}"
    by_letter = {
        "B": {"k": "kB", "m": "MB", "g": "GB"},
        "ms": {"s": "s", "u": "us", "n": "ns"},
        "": {"%": "%", "p": "%"},
    }
    is_time = unit == "B" and word in ("ms", "min")
    named = by_letter.get(unit, {}).get("" if is_time else word[:1], _PLAIN.get(unit, unit))
    return f"{found[0].replace(',', '.')} {named}".strip()


def show_amount(number: float, unit: str) -> str:
    """The number as people read it: three significant digits, in the unit that keeps 1 to 999."""
    if number != number:
        return "unknown"
    if abs(number) == float("inf"):
        return "unbounded" if number > 0 else "-unbounded"
    if unit == "B":
        for name, scale in (("MB", 1e6), ("kB", 1e3)):
            if abs(number) >= scale:
                return f"{_digits(number / scale)} {name}"
        return f"{number:.0f} B"
    if unit == "ms":
        for name, scale in (("s", 1e3), ("ms", 1.0)):
            if abs(number) >= scale:
                return f"{_digits(number / scale)} {name}"
        return f"{_digits(number * 1e3)} µs"
    if unit == "rows/s":
        return f"{_digits(number / 1e3)}k rows/s" if abs(number) >= 1e4 else f"{number:.0f} rows/s"
    if unit == "":
        number = 0.0 if abs(number) < 5e-5 else number  # no "-0.0000"
        return f"{number:.4f}" if abs(number) < 10 else _digits(number)
    return f"{_digits(number)} {unit}"


def _digits(number: float) -> str:
    """Three significant digits without an exponent for everyday sizes."""
    if abs(number) >= 1000:
        return f"{number:.0f}" if abs(number) < 1e6 else f"{number:.3g}"
    return f"{number:.3g}"


def show_duration(seconds: float) -> str:
    """Seconds as e.g. "4 min 10 s"."""
    if seconds < 60:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
