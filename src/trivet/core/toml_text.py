"""Values as TOML writes them."""

from typing import Any


def toml(item: Any) -> str:
    """One TOML value: text, truth, number or list of these."""
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, (list, tuple)):
        return "[" + ", ".join(toml(one) for one in item) + "]"
    if isinstance(item, str):
        return '"' + "".join(_escape(letter) for letter in item) + '"'
    return repr(item)


def _escape(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    return f"\\u{ord(letter):04x}" if ord(letter) < 32 or ord(letter) == 127 else letter


def time_text(seconds: float) -> str:
    """The time as people write it; loses nothing."""
    for unit, scale in (("h", 3600), ("m", 60)):
        if seconds % scale == 0:
            return f"{seconds / scale:.0f}{unit}"
    return f"{seconds:.0f} s" if seconds == round(seconds) else f"{seconds!r} s"
