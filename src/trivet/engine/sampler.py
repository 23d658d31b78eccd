"""What the search tries next: Optuna's proposals, steered towards routes that promise something.

Sampler: tree-structured Parzen estimator (multi-objective, Ozaki et al. 2020): the aim, then the size of the file, with
one constraint per limit.
"""

import dataclasses
import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from trivet.core.extras import need
from trivet.core.limits import Limit
from trivet.core.passes import Range
from trivet.core.registry import find_gauge, parse_step
from trivet.core.routes import Route

from .aim import Aim
from .chance import EXACT, Odds, Point

BATCH = 4  # trials asked for at once; fixed, so that the number of workers changes nothing
_STRIDE = 0.2  # standard deviation of a move, as a share of the parameter's range
_GIVE_UP = 2  # failures in a row after which the search is not steered to a route any more


class Sampler:
    """Optuna, asked and told in order: two objectives (the aim, the file's size), one constraint per limit."""

    def __init__(self, routes: Sequence[Route], odds: Odds, aim: Aim, seed: int) -> None:
        self.optuna = need("optuna", for_="the search")
        self.optuna.logging.set_verbosity(self.optuna.logging.ERROR)
        self.routes = {route.name: route for route in routes if route.vary}
        self.odds, self.objectives = odds, tuple(dict.fromkeys((aim.gauge, EXACT)))
        self.rng, self.turn = np.random.default_rng(seed), 0
        self.chosen: dict[str, Any] = {}  # candidate -> the trial that led to it
        self.failures: Counter[str] = Counter()
        up = [find_gauge(gauge).better == ">=" for gauge in self.objectives]
        self.worst = [-1e9 if is_up else 1e9 for is_up in up]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Optuna marks the options used here as experimental
            sampler = self.optuna.samplers.TPESampler(seed=seed, n_startup_trials=BATCH, multivariate=False)
            self.study = self.optuna.create_study(
                directions=["maximize" if is_up else "minimize" for is_up in up], sampler=sampler
            )

    def propose(self, promising: Sequence[str], near: Sequence[Point] = ()) -> list[tuple[Any, Route]]:
        """BATCH trials with their routes; every other one is steered to one of the promising routes, in turn.

        near: the best point of each of these routes, best first, once limits are likely to hold.  Then of four trials
        one goes to a promising route, one is made near the best point, one near one of the best in turn, one is free.
        """
        open_ones = [name for name in promising if name in self.routes and self.failures[name] < _GIVE_UP]
        known = [point for point in near if point.candidate in self.chosen]
        proposals = []
        for at in range(BATCH):
            if known and at in (1, 2):
                point = known[0] if at == 1 else known[self.turn % len(known)]
                self.study.enqueue_trial(self.moved(point))
            elif open_ones and at % 2 == 0:
                self.study.enqueue_trial({"route": open_ones[self.turn % len(open_ones)]})
                self.turn += 1
            trial = self.study.ask()
            proposals.append((trial, self.varied(trial)))
        return proposals

    def moved(self, point: Point) -> dict[str, Any]:
        """The parameters of a visited point, each a little way off."""
        trial = self.chosen[point.candidate]
        return {name: self.step_from(value, trial.distributions[name]) for name, value in trial.params.items()}

    def step_from(self, here: Any, reach: Any) -> Any:
        """A parameter near this one, inside its range; a choice among few stays as it is."""
        if isinstance(reach, self.optuna.distributions.CategoricalDistribution):
            return here
        turned, back = (np.log, np.exp) if reach.log else (float, float)
        low, high = turned(reach.low), turned(reach.high)
        there = back(np.clip(self.rng.normal(turned(here), _STRIDE * (high - low)), low, high))
        return min(max(type(here)(round(there, 6) if isinstance(here, float) else round(there)), reach.low), reach.high)

    def that_help(self, limit: Limit) -> list[str]:
        """The routes with a pass that helps the limit."""
        return [name for name, route in self.routes.items() if helps(route, limit)]

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
        if point is not None:
            self.chosen.setdefault(point.candidate, trial)
        for limit in self.odds.limits:
            trial.set_constraint(str(limit), 10.0 if point is None else self.odds.shortfall(point, limit))
        self.study.tell(trial, self.worst if point is None else [point.number(gauge) for gauge in self.objectives])

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
