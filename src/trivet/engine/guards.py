"""Guards with an easier promise: what is tried for a candidate that lacks nothing but a guard's proof."""

import dataclasses
from collections.abc import Sequence

from trivet.core.limits import Limit
from trivet.core.registry import parse_step
from trivet.core.routes import Route

from .chance import ENOUGH, Odds, Point


def lacks_only_a_guard(point: Point, odds: Odds) -> bool:
    """Whether every limit that no guard of the route serves is likely enough to be proven."""
    served = {gauge for step in point.steps for gauge in served_by_a_guard(step)}
    rest = tuple(limit for limit in odds.limits if limit.base not in served)
    return len(rest) < len(odds.limits) and dataclasses.replace(odds, limits=rest).chance(point) >= ENOUGH


def served_by_a_guard(step: str) -> tuple[str, ...]:
    """The gauges that a step can be widened for; none for most steps."""
    thing = parse_step(step)
    return thing.serves if thing.widened() is not None else ()


def widened(route: Route, limits: Sequence[Limit]) -> Route | None:
    """The route with each guard that serves a limit one notch wider; None when none can be widened."""
    wanted = {limit.base for limit in limits}
    wider = {
        step: str(thing)
        for step in route.steps
        if wanted & set(served_by_a_guard(step)) and (thing := parse_step(step).widened()) is not None
    }
    steps = tuple(wider.get(step, step) for step in route.steps)
    return dataclasses.replace(route, steps=steps) if wider else None
