"""What a file says about itself besides its parts, its readings and its verdicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trivet.core.lock import Lock
from trivet.core.value import value
from trivet.data.intake import Intake

from .chance import Point
from .course import Course, Reached
from .frontier import frontier
from .machine import libraries
from .plan import Plan
from .refit import WITH_CHOOSE, Shipped
from .steps import IMPORTANCE, Steps

_UNEXPLAINED = "the importance of columns was not measured: it failed, or there was no time left for it"
_UNTOLD = Course(  # of a usual length
    aim="average-precision", units=123.456789012345, trials=100,
    first=Reached(route="taught-pruned-trees", number=0.123456, trial=10),
    ended="24 candidates without a clearly better one",
)  # fmt: skip
_MOST_POINTS = 24  # candidates that the frontier's plot shows besides the frontier itself


@value
class Dossier:
    """Every entry is JSON.

    recipe: its text, with the lock.  alerts: findings that block.
    constant: what a constant answer says.  search: what the search did, see `course`.
    """

    recipe: str
    alerts: Sequence[str]
    constant: Mapping[str, Any]
    search: Mapping[str, Any]
    lineage: Sequence[Mapping[str, Any]]
    frontier: Sequence[Mapping[str, Any]]
    doctor: Sequence[Mapping[str, Any]]
    data: Mapping[str, Any]
    importance: Sequence[Sequence[Any]]
    build: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Writer:
    """Writes the dossiers of one build.

    constant: see `kit.constant`.  notices: everything that the user was told.  course: of the search, once it is over.
    """

    intake: Intake
    plan: Plan
    constant: Mapping[str, Any]
    notices: Sequence[str]
    course: Course = _UNTOLD

    def blank(self) -> Dossier:
        """One as it is before anything was found, for forecasts of size."""
        return self.about(None, (), rows=WITH_CHOOSE, lineage=(), importance=())

    def of(self, point: Point, points: Sequence[Point], steps: Steps, ships: Shipped) -> Dossier:
        """The dossier of the candidate that ships, before the lock is known."""
        lineage, importance = steps.lineage(point, ships.notes), steps.importance(point)
        dossier = self.about(point, points, rows=ships.rows, lineage=lineage, importance=importance)
        if IMPORTANCE not in steps.cut:
            return dossier
        return replace(dossier, data={**dossier.data, "notices": [*self.notices, _UNEXPLAINED]})

    def with_lock(self, dossier: Dossier, lock: Lock) -> Dossier:
        """The same with how far the build went."""
        search = {**dossier.search, "units": lock.units}
        return replace(dossier, recipe=str(replace(self.plan.recipe, lock=lock)), search=search)

    def about(
        self,
        shipped: Point | None,
        points: Sequence[Point],
        *,
        rows: Sequence[str],
        lineage: Sequence[Mapping[str, Any]],
        importance: Sequence[Sequence[Any]],
    ) -> Dossier:
        edge = frontier(points, [*dict.fromkeys((self.plan.main, self.plan.aim, "size"))])
        kept = [*edge, *points[:_MOST_POINTS], *([shipped] if shipped else [])]
        kept = sorted({id(point): point for point in kept}.values(), key=order)
        unlocked = Lock(units=123.456789012345)  # of a usual length
        return Dossier(
            recipe=str(replace(self.plan.recipe, lock=unlocked)),
            alerts=list(self.intake.alerts),
            constant=dict(self.constant),
            search={**self.course.as_json(shipped), "main": self.plan.main},
            lineage=lineage,
            frontier=[self.frontier_row(point, shipped) for point in kept],
            doctor=[finding.as_json() for finding in self.intake.findings],
            data={**self.intake.describe(), "notices": list(self.notices), "fitted_on": list(rows)},
            importance=importance,
            build={"seed": self.plan.recipe.seed, "libraries": libraries()},
        )

    def frontier_row(self, point: Point, shipped: Point | None) -> dict[str, Any]:
        numbers = {gauge: [float(f"{x:.6g}") for x in (r.value, r.low, r.high)] for gauge, r in point.readings.items()}
        keeps = all(limit.room(point.number(limit.gauge)) >= 0 for limit in self.plan.recipe.limits)
        return {
            "route": point.route,
            "steps": list(point.steps),
            "readings": numbers,
            "keeps": keeps,
            "bytes": int(point.costs["size"]),
            "shipped": shipped is not None and point.candidate == shipped.candidate,
        }


def order(point: Point) -> tuple[float, str]:
    return point.costs["size"], point.candidate
