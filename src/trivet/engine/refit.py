"""The refit: the route that was chosen runs once more, on the rows that compared candidates too.

Parameters stay as they were, and so do the rows that stop early and calibrate: only `fit` grows by `choose`.  What was
read on `choose` belongs to the candidate before its refit, and is shown as such; the judge measures what ships.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trivet.core.limits import Limit
from trivet.kit.out_of_fold import OUT_OF_FOLD

from .chance import Odds, Point
from .deadline import Deadline
from .failure import JobCut, JobFailed
from .forecast import forecast
from .steps import REFIT, State, Steps

FIT, WITH_CHOOSE = ("fit",), ("fit", "choose")
OUT_OF_TIME = "the time was over"


@dataclass(frozen=True, kw_only=True)
class Shipped:
    """The candidate that a finalist ships as.

    candidate, tune: digests; the latter of the tune rows as the route left them.
    rows: names of the parts of the table that it was fitted on.  notes: of each step.
    kept_for: why the candidate of the search ships; "" for one that was fitted once more.
    """

    candidate: str
    tune: str
    rows: tuple[str, ...]
    notes: Sequence[Sequence[str]]
    kept_for: str = ""

    @property
    def in_words(self) -> str:
        """What the reason for this candidate has to say besides."""
        once_more = f"fitted once more on {' and '.join(WITH_CHOOSE)} rows"
        tune = " and, in folds, tune rows" if "tune" in self.rows else ""
        return f"; not {once_more}: {self.kept_for}" if self.kept_for else f"; {once_more}{tune}"


def shipped(point: Point, steps: Steps, odds: Odds, *, overhead: int) -> Shipped:
    """The point's route run again on all rows that may teach; the point's own candidate where that does not do.

    It does not do when a step fails, when the time is over (the lock says so then), or when its forecast breaks a limit
    on costs that the candidate before its refit kept.
    """
    try:
        states = steps.refit(point)
    except JobCut:
        steps.cut.add(REFIT + " | ".join(point.steps))
        return as_it_was(point, steps, OUT_OF_TIME)
    except JobFailed as failed:
        is_late = failed.failure.kind == "time"
        return as_it_was(point, steps, OUT_OF_TIME if is_late else f"{failed.failure.did} failed")
    candidate = states[-1][0]["candidate"]
    costs = forecast(steps.candidate(candidate), overhead=overhead)
    lost = [str(limit) for limit in odds.limits if is_lost(limit, point.costs, costs)]
    if lost:
        return as_it_was(point, steps, f"{' and '.join(lost)} would not be kept")
    return ships(states, steps, rows=WITH_CHOOSE)


def is_lost(limit: Limit, before: Mapping[str, float], after: Mapping[str, float]) -> bool:
    """Whether a limit on a cost was kept before and is not after."""
    return limit.gauge in after and limit.room(before[limit.gauge]) >= 0 > limit.room(after[limit.gauge])


def as_it_was(point: Point, steps: Steps, why: str) -> Shipped:
    """The candidate of the search, and why it is not the refit of it."""
    return ships(steps.walk(point.steps, Deadline()), steps, rows=FIT, kept_for=why)


def ships(states: Sequence[State], steps: Steps, *, rows: tuple[str, ...], kept_for: str = "") -> Shipped:
    """What the states of a route end in.  rows: that it was fitted on, besides tune rows that taught."""
    work, tune = states[-1][0], ("tune",) if OUT_OF_FOLD in steps.rows(states[-1][0]["tune"]).beside else ()
    return Shipped(
        candidate=work["candidate"], tune=work["tune"], rows=(*rows, *tune), notes=[notes for _, notes in states],
        kept_for=kept_for,
    )  # fmt: skip
