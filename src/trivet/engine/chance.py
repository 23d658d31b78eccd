"""How likely a candidate is to be proven: what the search maximises and the finalists are ordered by."""

from collections.abc import Mapping, Sequence
from math import isfinite, sqrt
from statistics import NormalDist

from trivet.core.levels import Look
from trivet.core.limits import Limit
from trivet.core.reading import Reading
from trivet.core.registry import parse_step
from trivet.core.value import value
from trivet.kit.conformal.control import most_misses

_Z = NormalDist().inv_cdf(0.975)  # of one end of a reading's usual interval
EXACT = "size"  # the one cost that is known before it is measured
ENOUGH = 0.8  # chance of being proven from which the aim decides
SURE = 0.95  # chance of being proven that is as good as a proof
_MARGIN = 1.1  # of an interval that a bound is given to spare: the judge's may be a little wider
_DOUBT = 0.3  # chance of keeping a cost limit that the forecast breaks: forecasts do not know the machine


@value
class Point:
    """One candidate on the frontier.

    readings: by gauge, on the rows that compare candidates.  costs: forecasts by gauge, the file's size among them.
    """

    route: str
    steps: tuple[str, ...]
    candidate: str
    readings: Mapping[str, Reading]
    costs: Mapping[str, float]

    def number(self, gauge: str) -> float:
        """The gauge's value or forecast; nan when neither is known."""
        return self.readings[gauge].value if gauge in self.readings else self.costs.get(gauge, float("nan"))


@value
class Odds:
    """Judges points by the limits.  n_vault: rows on which the judge will measure.

    looks: the number that this build has on its vault, which decides the level at which it is judged.
    """

    limits: tuple[Limit, ...]
    n_vault: int
    looks: int = 1

    def shortfall(self, point: Point, limit: Limit) -> float:
        """Above 0: how much better the value must get before the judge's interval would keep the limit, relative to
        the bound; 0 or below: kept with that much to spare."""
        if is_controlled(point, limit) and self.can_be_proven(limit):
            return 0.0
        half = self.half_width(point, limit)
        room = limit.room(point.number(limit.gauge))
        return (half - room) / max(abs(limit.bound), 1e-9) if isfinite(room) else 1.0

    def half_width(self, point: Point, limit: Limit) -> float:
        """Expected distance on the vault between the value and the bad end of its interval."""
        reading = point.readings.get(limit.gauge)
        if reading is None:  # a forecast cost: leave 5 % for what the forecast does not know
            return 0.05 * abs(point.number(limit.gauge))
        return self.z(limit) * self.error_on_vault(reading, limit)

    def z(self, limit: Limit) -> float:
        """How many standard errors the bad end of the judge's interval is away from the value."""
        return NormalDist().inv_cdf(Look(build=self.looks).confidence(limit.sure))

    def error_on_vault(self, reading: Reading, limit: Limit) -> float:
        """About the standard error that the gauge will have on the vault, on the limit's bad side."""
        seen = abs(reading.value - limit.worst(reading)) / _Z
        return seen * sqrt(max(reading.n, 1) / max(self.n_vault, 1))

    def chance(self, point: Point) -> float:
        """Probability that the judge will say HOLDS to every limit, taken as independent."""
        product = 1.0
        for limit in self.limits:
            product *= self.chance_of(point, limit)
        return product

    def likely(self, points: Sequence[Point]) -> list[Point]:
        """Those that are likely enough to be proven for the aim to decide among them."""
        return [point for point in points if self.chance(point) >= ENOUGH]

    def chance_of(self, point: Point, limit: Limit) -> float:
        """Probability of HOLDS for one limit: the choose rows and the vault both err."""
        if is_controlled(point, limit):
            return 1.0 if self.can_be_proven(limit) else 0.0
        half, reading = self.half_width(point, limit), point.readings.get(limit.gauge)
        room = limit.room(point.number(limit.gauge)) - half
        if not isfinite(room):
            return 0.0
        if reading is None or half == 0:
            is_exact = reading is not None or limit.gauge == EXACT
            return 1.0 if room >= 0 else 0.0 if is_exact else _DOUBT
        return NormalDist().cdf(room / max(self.spread(point, limit), 1e-12))

    def can_be_proven(self, limit: Limit) -> bool:
        """Whether the vault has the rows that a proof of the coverage takes, at the level of its first finalist."""
        return most_misses(self.n_vault, limit.bound, Look(build=self.looks).alpha(limit.sure)) is not None

    def spread(self, point: Point, limit: Limit) -> float:
        """Standard deviation of the vault's value beside the point's: both sets of rows err; 0 where nothing does."""
        reading = point.readings.get(limit.gauge)
        if reading is None:
            return 0.0
        seen = abs(reading.value - limit.worst(reading)) / _Z
        return sqrt(seen**2 + self.error_on_vault(reading, limit) ** 2)

    def likely_bound(self, point: Point, limit: Limit, chance: float) -> float:
        """The hardest bound on the limit's gauge that the judge would say HOLDS to with this probability."""
        room = _MARGIN * self.half_width(point, limit) + NormalDist().inv_cdf(chance) * self.spread(point, limit)
        return point.number(limit.gauge) - (room if limit.must == ">=" else -room)

    def is_able(self, point: Point) -> bool:
        """Whether no limit is surely broken: the good end of every interval keeps it, and so does the size."""
        return all(self.may_keep(point, limit) for limit in self.limits)

    def may_keep(self, point: Point, limit: Limit) -> bool:
        reading = point.readings.get(limit.gauge)
        if is_controlled(point, limit):
            return True
        if reading is not None:
            return limit.room(limit.best(reading)) >= 0
        return limit.gauge != EXACT or limit.room(point.number(limit.gauge)) >= 0

    def violated(self, points: Sequence[Point]) -> Limit | None:
        """The limit that the nearest point is furthest from keeping; None when it keeps all."""
        if not points or not self.limits:
            return None
        nearest = max(points, key=self.chance)
        worst = max(self.limits, key=lambda limit: self.shortfall(nearest, limit))
        return worst if self.shortfall(nearest, worst) > 0 else None


def is_controlled(point: Point, limit: Limit) -> bool:
    """Whether the vault will set what decides the limit, so that it is kept by construction (see `control`)."""
    if limit.must != ">=" or limit.gauge != limit.base:
        return False
    return any(limit.base in parse_step(step).controls for step in point.steps)
