"""From the candidates of a search to its outcome: finalists in their fixed order, the lock, the honest no."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from trivet.core.recipe import Lock
from trivet.core.units import show_duration

from .certify import Certifier, Tried
from .frontier import FINALISTS, finalists, why_this_one
from .infeasible import Advice, broken_on_vault, explain, nearest_point
from .outcome import Certified, Infeasible, Told
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
        tried, judged = self.judged_in_turn()
        proven = [one for one in tried if one.file.is_proven]
        unbroken = sorted((one for one in tried if not one.is_broken), key=lambda one: one.on_the_wrong_side)
        if proven or unbroken:
            best = (proven or unbroken)[0]
            return self.certifier.with_lock(best, self.lock(judged, best))
        return self.honest_no(tried, judged)

    def judged_in_turn(self) -> tuple[list[Tried], int | None]:
        """The finalists up to the first that is proven; and how many, where the clock allowed no more."""
        points, odds, aim = self.search.points, self.search.odds, self.search.aim
        most = FINALISTS if self.known is None or self.known.finalists is None else self.known.finalists
        tried: list[Tried] = []
        for turn, point in enumerate(finalists(points, odds, aim)[:most]):
            left = inf if self.known is not None else self.certifier.steps.deadline.seconds_left()
            if tried and left < tried[-1].seconds:
                return tried, len(tried)
            why = why_this_one(point, points, odds, aim, [one.finalist.point.route for one in tried])
            tried.append(self.certifier.judge(point, points, turn, why=why))
            if tried[-1].file.is_proven:
                break
        return tried, None

    def lock(self, judged: int | None, shipped: Tried) -> Lock:
        """How far this build went, so that it can be made again."""
        if self.known is not None:
            return self.known
        return Lock(
            units=self.search.spent,
            widened=self.search.widened if self.search.is_over else None,
            finalists=judged,
            cut=tuple(sorted(self.certifier.steps.cut)),
            control=1 if shipped.finalist.proven else None,
        )

    def honest_no(self, tried: Sequence[Tried], judged: int | None) -> Certified | Infeasible:
        """Why there is no file; with best effort, the nearest file comes along, and says itself what it breaks."""
        points, odds, plan = self.search.points, self.search.odds, self.prepared.plan
        seconds = time.monotonic() - self.certifier.began
        advice = Advice(
            odds=odds, main=plan.main, baselines=self.prepared.baselines, candidates=self.search.trials
        )  # fmt: skip
        if tried:
            no = broken_on_vault(tried[0].file, advice, seconds=seconds)
        else:
            no = explain(points, advice, self.prepared.floor, seconds=seconds)
        no = replace(no, told=self.certifier.told)
        if not self.best_effort or not points:
            return no
        why = f"nothing keeps every limit; this candidate is the nearest: {no.why}"
        nearest = tried[0] if tried else self.certifier.judge(nearest_point(points, odds), points, 0, why=why)
        file = self.certifier.with_lock(nearest, self.lock(judged, nearest))  # judging may have cut, too
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
