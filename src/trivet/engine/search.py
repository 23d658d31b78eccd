"""The search: starters first, then trials that aim at whatever limit is still violated.

Counts work units, never seconds, and decides by trial number, never by order of arrival: the same recipe and data
always visit the same candidates, with any number of workers, and after any number of interruptions.  The clock may end
it between two candidates; a search with as many units as that one had spent ends at the same candidate.
At the end, guards are widened where a better candidate lacks nothing but a guard's proof.
Sampler: Optuna's tree-structured Parzen estimator (multi-objective, Ozaki et al. 2020), one constraint per limit.
"""

import dataclasses
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from trivet.core.extras import need
from trivet.core.limits import Limit
from trivet.core.passes import Range, Size
from trivet.core.registry import find_gauge, parse_step
from trivet.core.routes import Route

from .chance import ENOUGH, Odds, Point

_BATCH = 4  # trials asked for at once; fixed, so that the number of workers changes nothing
_SURE_ENOUGH = 0.95  # chance of being proven at which a search without a better idea stops

_GIVE_UP = 2  # failures in a row after which a route is no longer proposed to help a limit

_ROUNDING = 1e-9  # units added up in another order differ in the last digits
_MOST_WIDENED = 3  # candidates whose guards are widened

Evaluate = Callable[[Sequence[Route]], list[Point | None]]
"""A point or None for each route, in order; fewer than routes when the clock ended the search."""


@dataclasses.dataclass(kw_only=True)
class Search:
    """Visits routes until a candidate is likely to be proven, or the units are spent.

    main: the quality gauge that decides among candidates that keep all limits.  size: what one run costs.
    most_widened: trials that widen guards; an earlier search may have been ended within them.
    """

    routes: Sequence[Route]
    odds: Odds
    main: str
    size: Size
    units: float
    seed: int
    evaluate: Evaluate
    most_widened: int | None = None
    points: list[Point] = dataclasses.field(default_factory=list)
    trials: int = 0
    spent: float = 0.0
    widened: int = 0
    is_over: bool = False

    def run(self) -> list[Point]:
        """All points seen, in the order of their trials."""
        self.look_around()
        spent = self.spent
        self.widen_guards()
        self.spent = spent  # widening is no part of what a lock counts in units
        return self.points

    def look_around(self) -> None:
        """Starters, then exploration, until a candidate is likely to be proven, or units or time are over."""
        starters = [route for route in self.routes if route.is_starter]
        seen = []
        for at in range(0, len(starters), _BATCH):
            batch = self.affordable(starters[at : at + _BATCH], keep_first=at == 0)
            seen += list(zip(batch, self.visit(batch)))
            if self.is_done() or self.is_over:
                return
        if any(route.vary for route in self.routes):
            self.explore(seen)

    def explore(self, seen: Sequence[tuple[Route, Point | None]]) -> None:
        """Trials proposed by the sampler, half of them on routes that help the violated limit."""
        sampler = Sampler(self.routes, self.odds, self.main, self.seed)
        for route, point in seen:
            sampler.learn(route, point)
        barren = 0
        while self.spent < self.units - _ROUNDING and not self.is_done() and barren < 8:
            proposals = sampler.propose(_BATCH, self.odds.violated(self.points))
            batch = self.affordable([route for _, route in proposals])
            before = len(self.points)
            points = dict(zip(batch, self.visit(batch)))
            for trial, route in proposals:
                if route in points:
                    sampler.tell(trial, route, points[route])
                else:
                    sampler.skip(trial)
            barren = barren + 1 if len(self.points) == before else 0
            if not batch or self.is_over:
                return

    def widen_guards(self) -> None:
        """For candidates that are better than the best likely one and lack only a guard's proof: wider guards."""
        sign = 1.0 if find_gauge(self.main).better == ">=" else -1.0
        likely = [sign * point.number(self.main) for point in self.points if self.odds.chance(point) >= ENOUGH]
        better = [p for p in self.points if sign * p.number(self.main) > max(likely, default=float("-inf"))]
        wanting = [p for p in better if self.odds.chance(p) < ENOUGH and self.lacks_only_a_guard(p)]
        for point in sorted(wanting, key=lambda p: (-sign * p.number(self.main), p.candidate))[:_MOST_WIDENED]:
            if self.is_likely_when_wider(point):
                return

    def is_likely_when_wider(self, point: Point) -> bool:
        """Visits the point's route with wider and wider guards; whether one of them is likely to be proven."""
        route = widened(Route(name=point.route, steps=point.steps, is_starter=False), self.odds.limits)
        while route is not None and not self.is_over:
            if self.most_widened is not None and self.widened >= self.most_widened:
                self.is_over = True
                return False
            found = self.visit([route])
            self.widened += len(found)
            if any(one is not None and self.odds.chance(one) >= ENOUGH for one in found):
                return True
            route = widened(route, self.odds.limits)
        return False

    def lacks_only_a_guard(self, point: Point) -> bool:
        """Whether every limit that no guard of the route serves is likely enough to be proven."""
        served = {gauge for step in point.steps for gauge in served_by_a_guard(step)}
        rest = [limit for limit in self.odds.limits if limit.base not in served]
        odds = dataclasses.replace(self.odds, limits=tuple(rest))
        return len(rest) < len(self.odds.limits) and odds.chance(point) >= ENOUGH

    def visit(self, batch: Sequence[Route]) -> list[Point | None]:
        found = self.evaluate(batch)
        self.is_over = self.is_over or len(found) < len(batch)
        self.trials += len(found)
        self.spent += sum(map(self.cost, batch[: len(found)]))
        known = {point.candidate for point in self.points}
        for point in found:
            if point is not None and point.candidate not in known:
                known.add(point.candidate)
                self.points.append(point)
        return found

    def affordable(self, batch: Sequence[Route], *, keep_first: bool = False) -> list[Route]:
        """The routes of the batch that the units left still pay for; the very first is always tried."""
        kept, left = [], self.units - self.spent
        for at, route in enumerate(batch):
            if self.cost(route) <= left + _ROUNDING or (keep_first and at == 0):
                kept.append(route)
                left -= self.cost(route)
        return kept

    def cost(self, route: Route) -> float:
        """Work units of one run of the route."""
        return sum(parse_step(step).units(self.size) for step in route.steps)

    def is_done(self) -> bool:
        """Whether some candidate is likely enough to be proven (with no limits: whether every starter has run)."""
        return bool(self.odds.limits) and any(self.odds.chance(point) >= _SURE_ENOUGH for point in self.points)


class Sampler:
    """Optuna, asked and told in order: two objectives (main gauge, file size), one constraint per limit."""

    def __init__(self, routes: Sequence[Route], odds: Odds, main: str, seed: int) -> None:
        self.optuna = need("optuna", for_="the search")
        self.optuna.logging.set_verbosity(self.optuna.logging.ERROR)
        self.routes = {route.name: route for route in routes if route.vary}
        self.odds, self.main = odds, main
        self.failures: Counter[str] = Counter()
        up = find_gauge(main).better == ">="
        self.worst = [-1e6 if up else 1e6, 1e9]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Optuna marks the options used here as experimental
            sampler = self.optuna.samplers.TPESampler(seed=seed, n_startup_trials=_BATCH, multivariate=False)
            self.study = self.optuna.create_study(
                directions=["maximize" if up else "minimize", "minimize"], sampler=sampler
            )

    def propose(self, count: int, violated: Limit | None) -> list[tuple[Any, Route]]:
        """Trials with their routes; every other one is steered to routes that help the violated limit."""
        helpful = [
            name
            for name, route in self.routes.items()
            if violated is not None and helps(route, violated) and self.failures[name] < _GIVE_UP
        ]
        proposals = []
        for at in range(count):
            if helpful and at % 2 == 0:
                turn = (len(self.study.trials) + at) % len(helpful)
                self.study.enqueue_trial({"route": helpful[turn]})
            trial = self.study.ask()
            proposals.append((trial, self.varied(trial)))
        return proposals

    def varied(self, trial: Any) -> Route:
        route = self.routes[trial.suggest_categorical("route", sorted(self.routes))]
        steps = tuple(
            str(self.vary(trial, route.name, step)) if parse_step(step).name in route.vary else step
            for step in route.steps
        )
        return Route(name=route.name, steps=steps, is_starter=False, vary=route.vary)

    def vary(self, trial: Any, route: str, step: str) -> Any:
        """The pass with every parameter that has a range chosen by the sampler."""
        thing = parse_step(step)
        chosen = {name: suggest(trial, f"{route}.{thing.name}.{name}", reach) for name, reach in thing.ranges().items()}
        return dataclasses.replace(thing, **chosen)  # type: ignore[type-var]

    def tell(self, trial: Any, route: Route, point: Point | None) -> None:
        """The outcome of a visited route; one that failed counts as far from every limit, so that it is not sought."""
        self.failures[route.name] = 0 if point is not None else self.failures[route.name] + 1
        for limit in self.odds.limits:
            trial.set_constraint(str(limit), 10.0 if point is None else self.odds.shortfall(point, limit))
        self.study.tell(trial, self.worst if point is None else [point.number(self.main), point.costs["size"]])

    def skip(self, trial: Any) -> None:
        """A route that the units left do not pay for says nothing."""
        self.study.tell(trial, state=self.optuna.trial.TrialState.FAIL)

    def learn(self, route: Route, point: Point | None) -> None:
        """A starter's outcome, as a trial that the sampler did not propose."""
        if point is None or route.name not in self.routes:
            return
        self.study.enqueue_trial({"route": route.name, **self.defaults(route)})
        trial = self.study.ask()
        self.varied(trial)
        self.tell(trial, route, point)

    def defaults(self, route: Route) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for step in route.steps:
            thing = parse_step(step)
            if thing.name in route.vary:
                found |= {f"{route.name}.{thing.name}.{name}": getattr(thing, name) for name in thing.ranges()}
        return found


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


def helps(route: Route, limit: Limit) -> bool:
    """Whether the last pass of the route that says anything of the limit's gauge, or of its family, helps it."""
    gauge = find_gauge(limit.gauge)
    wanted = {limit.base, gauge.family, *(("latency",) if "latency" in limit.base else ())}
    passes = [parse_step(step) for step in route.steps]
    last = next((one for one in reversed(passes) if wanted & {*one.helps, *one.costs}), None)
    return last is not None and bool(wanted & set(last.helps))


def suggest(trial: Any, name: str, reach: Range) -> Any:
    """One parameter's value from the sampler."""
    if reach.among:
        return trial.suggest_categorical(name, list(reach.among))
    if reach.whole:
        return trial.suggest_int(name, int(reach.low), int(reach.high), log=reach.log)
    return round(trial.suggest_float(name, reach.low, reach.high, log=reach.log), 6)
