"""From the candidates of a search to its outcome: finalists in their fixed order, the lock, the honest no."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from trivet.core.lock import Lock
from trivet.core.units import show_duration

from .certify import Certifier, Tried
from .chance import Odds, Point
from .frontier import finalists, why_this_one
from .infeasible import Advice, broken_when_judged, explain, nearest_point
from .outcome import Certified, Infeasible, Told
from .pack import Finalist
from .prepare import Prepared
from .progress import Progress
from .search import Search
from .steps import Steps


@dataclass(frozen=True, kw_only=True)
class Ending:
    """What the outcome of one build is found with.  best_effort: an honest no brings the nearest file along."""

    prepared: Prepared
    search: Search
    certifier: Certifier
    best_effort: bool

    @property
    def known(self) -> Lock | None:
        """How far an earlier build of this recipe came, where the recipe says so."""
        return self.prepared.plan.recipe.lock

    def outcome(self) -> Certified | Infeasible:
        """The first finalist that is proven; else the one that comes nearest without a broken limit; else a no."""
        order = self.order()
        tried = self.judged_in_turn(order)
        proven = [one for one in tried if one.is_proven]
        unbroken = sorted((one for one in tried if not one.is_broken), key=lambda one: one.on_the_wrong_side)
        if proven or unbroken:
            return self.with_lock((proven or unbroken)[0], order)
        return self.honest_no(tried, order)

    def order(self) -> list[Point]:
        """The finalists, in the order in which they are judged; of an earlier build, the one that it shipped."""
        order = finalists(self.search.points, self.odds, self.search.aim)
        return order if self.known is None else order[self.known.ships :][:1]

    @property
    def odds(self) -> Odds:
        """At the level of this build.  The search itself reckons as for a first build, so that it repeats anywhere."""
        looks = self.certifier.openings.expected if self.known is None else self.known.looks
        return replace(self.search.odds, looks=looks)

    def judged_in_turn(self, order: Sequence[Point]) -> list[Tried]:
        """The finalists up to the first that is proven, as far as the clock allows."""
        points, odds, aim = self.search.points, self.odds, self.search.aim
        tried: list[Tried] = []
        for point in order:
            left = inf if self.known is not None else self.certifier.steps.deadline.seconds_left()
            if tried and left < tried[-1].seconds:
                break
            why = why_this_one(point, points, odds, aim, [one.finalist.point.route for one in tried])
            tried.append(self.certifier.judge(point, points, why=why))
            if tried[-1].is_proven:
                break
        return tried

    def with_lock(self, tried: Tried, order: Sequence[Point]) -> Certified:
        """The file of a finalist, with the lock by which it can be made again."""
        if tried.file is None:
            raise ValueError("a finalist that has not seen the vault has no file")
        return self.certifier.with_lock(tried.file, tried.finalist, self.lock(tried.finalist, order))

    def lock(self, shipped: Finalist, order: Sequence[Point]) -> Lock:
        """How far this build went, so that it can be made again."""
        if self.known is not None:
            return self.known
        places = [at for at, point in enumerate(order) if point is shipped.point]
        return Lock(
            units=self.search.spent,
            late=self.search.is_over,
            ships=places[0] if places else 0,
            looks=self.odds.looks if self.looks_decide(order) else 1,
            cut=tuple(sorted(self.certifier.steps.cut)),
            control=shipped.look if shipped.proven else None,
        )

    def looks_decide(self, order: Sequence[Point]) -> bool:
        """Whether the number of this build on its rows had a say in what ships."""
        if self.search.stops_when_proven:
            return True
        return list(map(id, order)) != list(map(id, finalists(self.search.points, self.search.odds, self.search.aim)))

    def honest_no(self, tried: Sequence[Tried], order: Sequence[Point]) -> Certified | Infeasible:
        """Why there is no file; with best effort, the nearest file comes along, and says itself what it breaks."""
        points, odds, plan = self.search.points, self.odds, self.prepared.plan
        seconds = time.monotonic() - self.certifier.began
        advice = Advice(
            odds=odds, main=plan.main, baselines=self.prepared.baselines, candidates=self.search.trials
        )  # fmt: skip
        if tried:
            no = broken_when_judged(tried[0], advice, seconds=seconds)
        else:
            no = explain(points, advice, self.prepared.floor, seconds=seconds)
        no = replace(no, told=self.certifier.told)
        if not self.best_effort or not points:
            return no
        nearest = tried[0] if tried else None
        if nearest is None or nearest.file is None:
            point = nearest_point(points, odds) if nearest is None else nearest.finalist.point
            why = f"nothing keeps every limit; this candidate is the nearest: {no.why}"
            nearest = self.certifier.judge(point, points, why=why, in_full=True)
        file = self.with_lock(nearest, order)
        return file if file.is_proven else replace(no, file=file)


def told_of(prepared: Prepared, search: Search, steps: Steps, progress: Progress) -> Told:
    """What was told, which steps failed, and that the clock ended the search if it did."""
    failed = f"{steps.what_failed}; `trivet log {steps.store.folder}` shows why" if steps.what_failed else ""
    told = replace(prepared.told, failed=failed)
    if not search.is_over or prepared.plan.recipe.lock is not None:
        return told
    late = told_late(search, prepared.plan.recipe.seconds)
    progress.note(late)
    return replace(told, notices=(*told.notices, late))


def told_late(search: Search, seconds: float) -> str:
    """How far the search came before the clock ended it."""
    seen = f"{search.trials} candidate{'' if search.trials == 1 else 's'}"
    return (
        f"the search ended with its time ({show_duration(seconds)} in all) after {seen}, "
        f"{search.spent:.3g} of {search.units:.3g} work units; the lock in the file says so, "
        "and more --time may find better"
    )
