"""The plan: everything is checked and forecast before the first expensive step.

All complaints come at once: unknown names, limits that no route can measure or keep, libraries that are not installed.
"""

from collections.abc import Sequence
from dataclasses import replace

from trivet.core.candidate import Sketch
from trivet.core.errors import BadLimit, MissingExtra, NotApplicable, TrivetError, raise_all
from trivet.core.gauges import Gauge
from trivet.core.limits import Limit
from trivet.core.passes import Pass, Size
from trivet.core.recipe import AUTO, Recipe
from trivet.core.registry import find_gauge, find_goal, parse_step, usable
from trivet.core.routes import Route
from trivet.core.shares import usual_shares
from trivet.core.task import Task
from trivet.core.value import value

from .measure import can_measure
from .routes import accepts, routes_for, sketch_of
from .wishes import check_wishes

# Share of the time budget that the search may spend; the rest is for reading, the doctor and the judge.
SEARCH_SHARE = 0.7
_JUDGE_SECONDS, _JUDGE_SECONDS_PER_ROW = 3.0, 2.5e-4  # of one finalist: 2 to 3 s for 3,400 rows, 8 s for 23,000
_COST_SECONDS = 4.0  # more where a latency is limited, which is measured in twenty fresh processes
_JUDGE_SHARE = 0.5  # of the time is the most that is kept for the judge


@value
class Plan:
    """What will run.  routes: complete lines of passes, all checked.  units: work units the search may spend.

    gauges: what is measured of every candidate.  aim: the gauge that decides among candidates that keep all limits.
    main: the quality gauge to show first, which is the aim if that is one of quality.
    seconds, judging, memory: forecast of the whole build, of its judge, and in bytes, for the number of workers it was
    made for and the speed of this machine.
    """

    recipe: Recipe
    task: Task
    routes: tuple[Route, ...]
    size: Size
    gauges: tuple[str, ...]
    aim: str
    main: str
    units: float
    seconds: float
    judging: float
    memory: float


def make_plan(recipe: Recipe, task: Task, *, rows: int, threads: int, speed: float = 1.0) -> Plan:
    """The plan for this many rows in all; raises every complaint at once.

    speed: of this machine, 1 for the one that work units were measured on; it changes forecasts only.
    """
    size = Size(rows=int(rows * usual_shares(rows)[0]), columns=len(task.inputs), scores=task.n_scores)
    errors: list[TrivetError] = []
    routes = checked_routes(recipe, task, size, errors)
    sketches = [sketch_of(route, task) for route in routes]
    check_limits(recipe.limits, sketches, errors)
    for text in (*recipe.measure, *([recipe.aim] if recipe.aim else ())):
        check_measurable(find_gauge(text), sketches, errors)
    check_extras(routes, errors)
    raise_all(errors)
    units = recipe.seconds * SEARCH_SHARE
    starters = shared_units([route for route in routes if route.is_starter], size)
    return Plan(
        recipe=recipe,
        task=task,
        routes=routes,
        size=size,
        gauges=gauges_of(recipe, task),
        aim=aim_of(recipe, task),
        main=main_gauge(recipe, task),
        units=units,
        # Reading, judging, workers: 5 to 11 s; 23,000 x 14 held 470 MB in all (bench/compile_stages.py, 2026-11).
        seconds=min((8 + 1e-4 * rows + min(units, starters) / threads) / speed, recipe.seconds),
        judging=min(judge_seconds(recipe, rows) / speed, _JUDGE_SHARE * recipe.seconds),
        memory=2e8 * (1 + threads) + 500 * rows * len(task.inputs),
    )


def judge_seconds(recipe: Recipe, rows: int) -> float:
    """Seconds that the judge of one finalist takes on the reference machine."""
    is_timed = any("latency" in find_gauge(limit.gauge).needs_probes for limit in recipe.limits)
    return _JUDGE_SECONDS + _JUDGE_SECONDS_PER_ROW * rows + (_COST_SECONDS if is_timed else 0.0)


def shared_units(routes: Sequence[Route], size: Size) -> float:
    """Work units of all routes together; a beginning that routes share runs once."""
    beginnings = {route.steps[:end] for route in routes for end in range(1, len(route.steps) + 1)}
    return sum(parse_step(steps[-1]).units(size) for steps in sorted(beginnings))


def checked_routes(recipe: Recipe, task: Task, size: Size, errors: list[TrivetError]) -> tuple[Route, ...]:
    """Collected routes, or the recipe's own steps, with what the limits ask for added; refused ones are left out."""
    own = Route(name="recipe", steps=recipe.steps)
    offered, refusals = routes_for(task, size) if recipe.steps == AUTO else ((own,), [])
    kept = []
    for route in offered:
        try:
            done = completed(route, task, recipe.limits)
            sketch_of(done, task)
            kept.append(done)
        except TrivetError as refusal:
            refusals.append(refusal)
    if not kept:
        errors.extend({str(refusal): refusal for refusal in refusals}.values())
    return tuple(kept)


def completed(route: Route, task: Task, limits: Sequence[Limit]) -> Route:
    """The route with the passes added that serve a limited gauge, unless they are there or refuse the candidate."""
    steps, vary = route.steps, route.vary
    wanted = {limit.base for limit in limits}
    kind: type[Pass]
    for name, kind in usable("pass").items():
        if wanted & set(kind.serves) and name not in {parse_step(step).name for step in steps}:
            addition = kind.for_limits(limits)
            if accepts((str(addition),), sketch_of(replace(route, steps=steps), task)):
                steps, vary = (*steps, str(addition)), (*vary, name) if vary else ()
    return replace(route, steps=steps, vary=vary)


def check_limits_alone(limits: Sequence[Limit]) -> None:
    """Refuses limits that need no look at any table to be refused; all at once."""
    errors: list[TrivetError] = []
    check_wishes(limits, errors)
    raise_all(errors)


def check_limits(limits: Sequence[Limit], routes: Sequence[Sketch], errors: list[TrivetError]) -> None:
    """Every limit can be measured on some route, and its bound can be reached at all."""
    for limit in limits:
        gauge = find_gauge(limit.gauge)
        check_measurable(gauge, routes, errors)
        if (limit.bound > gauge.most) if limit.must == ">=" else (limit.bound < gauge.least):
            errors.append(
                BadLimit(
                    "limit-range",
                    wanted=f"a bound for {limit.gauge} between {gauge.least:g} and {gauge.most:g}",
                    found=str(limit),
                    do=f"choose a bound that can be reached; see `trivet explain {limit.base}`",
                )
            )


def check_measurable(gauge: Gauge, routes: Sequence[Sketch], errors: list[TrivetError]) -> None:
    """Complains, with the reason of the first route, when no route makes what the gauge can measure."""
    if routes and not any(can_measure(gauge, sketch) for sketch in routes):
        try:
            gauge.applies(routes[0])
        except NotApplicable as complaint:
            errors.append(complaint)


def check_extras(routes: Sequence[Route], errors: list[TrivetError]) -> None:
    """One complaint for each library that some route needs and that is not installed."""
    seen: dict[str, MissingExtra] = {}
    for route in routes:
        for step in route.steps:
            for error in parse_step(step).missing():
                seen.setdefault(error.wanted.partition(",")[0], error)
    errors.extend(seen.values())


def aim_of(recipe: Recipe, task: Task) -> str:
    """What the recipe says; else the first limited quality gauge, else the usual one for the goal."""
    return recipe.aim or main_gauge(recipe, task)


def main_gauge(recipe: Recipe, task: Task) -> str:
    """The aim if it is one of quality; else the first limited quality gauge, else the usual one for the goal."""
    for gauge in ([recipe.aim] if recipe.aim else []) + [limit.gauge for limit in recipe.limits]:
        if find_gauge(gauge).family == "quality":
            return gauge
    return find_goal(task.goal).main_gauge(task)


def gauges_of(recipe: Recipe, task: Task) -> tuple[str, ...]:
    """What every candidate is measured by: main gauge, aim and limited gauges, but for costs, which are forecast."""
    wanted = [main_gauge(recipe, task), aim_of(recipe, task), *(limit.gauge for limit in recipe.limits)]
    return tuple(dict.fromkeys(gauge for gauge in wanted if find_gauge(gauge).family != "cost"))
