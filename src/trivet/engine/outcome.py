"""What a compile ends in: a certified file, or an honest no."""

from typing import Any

from trivet.core.card import Card, Cell
from trivet.core.limits import Limit, Verdict
from trivet.core.reading import Reading
from trivet.core.units import show_amount, show_duration
from trivet.core.value import value


@value
class Judged:
    """One limit with the reading it was judged by."""

    limit: Limit
    reading: Reading
    verdict: Verdict

    @property
    def rows_needed(self) -> int | None:
        """For UNPROVEN: about how many certification rows would prove it."""
        return self.limit.rows_needed(self.reading) if self.verdict is Verdict.UNPROVEN else None

    def as_json(self) -> dict[str, Any]:
        """JSON values with stable keys."""
        return {
            "limit": str(self.limit),
            "gauge": self.limit.gauge,
            "verdict": str(self.verdict),
            "rows_needed": self.rows_needed,
        }


@value
class Certified:
    """A packaged specialist with the verdict on every limit; none is BROKEN.

    data: the bytes of the `.trivet` file.  readings: every gauge that was measured on the vault or the machine.
    """

    data: bytes
    digest: str
    body_digest: str
    judged: tuple[Judged, ...]
    readings: tuple[Reading, ...]
    candidates: int
    seconds: float
    route: str

    @property
    def is_proven(self) -> bool:
        """Whether every limit HOLDS."""
        return all(one.verdict is Verdict.HOLDS for one in self.judged)


@value
class Infeasible:
    """No candidate keeps every limit: which one gives way, the closest that can be had, and what to do.

    An honest result, not an exception.  closest: readings of the nearest candidate, by gauge.
    """

    limit: Limit
    closest: tuple[Reading, ...]
    route: str
    why: str
    next_step: str
    candidates: int
    seconds: float

    def __str__(self) -> str:
        return f"INFEASIBLE: {self.why}\n  do: {self.next_step}"

    def __repr__(self) -> str:
        return f"<Infeasible: {self.why}; do: {self.next_step}>"

    def _repr_html_(self) -> str:
        """The card that a notebook shows."""
        return Card(
            tone="bad",
            badge="INFEASIBLE",
            title=f"{self.limit} cannot be kept with the rest",
            about=f"{self.candidates} candidates tried in {show_duration(self.seconds)}",
            columns=("the closest candidate", "measured", "constant answer"),
            rows=tuple(closest_row(reading, self.limit) for reading in self.closest),
            said=(("why", self.why), ("do", self.next_step)),
        ).html()

    def as_json(self) -> dict[str, Any]:
        """JSON values with stable keys."""
        return {
            "outcome": "INFEASIBLE",
            "limit": str(self.limit),
            "why": self.why,
            "next_step": self.next_step,
            "route": self.route,
            "closest": [reading.as_json() for reading in self.closest],
            "candidates": self.candidates,
        }


def closest_row(reading: Reading, limit: Limit) -> tuple[Cell, Cell, Cell]:
    """Gauge, reading and constant answer; the limit that gives way stands beside its gauge."""
    gauge = Cell(text=reading.gauge, small=f"{limit} was asked" if reading.gauge == limit.gauge else "")
    constant = "–" if reading.baseline is None else show_amount(reading.baseline, reading.unit)
    return gauge, Cell(text=show_amount(reading.value, reading.unit), small=interval_of(reading)), Cell(text=constant)


def shown(reading: Reading) -> str:
    """Value, interval and count on one line."""
    number, interval = show_amount(reading.value, reading.unit), interval_of(reading)
    return f"{number} ({interval})" if interval else number


def interval_of(reading: Reading) -> str:
    """E.g. "0.91 to 0.95, n = 400"; empty for what was counted exactly."""
    if reading.low == reading.high:
        return ""
    return f"{show_amount(reading.low, reading.unit)} to {show_amount(reading.high, reading.unit)}, n = {reading.n}"
