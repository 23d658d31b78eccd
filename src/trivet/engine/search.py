"""The search: starters first, then trials; until limits are likely to hold they seek what is violated, then the aim.

Counts work units, never seconds, and decides by trial number, never by order of arrival: the same recipe and data
always visit the same candidates, with any number of workers, and after any number of interruptions.  The clock may end
it between two candidates; a search with as many units as that one had spent ends at the same candidate.
"""

import dataclasses
from collections.abc import Callable, Iterable, Sequence

from trivet.core.passes import Size
from trivet.core.registry import parse_step
from trivet.core.routes import Route

from .aim import Aim
from .chance import ENOUGH, SURE, Odds, Point
from .course import Course, Reached
from .sampler import BATCH, Sampler

_BARREN = 8  # batches without a new candidate after which the sampler has nothing to say
_PATIENCE_PER_ROUTE, _LEAST_PATIENCE = 2, 12  # trials without a clearly better candidate that are borne with
_FAVOURITES = 2  # routes to which every other trial is steered once limits are likely to hold

_ROUNDING = 1e-9  # units added up in another order differ in the last digits
_READING_UNITS = 0.05  # for the readings of one candidate, however much of its route has run before

_PROVEN, _SPENT = "a candidate is nearly sure to be proven", "the work units were spent"

Evaluate = Callable[[Sequence[Route]], Iterable[Point | None]]
"""A point or None for each route, in order; fewer than routes when the clock ended the search."""


@dataclasses.dataclass(kw_only=True)
class Search:
    """Visits routes until units or time are over, or nothing gets better any more.

    aim: decides among candidates that are likely to keep all limits.  size: what one run costs.
    patience: units that may be spent without a clearly better candidate.
    stops_when_proven: a candidate that is nearly sure to be proven ends the search.  told: called after each trial.
    was_late: whether the clock had ended the search that spent these units.
    """

    routes: Sequence[Route]
    odds: Odds
    aim: Aim
    size: Size
    units: float
    seed: int
    evaluate: Evaluate
    patience: float = 0.0
    stops_when_proven: bool = False
    was_late: bool = False
    told: Callable[["Search"], None] = lambda search: None
    points: list[Point] = dataclasses.field(default_factory=list)
    first: Reached | None = None
    best: Point | None = None
    better_at: int = 0
    spent_then: float = 0.0
    trials: int = 0
    spent: float = 0.0
    is_over: bool = False
    begun: set[tuple[str, ...]] = dataclasses.field(default_factory=set)

    def run(self) -> Course:
        """What the search did; the points seen are in `points`, in the order of their trials."""
        ended = self.look_around()
        if self.is_over or self.was_late:
            ended = "the time was over"
        return Course(aim=self.aim.gauge, units=self.spent, trials=self.trials, first=self.first, ended=ended)

    def look_around(self) -> str:
        """Starters, then exploration; says why it ended."""
        starters = [route for route in self.routes if route.is_starter]
        seen: list[tuple[Route, Point | None]] = []
        for at in range(0, len(starters), BATCH):
            batch = self.affordable(starters[at : at + BATCH], keep_first=at == 0)
            seen += list(zip(batch, self.visit(batch)))
            if self.is_done() or self.is_over:
                return _PROVEN
        if not any(route.vary for route in self.routes):
            return "every route was tried"
        return self.explore(seen)

    def explore(self, seen: Sequence[tuple[Route, Point | None]]) -> str:
        """Trials proposed by the sampler, until units or time are over or nothing gets clearly better; says which.

        In vain may be two trials for each route that can be varied, no less than it took to come this far, and no less
        than the units of patience.
        """
        sampler = Sampler(self.routes, self.odds, self.aim, self.seed)
        for route, point in seen:
            sampler.learn(route, point)
        least = max(_PATIENCE_PER_ROUTE * len(sampler.routes), _LEAST_PATIENCE)
        began, spent, barren = self.trials, self.spent, 0
        while True:
            # Units come last: with a lock they are over at this very candidate, whatever ended the search before.
            vain = self.trials - max(began, self.better_at)
            is_patient = self.spent - max(spent, self.spent_then) < self.patience or vain < max(least, self.better_at)
            if self.best is not None and not is_patient:
                return f"{vain} candidates without a clearly better one"
            if barren >= _BARREN:
                return "nothing new was left to try"
            if self.spent >= self.units - _ROUNDING:
                return _SPENT
            proposals = sampler.propose(*self.promising(sampler))
            batch = self.affordable([route for _, route in proposals])
            before = len(self.points)
            points = dict(zip(batch, self.visit(batch)))
            for trial, route in proposals:
                if route in points:
                    sampler.tell(trial, route, points[route])
                else:
                    sampler.skip(trial)
            barren = barren + 1 if len(self.points) == before else 0
            if self.is_done():
                return _PROVEN
            if not batch or self.is_over:
                return _SPENT

    def promising(self, sampler: Sampler) -> tuple[list[str], list[Point]]:
        """(routes, the best point of each): those that reach most among candidates that are likely to keep all limits.

        While there are none: (routes that help the violated limit, no points).
        """
        best: dict[str, Point] = {}
        for point in sorted(self.odds.likely(self.points), key=self.aim.height, reverse=True):
            if point.route in sampler.routes and len(best) < _FAVOURITES:
                best.setdefault(point.route, point)
        violated = None if best else self.odds.violated(self.points)
        return (list(best) if violated is None else sampler.that_help(violated)), list(best.values())

    def visit(self, batch: Sequence[Route]) -> list[Point | None]:
        """The points that the routes lead to; fewer when the clock ended the search."""
        found: list[Point | None] = []
        for route, point in zip(batch, self.evaluate(batch)):
            found.append(point)
            self.trials += 1
            self.spent += self.cost(route)
            self.begun |= beginnings(route)
            if point is not None and all(point.candidate != known.candidate for known in self.points):
                self.points.append(point)
                self.compare(point)
            self.told(self)
        self.is_over = self.is_over or len(found) < len(batch)
        return found

    def compare(self, point: Point) -> None:
        """Remembers the first candidate that is likely to be proven, and the last one that was clearly better."""
        if self.odds.chance(point) < ENOUGH:
            return
        if self.best is None:
            self.first = Reached.by(point, self.aim, trial=self.trials)
        if self.best is None or self.aim.height(point) > self.aim.height(self.best) + self.aim.noise(self.best):
            self.best, self.better_at, self.spent_then = point, self.trials, self.spent

    def affordable(self, batch: Sequence[Route], *, keep_first: bool = False) -> list[Route]:
        """The routes of the batch that the units left still pay for; the very first is always tried."""
        kept: list[Route] = []
        left, begun = self.units - self.spent, self.begun
        for at, route in enumerate(batch):
            cost = self.cost(route, begun)
            if cost <= left + _ROUNDING or (keep_first and at == 0):
                kept.append(route)
                left, begun = left - cost, begun | beginnings(route)
        return kept

    def cost(self, route: Route, begun: set[tuple[str, ...]] | None = None) -> float:
        """Work units of the route; beginnings that ran before (by default: in this search so far) cost nothing."""
        known = self.begun if begun is None else begun
        new = sorted(beginnings(route) - known)
        return _READING_UNITS + sum(parse_step(steps[-1]).units(self.size) for steps in new)

    def is_done(self) -> bool:
        """Whether a search that stops when proven may stop: some candidate is nearly sure to be proven."""
        return self.stops_when_proven and any(self.odds.chance(point) >= SURE for point in self.points)


def beginnings(route: Route) -> set[tuple[str, ...]]:
    """The steps of the route up to each of them."""
    return {route.steps[:end] for end in range(1, len(route.steps) + 1)}
