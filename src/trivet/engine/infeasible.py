"""An honest no: which limit gives way, the closest that can be had, and what would have to change."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil, floor, isfinite, log10
from statistics import NormalDist

from trivet.core.levels import Look, confidence_of
from trivet.core.limits import Limit, Verdict
from trivet.core.reading import Reading
from trivet.core.registry import find_gauge
from trivet.core.units import show_amount
from trivet.core.value import value
from trivet.kit.constant import with_baselines

from .certify import Tried
from .chance import ENOUGH, Odds, Point
from .outcome import Infeasible, Judged, at_confidence, shown
from .wishes import Floor, vacuous

_TO_SPARE = 1.2  # of an interval: the same files on the same rows, but fitted anew


@value
class Advice:
    """What an honest no is made from.

    baselines: {quality gauge: what a constant answer reaches on the rows that compare candidates}.
    """

    odds: Odds
    main: str
    baselines: Mapping[str, float]
    candidates: int


@value
class Wish:
    """A limit that gives way.

    reached: the hardest bound that would probably be kept.  constant: what a constant answer reaches in a quality
    gauge; None where that is not known, or means nothing.
    """

    limit: Limit
    reached: float
    constant: float | None

    @property
    def bound(self) -> Limit | None:
        """The limit to ask for instead; None where all that would be kept asks nothing of a model."""
        if not isfinite(self.reached):
            return None
        found = replace(self.limit, bound=easier(self.reached, self.limit))
        if vacuous(found) is not None:
            return None
        if find_gauge(found.gauge).family != "quality":
            return found
        # Where nothing is known of the constant answer (rows of one class), no bound is known to beat it.
        return None if self.constant is None or found.room(self.constant) >= 0 else found

    @property
    def hopeless(self) -> str:
        """Why there is no bound to ask for instead."""
        limit, constant = self.limit, self.constant
        what = "a constant answer" if find_gauge(limit.gauge).family == "quality" else "every file gives"
        shown = "" if constant is None else f" ({show_amount(constant, limit.unit)})"
        return f"no bound on {limit.gauge} that asks more than {what}{shown} would probably be kept"


def easier(number: float, limit: Limit) -> float:
    """The number to three significant digits, rounded to where the limit is easier to keep.

    >>> easier(0.97391, Limit(gauge="auroc", must=">=", bound=1))
    0.973
    >>> easier(11_810, Limit(gauge="size", must="<=", bound=1, unit="B"))
    11900.0
    """
    if number == 0:
        return 0.0
    places = 2 - floor(log10(abs(number)))
    scaled = number * 10.0**places
    whole = floor(scaled + 1e-9) if limit.must == ">=" else ceil(scaled - 1e-9)
    return round(whole / 10.0**places, max(places, 0))


def in_words(wishes: Sequence[Wish]) -> str:
    """What to allow, for the limits that give way together; nothing where one of them cannot give way enough."""
    hopeless = [wish.hopeless for wish in wishes if wish.bound is None]
    bounds = [str(wish.bound) for wish in wishes if wish.bound is not None]
    allow = [f"allow {' and '.join(bounds)}"] if bounds and not hopeless else []
    return "; ".join([*hopeless, ", or ".join([*allow, "give more time, more rows or better columns"])])


def explain(points: Sequence[Point], advice: Advice, floor: Floor | None, *, seconds: float) -> Infeasible:
    """Why no candidate keeps every limit, with the nearest one and a bound that could be kept."""
    odds = advice.odds
    if not points:
        limit = odds.limits[0] if odds.limits else Limit(gauge=advice.main, must=">=", bound=0.0)
        return Infeasible(
            limit=limit,
            closest=(),
            route="",
            why=f"none of {advice.candidates} candidates could be built; the ledger says why for each",
            next_step="see the notes with --json, or give more rows or more time",
            candidates=advice.candidates,
            seconds=seconds,
        )
    nearest = nearest_point(points, odds)
    worst = max(odds.limits, key=lambda limit: odds.shortfall(nearest, limit))
    return Infeasible(
        limit=floor.limit if floor is not None else worst,
        closest=closest_readings(nearest, advice),
        route=nearest.route,
        why=(f"{floor.why}; " if floor is not None else "") + why_not(points, nearest, advice),
        next_step=what_gives(nearest, advice),
        candidates=advice.candidates,
        seconds=seconds,
    )


def nearest_point(points: Sequence[Point], odds: Odds) -> Point:
    """The candidate most likely to be proven; where none may be, the one that lacks least."""
    nearest = max(points, key=lambda point: (odds.chance(point), -total_shortfall(point, odds)))
    return nearest if odds.chance(nearest) > 0 else min(points, key=lambda point: total_shortfall(point, odds))


def broken_when_judged(best: Tried, advice: Advice, *, seconds: float) -> Infeasible:
    """Why the most promising finalist does not keep every limit: on rows it never saw, or for what it costs here."""
    broken = [one for one in best.judged if one.verdict is Verdict.BROKEN]
    facts = "; ".join(f"{one.limit.gauge} is {shown(one.reading)}, {one.limit} was asked" for one in broken)
    where = "on this machine" if best.file is None else "on unseen rows"
    sure = at_confidence(one.confidence for one in broken)
    limited = {one.limit for one in best.judged}
    unjudged = [limit for limit in advice.odds.limits if limit not in limited]
    after = Look(build=advice.odds.looks + (best.file is not None))  # a build that opened the vault has spent its look
    wishes = [wish_after(one, after) for one in best.judged if one.verdict is not Verdict.HOLDS]
    point = best.finalist.point
    return Infeasible(
        limit=broken[0].limit,
        closest=(*(one.reading for one in best.judged), *forecasts(point, unjudged, advice)),
        route=point.route,
        why=f"{where}, at {sure}: the most promising of {advice.candidates} candidates misses: {facts}",
        next_step=in_words([*wishes, *wishes_for(point, unjudged, advice)]),
        candidates=advice.candidates,
        seconds=seconds,
    )


def wish_after(one: Judged, after: Look) -> Wish:
    """What could be asked of the next build instead: a little less than would have been proven just now.

    after: the look that the next build gets, whose interval is wider.
    """
    reading, limit = one.reading, one.limit
    wider = z_of(after.confidence(limit.sure)) / z_of(one.confidence)
    width = _TO_SPARE * wider * abs(reading.value - limit.worst(reading))
    reached = reading.value + (-width if limit.must == ">=" else width)
    return Wish(limit=limit, reached=reached, constant=reading.baseline)


def z_of(confidence: float) -> float:
    return NormalDist().inv_cdf(confidence)


def total_shortfall(point: Point, odds: Odds) -> float:
    return sum(max(odds.shortfall(point, limit), 0.0) for limit in odds.limits)


def why_not(points: Sequence[Point], nearest: Point, advice: Advice) -> str:
    odds = advice.odds
    broken = [limit for limit in odds.limits if odds.shortfall(nearest, limit) > 0] or list(odds.limits)
    bests = [f"{limit.gauge} was at best {best_of(points, limit)} ({limit} was asked)" for limit in broken]
    numbers = ", ".join(f"{limit.gauge} {shown_at(nearest, limit)}" for limit in odds.limits)
    read = [nearest.readings[limit.gauge].sure for limit in broken if limit.gauge in nearest.readings]
    sure = f" on the rows that compare, at {at_confidence(map(confidence_of, read))}" if read else ""
    return f"no candidate of {advice.candidates} keeps every limit{sure}: {'; '.join(bests)}. The nearest has {numbers}"


def best_of(points: Sequence[Point], limit: Limit) -> str:
    best = max(points, key=lambda point: limit.room(point.number(limit.gauge)))
    return shown_at(best, limit)


def shown_at(point: Point, limit: Limit) -> str:
    return show_amount(point.number(limit.gauge), find_gauge(limit.gauge).unit)


def what_gives(nearest: Point, advice: Advice) -> str:
    """For each limit that the nearest candidate would hardly be proven to keep, one that it probably would."""
    wishes = wishes_for(nearest, advice.odds.limits, advice)
    if not wishes:
        return (
            "the nearest candidate kept every limit while searching but not on unseen rows: loosen the tightest limit"
        )
    return in_words(wishes)


def wishes_for(point: Point, limits: Sequence[Limit], advice: Advice) -> list[Wish]:
    """What to ask instead of each of the limits that the candidate would hardly be proven to keep."""
    odds = advice.odds
    each = ENOUGH ** (1 / max(len(odds.limits), 1))  # so that all together are likely enough
    return [
        Wish(limit=limit, reached=odds.likely_bound(point, limit, each), constant=advice.baselines.get(limit.gauge))
        for limit in limits
        if odds.chance_of(point, limit) < each
    ]


def closest_readings(point: Point, advice: Advice) -> tuple[Reading, ...]:
    """The nearest candidate's numbers: readings with intervals, and forecasts for costs, named as such."""
    unread = [limit for limit in advice.odds.limits if limit.gauge not in point.readings]
    return (
        *with_baselines(list(point.readings.values()), advice.baselines),
        *forecasts(point, unread, advice),
    )


def forecasts(point: Point, limits: Sequence[Limit], advice: Advice) -> tuple[Reading, ...]:
    """What is known of the limited gauges that were not judged: readings of the search, else forecasts."""
    found = []
    for limit in limits:
        number, unit = point.number(limit.gauge), find_gauge(limit.gauge).unit
        known = Reading(gauge=limit.gauge, value=number, low=number, high=number, unit=unit, how="forecast")
        found.append(point.readings.get(limit.gauge, known))
    return tuple(with_baselines(found, advice.baselines))
