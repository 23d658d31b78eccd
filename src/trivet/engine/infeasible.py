"""An honest no: which limit gives way, the closest that can be had, and what would have to change."""

from collections.abc import Sequence

from trivet.core.limits import Limit, Verdict
from trivet.core.reading import Reading
from trivet.core.registry import find_gauge
from trivet.core.task import Task
from trivet.core.units import show_amount
from trivet.core.value import value
from trivet.runtime.container import encode
from trivet.storage.objects import task_to_json

from .chance import Odds, Point
from .outcome import Certified, Infeasible, shown


@value
class Floor:
    """A proof that a limit cannot be kept by any candidate."""

    limit: Limit
    why: str


def size_floor(limits: Sequence[Limit], task: Task) -> Floor | None:
    """The size limit that even a file without any model would break; None when there is none."""
    least = len(encode({"task": task_to_json(task), "limits": [limit.as_json() for limit in limits]}, {}, {}))
    for limit in limits:
        if limit.gauge == "size" and limit.must == "<=" and limit.bound < least:
            why = (
                f"{limit} cannot be kept: the names of the {len(task.inputs)} columns and the limits "
                f"alone take {show_amount(least, 'B')}"
            )
            return Floor(limit=limit, why=why)
    return None


def explain(
    points: Sequence[Point], odds: Odds, main: str, floor: Floor | None, *, tried: int, seconds: float
) -> Infeasible:
    """Why no candidate keeps every limit, with the nearest one and a bound that could be kept."""
    if not points:
        limit = odds.limits[0] if odds.limits else Limit(gauge=main, must=">=", bound=0.0)
        return Infeasible(
            limit=limit,
            closest=(),
            route="",
            why=f"none of {tried} candidates could be built; the ledger says why for each",
            next_step="see the notes with --json, or give more rows",
            candidates=tried,
            seconds=seconds,
        )
    nearest = max(points, key=lambda point: (odds.chance(point), -total_shortfall(point, odds)))
    nearest = nearest if odds.chance(nearest) > 0 else min(points, key=lambda point: total_shortfall(point, odds))
    worst = max(odds.limits, key=lambda limit: odds.shortfall(nearest, limit))
    limit = floor.limit if floor is not None else worst
    reason = f"{floor.why}; " if floor is not None else ""
    return Infeasible(
        limit=limit,
        closest=closest_readings(nearest, odds),
        route=nearest.route,
        why=reason + why_not(points, nearest, odds, tried),
        next_step=what_gives(points, nearest, odds),
        candidates=tried,
        seconds=seconds,
    )


def broken_on_vault(best: Certified, *, tried: int, seconds: float) -> Infeasible:
    """Why the most promising finalist does not keep every limit on rows it never saw."""
    broken = [one for one in best.judged if one.verdict is Verdict.BROKEN]
    facts = "; ".join(f"{one.limit.gauge} is {shown(one.reading)}, {one.limit} was asked" for one in broken)
    bounds = " and ".join(
        f"{one.limit.gauge} {one.limit.must} {round_towards(one.limit.worst(one.reading), one.limit)}" for one in broken
    )
    return Infeasible(
        limit=broken[0].limit,
        closest=tuple(one.reading for one in best.judged),
        route=best.route,
        why=f"on unseen rows, the most promising of {tried} candidates misses: {facts}",
        next_step=f"allow {bounds}, or give more time or more rows",
        candidates=tried,
        seconds=seconds,
    )


def total_shortfall(point: Point, odds: Odds) -> float:
    return sum(max(odds.shortfall(point, limit), 0.0) for limit in odds.limits)


def why_not(points: Sequence[Point], nearest: Point, odds: Odds, tried: int) -> str:
    broken = [limit for limit in odds.limits if odds.shortfall(nearest, limit) > 0] or list(odds.limits)
    bests = [f"{limit.gauge} was at best {best_of(points, limit)} ({limit} was asked)" for limit in broken]
    numbers = ", ".join(f"{limit.gauge} {shown_at(nearest, limit)}" for limit in odds.limits)
    return f"no candidate of {tried} keeps every limit: {'; '.join(bests)}. The nearest has {numbers}"


def best_of(points: Sequence[Point], limit: Limit) -> str:
    best = max(points, key=lambda point: limit.room(point.number(limit.gauge)))
    return shown_at(best, limit)


def shown_at(point: Point, limit: Limit) -> str:
    return show_amount(point.number(limit.gauge), find_gauge(limit.gauge).unit)


def what_gives(points: Sequence[Point], nearest: Point, odds: Odds) -> str:
    """For each limit that the nearest candidate breaks, a bound that it would probably be proven to keep."""
    relaxed = []
    for limit in odds.limits:
        if odds.shortfall(nearest, limit) > 0:
            sign = -1 if limit.must == ">=" else 1
            reached = nearest.number(limit.gauge) + sign * 1.2 * odds.half_width(nearest, limit)
            relaxed.append(f"{limit.gauge} {limit.must} {round_towards(reached, limit)}")
    if not relaxed:
        return (
            "the nearest candidate kept every limit while searching but not on unseen rows: loosen the tightest limit"
        )
    return f"allow {' and '.join(relaxed)}, or give more time or more rows"


def round_towards(reached: float, limit: Limit) -> str:
    unit = find_gauge(limit.gauge).unit
    return show_amount(reached, unit) if unit else f"{reached:.3f}"


def closest_readings(point: Point, odds: Odds) -> tuple[Reading, ...]:
    """The nearest candidate's numbers: readings with intervals, and forecasts for costs, named as such."""
    found = list(point.readings.values())
    for limit in odds.limits:
        if limit.gauge not in point.readings:
            number = point.number(limit.gauge)
            unit = find_gauge(limit.gauge).unit
            found.append(Reading(gauge=limit.gauge, value=number, low=number, high=number, unit=unit, how="forecast"))
    return tuple(found)
