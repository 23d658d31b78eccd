"""A measured number is never naked: interval, unit, count, conditions."""

import math
from typing import Any

from .value import value


@value
class Machine:
    """Where a cost was measured."""

    cpu: str
    cores: int
    system: str
    python: str

    def __str__(self) -> str:
        return f"{self.cpu}, {self.cores} cores"


@value
class Reading:
    """One gauge's number for one candidate on some rows.

    low, high: two-sided interval that covers the truth with probability `sure`; low <= value <= high.
    n: what was counted (rows, timed calls).  how: how the interval was obtained, e.g. "DeLong".
    where: the machine, for costs; None for readings that are a function of bytes alone.
    baseline: the same gauge of the best constant answer on the same rows; None where that means nothing.
    approximate: the interval is not known to cover on data like these; a limit on it never HOLDS by it alone.
    contended: the machine was busy with other work while this cost was measured; then a broken limit is UNPROVEN.
    trials: how many independent rows a share is worth, for `rows needed`; 0 for what is no plain share.
    """

    gauge: str
    value: float
    low: float
    high: float
    unit: str = ""
    n: int = 0
    sure: float = 0.95
    how: str = "exact"
    where: Machine | None = None
    notes: tuple[str, ...] = ()
    baseline: float | None = None
    approximate: bool = False
    contended: bool = False
    trials: float = 0.0

    @property
    def caveat(self) -> str:
        """The word that stands beside the number where its interval is not all that it seems; mostly empty."""
        words = (("approximate", self.approximate), ("machine was busy", self.contended))
        return ", ".join(word for word, is_so in words if is_so)

    def as_json(self) -> dict[str, Any]:
        """JSON values with stable keys; an unbounded side of the interval is null."""
        return {
            "gauge": self.gauge,
            "value": finite(self.value),
            "low": finite(self.low),
            "high": finite(self.high),
            "unit": self.unit,
            "n": self.n,
            "sure": self.sure,
            "how": self.how,
            "where": None if self.where is None else vars(self.where),
            "notes": list(self.notes),
            "baseline": None if self.baseline is None else finite(self.baseline),
            "approximate": self.approximate,
            "contended": self.contended,
            "trials": self.trials,
        }


def reading_from_json(data: dict[str, Any]) -> Reading:
    """The reading that `as_json` wrote."""
    where = data["where"]
    low = -math.inf if data["low"] is None else data["low"]
    high = math.inf if data["high"] is None else data["high"]
    number = math.nan if data["value"] is None else data["value"]
    rest = {"where": None if where is None else Machine(**where), "notes": tuple(data["notes"])}
    return Reading(**{**data, **rest, "value": number, "low": low, "high": high})


def finite(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None
