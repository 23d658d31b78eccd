"""Limits: `gauge op bound`, and the three verdicts."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal

from .errors import BadLimit
from .reading import Reading
from .units import show_amount
from .value import value


class Verdict(StrEnum):
    """What the judge may say about one limit."""

    HOLDS = "HOLDS"
    UNPROVEN = "UNPROVEN"
    BROKEN = "BROKEN"


@value
class Limit:
    """A bound on one gauge, e.g. auroc >= 0.92 or coverage(among=sex) >= 0.9.

    gauge: its canonical text, parameters included.  bound: in the gauge's own unit (bytes, ms, ...).
    sure: the confidence with which the verdict is given.
    """

    gauge: str
    must: Literal[">=", "<="]
    bound: float
    unit: str = ""
    sure: float = 0.95

    def __str__(self) -> str:
        shown = show_amount(self.bound, self.unit) if self.unit else f"{self.bound:g}"
        return f"{self.gauge} {self.must} {shown}"

    @property
    def base(self) -> str:
        """The gauge's name without its parameters."""
        return self.gauge.partition("(")[0]

    def judge(self, reading: Reading) -> Verdict:
        """HOLDS if the whole interval keeps the limit, BROKEN if the whole interval breaks it, else UNPROVEN.

        An interval that is only approximate proves nothing kept.  A cost measured on a busy machine may keep its limit
        all the same, but breaks none: the machine may be at fault.
        """
        if reading.value != reading.value:
            return Verdict.BROKEN
        if self.room(self.worst(reading)) >= 0:
            return Verdict.UNPROVEN if reading.approximate else Verdict.HOLDS
        is_broken = self.room(self.best(reading)) < 0 and not reading.contended
        return Verdict.BROKEN if is_broken else Verdict.UNPROVEN

    def room(self, number: float) -> float:
        """How far the number is on the good side of the bound (negative: on the bad side), in the gauge's unit."""
        return number - self.bound if self.must == ">=" else self.bound - number

    def worst(self, reading: Reading) -> float:
        """The end of the interval that is nearest to breaking the limit."""
        return reading.low if self.must == ">=" else reading.high

    def best(self, reading: Reading) -> float:
        """The end of the interval that is furthest from breaking the limit."""
        return reading.high if self.must == ">=" else reading.low

    def as_json(self) -> dict[str, Any]:
        """JSON values with stable keys."""
        return {"gauge": self.gauge, "must": self.must, "bound": self.bound, "unit": self.unit, "sure": self.sure}


PARAMETERS = r'\((?:[^()"]|"(?:[^"\\]|\\.)*")*\)'
"""A pattern: the parameters of a gauge in their brackets; a text in quotes may hold anything."""
_LIMIT = re.compile(rf"\s*([A-Za-z0-9][\w-]*\s*(?:{PARAMETERS})?)\s*(>=|<=|=>|=<|==|=|>|<|≥|≤)\s*(\S.*?)\s*", re.DOTALL)
_OPERATORS: dict[str, Literal[">=", "<="]] = {">=": ">=", "=>": ">=", "≥": ">=", "<=": "<=", "=<": "<=", "≤": "<="}


def split_limit(text: str) -> tuple[str, Literal[">=", "<="], str]:
    """(gauge, operator, amount as text) of e.g. "P99_latency <= 1 ms"; refuses other operators by name.

    The gauge keeps its parameters as they were written.
    """
    found = _LIMIT.fullmatch(text)
    if found is None or found[2] not in _OPERATORS:
        raise BadLimit(
            "limit-form",
            wanted="a limit of the form 'gauge >= value' or 'gauge <= value'",
            found=repr(text),
            do="write, for example, 'auroc >= 0.92'; `trivet gauges` lists what can be limited",
        )
    return gauge_named(found[1]), _OPERATORS[found[2]], found[3]


def gauge_named(text: str) -> str:
    """The text with the name as gauges are called; parameters stay: "P99_latency" is p99-latency."""
    name, bracket, parameters = text.partition("(")
    return re.sub(r"[\s_]+", "-", name.strip()).lower() + bracket + parameters


def limits_of(manifest: Mapping[str, Any]) -> tuple[Limit, ...]:
    """What a file was asked to keep, from its manifest."""
    return tuple(Limit(**limit) for limit in manifest.get("limits", ()))
