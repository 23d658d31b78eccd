"""What a search did, for the user and for the file: how far it came, what it reached first and last, why it ended."""

from collections.abc import Mapping
from typing import Any

from trivet.core.registry import find_gauge
from trivet.core.units import show_amount
from trivet.core.value import value

from .aim import Aim
from .chance import Point


@value
class Reached:
    """A candidate and how far it came in the aim, on the rows that compare.  trial: its number, from 1."""

    route: str
    number: float
    trial: int | None = None

    @classmethod
    def by(cls, point: Point, aim: Aim, *, trial: int | None = None) -> "Reached":
        """For a point of the search."""
        return cls(route=point.route, number=float(f"{point.number(aim.gauge):.6g}"), trial=trial)

    def as_json(self) -> dict[str, Any]:
        """JSON values with stable keys."""
        known = {"route": self.route, "value": self.number}
        return known if self.trial is None else {**known, "trial": self.trial}


@value
class Course:
    """aim: the gauge that was improved.  units, trials: spent.  first: the first that was likely to be proven.

    ended: why the search ended, in words.
    """

    aim: str
    units: float
    trials: int
    first: Reached | None
    ended: str

    def as_json(self, shipped: Point | None) -> dict[str, Any]:
        """JSON values with stable keys; `final` is the candidate that ships."""
        final = None if shipped is None else Reached.by(shipped, Aim(gauge=self.aim)).as_json()
        first = None if self.first is None else self.first.as_json()
        return {
            "aim": self.aim, "units": self.units, "trials": self.trials, "first": first, "final": final,
            "ended": self.ended,
        }  # fmt: skip


def sentence(search: Mapping[str, Any]) -> str:
    """E.g. "first candidate likely to be proven: auroc 0.912, now 0.927; ended: 24 candidates without ..."."""
    gauge, first, final = str(search["aim"]), search.get("first"), search.get("final")
    said = []
    if first and final:
        unit = find_gauge(gauge).unit
        start, now = (show_amount(one["value"], unit) for one in (first, final))
        said.append(f"first candidate likely to be proven: {gauge} {start}, now {now}")
    return "; ".join([*said, f"ended: {search['ended']}"])
