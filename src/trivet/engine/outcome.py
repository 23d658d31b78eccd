"""What a compile ends in: a certified file, or an honest no."""

from typing import Any

from trivet.core.limits import Limit, Verdict
from trivet.core.reading import Reading
from trivet.core.units import show_amount
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


def shown(reading: Reading) -> str:
    """Value, interval and count on one line."""
    number = show_amount(reading.value, reading.unit)
    if reading.low == reading.high:
        return number
    low, high = show_amount(reading.low, reading.unit), show_amount(reading.high, reading.unit)
    return f"{number} ({low} to {high}, n = {reading.n})"
