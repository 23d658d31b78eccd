"""An honest no: which limit gives way, the closest that can be had, and what would have to change."""

from collections.abc import Mapping, Sequence

from trivet.core.limits import Limit, Verdict
from trivet.core.reading import Reading
from trivet.core.registry import find_gauge
from trivet.core.units import show_amount
from trivet.core.value import value
from trivet.kit.constant import with_baselines

from .chance import Odds, Point
from .outcome import Certified, Infeasible, shown
from .wishes import Floor


@value
class Advice:
    """What an honest no is made from.  baselines: {quality gauge: what a constant answer reaches}."""

    odds: Odds
    main: str
    baselines: Mapping[str, float]
    candidates: int

    def bound(self, limit: Limit, reached: float) -> str | None:
        """E.g. "auroc >= 0.871"; None for a bound that a constant answer would keep as well."""
        unit = find_gauge(limit.gauge).unit
        baseline = self.baselines.get(limit.gauge)
        if baseline is not None and (reached <= baseline if limit.must == ">=" else reached >= baseline):
            return None
        return f"{limit.gauge} {limit.must} {show_amount(reached, unit) if unit else f'{reached:.3f}'}"

    def in_words(self, wanted: Sequence[tuple[Limit, float]]) -> str:
        """What to allow, for limits with the values that would be kept."""
        bounds = [(limit, self.bound(limit, reached)) for limit, reached in wanted]
        said = [bound for _, bound in bounds if bound is not None]
        hopeless = [limit for limit, bound in bounds if bound is None]
        allow = f"allow {' and '.join(said)}, or " if said and not hopeless else ""
        beyond = "".join(
            f"no bound on {limit.gauge} that asks more than a constant answer "
            f"({show_amount(self.baselines[limit.gauge], limit.unit)}) would be kept; "
            for limit in hopeless
        )
        return f"{beyond}{allow}give more time, more rows or better columns"


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


def broken_on_vault(best: Certified, advice: Advice, *, seconds: float) -> Infeasible:
    """Why the most promising finalist does not keep every limit on rows it never saw."""
    broken = [one for one in best.judged if one.verdict is Verdict.BROKEN]
    facts = "; ".join(f"{one.limit.gauge} is {shown(one.reading)}, {one.limit} was asked" for one in broken)
    return Infeasible(
        limit=broken[0].limit,
        closest=tuple(one.reading for one in best.judged),
        route=best.route,
        why=f"on unseen rows, the most promising of {advice.candidates} candidates misses: {facts}",
        next_step=advice.in_words([(one.limit, one.limit.worst(one.reading)) for one in broken]),
        candidates=advice.candidates,
        seconds=seconds,
    )


def total_shortfall(point: Point, odds: Odds) -> float:
    return sum(max(odds.shortfall(point, limit), 0.0) for limit in odds.limits)


def why_not(points: Sequence[Point], nearest: Point, advice: Advice) -> str:
    odds = advice.odds
    broken = [limit for limit in odds.limits if odds.shortfall(nearest, limit) > 0] or list(odds.limits)
    bests = [f"{limit.gauge} was at best {best_of(points, limit)} ({limit} was asked)" for limit in broken]
    numbers = ", ".join(f"{limit.gauge} {shown_at(nearest, limit)}" for limit in odds.limits)
    return f"no candidate of {advice.candidates} keeps every limit: {'; '.join(bests)}. The nearest has {numbers}"


def best_of(points: Sequence[Point], limit: Limit) -> str:
    best = max(points, key=lambda point: limit.room(point.number(limit.gauge)))
    return shown_at(best, limit)


def shown_at(point: Point, limit: Limit) -> str:
    return show_amount(point.number(limit.gauge), find_gauge(limit.gauge).unit)


def what_gives(nearest: Point, advice: Advice) -> str:
    """For each limit that the nearest candidate breaks, a bound that it would probably be proven to keep."""
    relaxed = []
    for limit in advice.odds.limits:
        if advice.odds.shortfall(nearest, limit) > 0:
            sign = -1 if limit.must == ">=" else 1
            relaxed.append((limit, nearest.number(limit.gauge) + sign * 1.2 * advice.odds.half_width(nearest, limit)))
    if not relaxed:
        return (
            "the nearest candidate kept every limit while searching but not on unseen rows: loosen the tightest limit"
        )
    return advice.in_words(relaxed)


def closest_readings(point: Point, advice: Advice) -> tuple[Reading, ...]:
    """The nearest candidate's numbers: readings with intervals, and forecasts for costs, named as such."""
    found = list(point.readings.values())
    for limit in advice.odds.limits:
        if limit.gauge not in point.readings:
            number = point.number(limit.gauge)
            unit = find_gauge(limit.gauge).unit
            found.append(Reading(gauge=limit.gauge, value=number, low=number, high=number, unit=unit, how="forecast"))
    return with_baselines(found, advice.baselines)
