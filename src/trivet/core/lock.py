"""How far the search of a build came: with it, the same body can be made again on any machine."""

from collections.abc import Callable, Mapping
from typing import Any

from .levels import SHARES, Look
from .toml_text import toml
from .value import value

LOCK_TYPES: dict[str, Any] = {
    "units": (int, float), "late": bool, "ships": int, "looks": int, "cut": list, "control": list,
}  # fmt: skip
"""Types of the fields of the section [lock]."""


@value
class Lock:
    """What a search did before it ended.

    units: work units that the search spent.  late: whether the clock ended it.
    ships: place, from 0, of the finalist that the file holds.
    looks: the number of builds on the same rows that the choice of finalists reckoned with, itself included, where one
    build alone would have chosen others.
    cut: beginnings of routes that took too much time or memory and were given up, their steps joined by " | ".
    control: the look at the vault by which settings of the file were proven there, for they depend on the error that
    it could spend; None where none were.
    """

    units: float
    late: bool = False
    ships: int = 0
    looks: int = 1
    cut: tuple[str, ...] = ()
    control: Look | None = None


def lock_from(found: Mapping[str, Any], complain: Callable[[str, str, str], None]) -> Lock:
    """The lock in a section whose fields have their types.  complain: is told (field, wanted, found)."""

    def counted(name: str, least: int) -> int:
        number = int(found.get(name, least))
        if number < least:
            complain(name, f"{name} of {least} or above in [lock]", repr(number))
        return number

    if "units" not in found:
        complain("[lock]", "units in [lock]", "none")
    return Lock(
        units=float(found.get("units", 0.0)),
        late=found.get("late", False),
        ships=counted("ships", 0),
        looks=counted("looks", 1),
        cut=tuple(map(str, found.get("cut", ()))),
        control=look_from(found["control"], complain) if "control" in found else None,
    )


def look_from(named: list[Any], complain: Callable[[str, str, str], None]) -> Look | None:
    """The look that is named as [build, finalist]."""
    if [type(number) for number in named] == [int, int] and named[0] >= 1 and 0 <= named[1] < len(SHARES):
        return Look(build=named[0], finalist=named[1])
    complain("control", f"[build, finalist], from 1 and from 0 to {len(SHARES) - 1}, in [lock]", repr(named))
    return None


def lock_lines(lock: Lock) -> list[str]:
    """The fields of the section [lock]; those at their default are left out."""
    lines = [f"units = {lock.units!r}"]
    lines += ["late = true"] if lock.late else []
    for name in ("ships", "looks"):
        same = getattr(lock, name) == Lock.__dataclass_fields__[name].default
        lines += [] if same else [f"{name} = {getattr(lock, name)}"]
    lines += [f"cut = {toml(lock.cut)}"] if lock.cut else []
    return lines + ([f"control = [{lock.control.build}, {lock.control.finalist}]"] if lock.control else [])
