"""What a part says of a setting that was chosen on the rows that certify: for which limits, at which error each."""

from typing import NoReturn

from .inspector import Inspector, is_number

KEY = "control"
_MOST, _LONGEST = 64, 1000

Control = tuple[tuple[str, float], ...]
"""(limit as text, the chance that it was wrongly found to be kept) for each limit that the setting was chosen for."""


def control_keys(look: Inspector) -> tuple[str, ...]:
    """The config key, where the part has it: a setting from other rows says nothing."""
    return (KEY,) if KEY in look.part.config else ()


def control_of(look: Inspector) -> Control:
    """What the part says; empty where it says nothing."""
    found = look.part.config.get(KEY, None)
    if KEY not in look.part.config:
        return ()
    if not isinstance(found, list | tuple) or not 1 <= len(found) <= _MOST:
        refuse(look, found)
    return tuple(one_of(look, entry) for entry in found)


def one_of(look: Inspector, entry: object) -> tuple[str, float]:
    if not isinstance(entry, list | tuple) or len(entry) != 2:
        refuse(look, entry)
    limit, alpha = entry
    if not isinstance(limit, str) or not limit or len(limit) > _LONGEST or not is_number(alpha) or not 0 < alpha < 1:
        refuse(look, entry)
    return limit, float(alpha)


def refuse(look: Inspector, found: object) -> NoReturn:
    wanted = f"1 to {_MOST} pairs of a limit as text and a number above 0 and below 1"
    look.refuse("part-config", wanted, repr(found)[:200], KEY)
