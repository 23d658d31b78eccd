"""The refit: the route that was chosen runs once more, on the rows that compared candidates too.

Parameters stay as they were, and so do the rows that stop early and calibrate: only `fit` grows by `choose`.  What was
read on `choose` belongs to the candidate before its refit, and is shown as such; the judge measures what ships.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .chance import Odds, Point
from .failure import JobCut, JobFailed
from .forecast import forecast
from .steps import REFIT, Steps

FIT, WITH_CHOOSE = ("fit",), ("fit", "choose")


@dataclass(frozen=True, kw_only=True)
class Shipped:
    """The candidate that a finalist ships as.

    candidate: digest.  rows: names of the parts of the table that it was fitted on.  notes: of each step.
    """

    candidate: str
    rows: tuple[str, ...]
    notes: Sequence[Sequence[str]]

    @property
    def in_words(self) -> str:
        """What the reason for this candidate has to say besides; nothing for the candidate of the search."""
        return f"; fitted once more on {' and '.join(self.rows)} rows" if self.rows != FIT else ""


def shipped(point: Point, steps: Steps, odds: Odds, *, overhead: int) -> Shipped:
    """The point's route run again on all rows that may teach; the point's own candidate where that does not do.

    It does not do when a step fails, when the time is over (the lock says so then), or when its forecast breaks a limit
    on costs that the candidate before its refit kept.
    """
    try:
        states = steps.refit(point)
    except JobCut:
        steps.cut.add(REFIT + " | ".join(point.steps))
        return as_it_was(point, steps)
    except JobFailed:
        return as_it_was(point, steps)
    candidate = states[-1][0]["candidate"]
    costs = forecast(steps.candidate(candidate), overhead=overhead)
    if any(is_lost(odds, gauge, point.costs, costs) for gauge in costs):
        return as_it_was(point, steps)
    return Shipped(candidate=candidate, rows=WITH_CHOOSE, notes=[notes for _, notes in states])


def is_lost(odds: Odds, gauge: str, before: Mapping[str, float], after: Mapping[str, float]) -> bool:
    """Whether a limit on the cost was kept before and is not after."""
    limits = [limit for limit in odds.limits if limit.gauge == gauge]
    return any(limit.room(before[gauge]) >= 0 > limit.room(after[gauge]) for limit in limits)


def as_it_was(point: Point, steps: Steps) -> Shipped:
    """The candidate of the search."""
    return Shipped(candidate=point.candidate, rows=FIT, notes=steps.notes(point))
