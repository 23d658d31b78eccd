"""Numbers with units, read and shown.  Sizes are decimal: 1 kB = 1000 bytes."""

import re

from .errors import BadLimit, TrivetError

_SCALES: dict[str, dict[str, float]] = {
    "B": {"B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1024, "MiB": 1024**2},
    "ms": {"ns": 1e-6, "us": 1e-3, "µs": 1e-3, "ms": 1, "s": 1e3},
    "s": {"ms": 1e-3, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600},
    "rows/s": {"rows/s": 1, "k rows/s": 1e3, "krows/s": 1e3, "/s": 1},
    "": {"": 1, "%": 0.01},
}
EXAMPLES = {"B": "200 kB", "ms": "5 ms", "s": "5m", "rows/s": "10000 rows/s", "": "0.92"}
_NUMBER = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*([^\s\d]*(?: rows/s)?)\s*")


def parse_amount(text: str, unit: str, *, what: str) -> float:
    """The number in the gauge's own unit, from e.g. "200 kB"; refuses a wrong or missing unit by name."""
    scales = _SCALES.get(unit, {unit: 1, "": 1})
    found = _NUMBER.fullmatch(text)
    if found is None or found[2] not in scales:
        raise bad_unit(text, unit, what)
    return float(found[1]) * scales[found[2]]


def bad_unit(text: str, unit: str, what: str) -> TrivetError:
    example = EXAMPLES.get(unit, f"5 {unit}")
    kinds = {"B": "a size", "ms": "a time", "s": "a duration", "": "a plain number"}
    return BadLimit(
        "limit-unit",
        wanted=f"{kinds.get(unit, 'an amount')} such as '{example}' for {what}",
        found=repr(text),
        do=f"write '{example}', '90 s' or '2 h'"
        if unit == "s"
        else f"write '{example}', or see `trivet explain {what}`",
    )


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
