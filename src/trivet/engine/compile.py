"""The engine: from a recipe to a certified file, or an honest no.

read -> examine and split -> plan -> search -> judge -> pack.  Every finished step is in the store under a key made of
everything it depends on, so an interrupted build goes on where it stopped and ends with the same body.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from trivet.core.candidate import Candidate
from trivet.core.limits import Limit
from trivet.core.recipe import Lock, Recipe
from trivet.core.registry import find_gauge, find_goal
from trivet.core.routes import Route
from trivet.core.units import show_amount, show_duration
from trivet.core.value import value
from trivet.data.intake import Intake, take_in
from trivet.data.split.vault import Opening, Vault
from trivet.kit.constant import baselines, constant_in_words
from trivet.storage.disk import Storage
from trivet.storage.store import Store

from .certify import Certifier, Tried
from .chance import Odds, Point
from .deadline import Deadline
from .dossier import Writer
from .failure import JobCut
from .frontier import FINALISTS, finalists, why_this_one
from .infeasible import Advice, broken_on_vault, explain, nearest_point
from .machine import memory_share
from .machine_speed import machine_speed
from .outcome import Certified, Infeasible, Told, stand_ins
from .pack import bare_bytes, overhead
from .plan import Plan, check_limits_alone, make_plan
from .pool import Pool
from .progress import Progress
from .search import Search
from .steps import Steps
from .wishes import Floor, floor_for, floor_of, impossible

_SLACK_BYTES = 400  # readings in the final manifest may be a few digits longer than in the forecast


@value
class Prepared:
    """Everything that is known before the first expensive step.

    floor: a limit that no candidate can keep, or None.  constant: see `kit.constant`.  baselines: what the constant
    answer reaches in each limited quality gauge, on the rows that compare candidates.
    """

    intake: Intake
    plan: Plan
    floor: Floor | None
    constant: dict[str, Any]
    baselines: dict[str, float]
    told: Told

    @property
    def refusal(self) -> Infeasible | None:
        """The honest no that needs no search; None when there has to be one."""
        return None if self.floor is None else replace(impossible(self.floor), told=self.told)


def prepare(recipe: Recipe, source: Any = None, *, threads: int) -> Prepared | Infeasible:
    """Reads, examines, splits and plans; or the honest no that needs none of it.

    Raises TrivetError for whatever a build would refuse.
    """
    check_limits_alone(recipe.limits)
    floor = floor_of(recipe.limits)
    if floor is not None:
        return impossible(floor)
    intake = take_in(recipe, source)
    plan = make_plan(recipe, intake.task, rows=intake.n_rows, threads=threads, speed=machine_speed())
    constant = find_goal(intake.task.goal).constant(intake.task, intake.dataset.fit)
    rows = intake.dataset.choose
    found = baselines(intake.task, constant, rows, [limit.gauge for limit in recipe.limits])
    notices = kept_by_the_constant(recipe.limits, found, constant_in_words(intake.task, constant))
    blank = Writer(intake=intake, plan=plan, constant=constant, notices=()).blank()
    return Prepared(
        intake=intake,
        plan=plan,
        floor=floor_for(recipe.limits, intake.task, bare_bytes(Candidate(task=intake.task, parts={}), blank)),
        constant=constant,
        baselines=found,
        told=Told(findings=intake.findings, alerts=intake.alerts, notices=(*intake.notices, *notices)),
    )


def kept_by_the_constant(limits: Sequence[Limit], found: dict[str, float], words: str) -> tuple[str, ...]:
    """A notice for each limit that asks nothing of a model."""
    return tuple(
        f"the limit {limit} asks nothing of a model: {words} reaches {show_amount(found[limit.gauge], limit.unit)}"
        for limit in limits
        if limit.gauge in found and limit.room(found[limit.gauge]) >= 0
    )


def compile_recipe(
    recipe: Recipe,
    source: Any = None,
    *,
    store: Path,
    threads: int = 1,
    progress: Progress | None = None,
    storage: Storage | None = None,
    best_effort: bool = False,
    before: Callable[[Intake], None] | None = None,
    memory: float | None = None,
    retry_failed: bool = False,
) -> Certified | Infeasible:
    """The best file that keeps every limit of the recipe, or why there is none.

    source: rows given in Python instead of recipe.data.source.  store: folder that remembers finished steps.
    threads: worker processes; the result does not depend on it.  storage: for tests that make the disk fail.
    best_effort: an Infeasible brings the nearest file along.  before: called once the rows are read, may refuse.
    memory: bytes that one step may take; None for a share of the machine's.
    retry_failed: also try again the steps that failed in an earlier build as they would fail again.
    Raises TrivetError for a wrong recipe, unreadable data or a missing library, before anything is fitted.
    """
    began = time.monotonic()
    progress = progress or Progress()
    storage = storage or Storage()
    progress.stage("reading")
    prepared = prepare(recipe, source, threads=threads)
    if isinstance(prepared, Infeasible):
        progress.close()
        return prepared
    if before is not None:
        before(prepared.intake)
    prepared.told.tell(progress)
    refusal = prepared.refusal
    if refusal is not None and not best_effort:
        progress.close()
        return refusal
    memory = memory_share(threads) if memory is None else memory
    with (
        Store.opened(store, storage) as opened,
        Pool(opened, threads, memory=memory, retry=retry_failed, hear=progress.inside) as pool,
    ):
        opened.note("build-began", at=datetime.now(UTC).isoformat(timespec="seconds"))
        build = Build(
            prepared=prepared, store=opened, pool=pool, storage=storage, progress=progress,
            deadline=deadline_of(prepared, began), best_effort=best_effort, began=began,
        )  # fmt: skip
        outcome = build.run()
    progress.close()
    return outcome


def deadline_of(prepared: Prepared, began: float) -> Deadline:
    """The clock of the build; a lock says how far to go, whatever the clock."""
    recipe = prepared.plan.recipe
    if recipe.lock is not None:
        return Deadline()
    return Deadline.after(recipe.seconds, began=began, judging=prepared.plan.judging)


@dataclass(frozen=True, kw_only=True)
class Build:
    """One build under way: what was prepared, and where its effects go."""

    prepared: Prepared
    store: Store
    pool: Pool
    storage: Storage
    progress: Progress
    deadline: Deadline
    best_effort: bool
    began: float

    @property
    def plan(self) -> Plan:
        return self.prepared.plan

    def run(self) -> Certified | Infeasible:
        """Search, then judge the finalists in their fixed order."""
        intake, plan = self.prepared.intake, self.plan
        vault = Vault(intake.vault, log=self.log_opening)
        odds = Odds(limits=plan.recipe.limits, n_vault=len(vault))
        writer = Writer(intake=intake, plan=plan, constant=self.prepared.constant, notices=self.prepared.told.notices)
        steps = self.steps()
        self.progress.stage("searching")
        search = self.search(odds, steps, writer)
        points = search.run()
        self.progress.stage("judging")
        certifier = Certifier(
            steps=steps, writer=writer, odds=odds, vault=vault, storage=self.storage,
            told=self.told_of(search, steps), began=self.began,
        )  # fmt: skip
        return self.verdict(certifier, search, points)

    def steps(self) -> Steps:
        lock = self.plan.recipe.lock
        return Steps(
            task=self.prepared.intake.task,
            dataset=self.prepared.intake.dataset,
            gauges=self.plan.gauges,
            main=self.plan.main,
            seed=self.plan.recipe.seed,
            store=self.store,
            pool=self.pool,
            deadline=self.deadline,
            cut=set(lock.cut) if lock is not None else set(),
        )

    def log_opening(self, opening: Opening) -> None:
        self.store.note("vault-opened", by=opening.by, digest=opening.digest, rows=opening.n_rows)

    def search(self, odds: Odds, steps: Steps, writer: Writer) -> Search:
        routes = self.plan.routes
        if self.prepared.floor is not None:
            routes = tuple(replace(route, vary=()) for route in routes if route.is_starter)
        bare = overhead(steps.blank, writer.blank(), stand_ins(odds.limits, odds.n_vault)) + _SLACK_BYTES
        lock = self.plan.recipe.lock
        search = Search(
            routes=routes,
            odds=odds,
            main=self.plan.main,
            size=self.plan.size,
            units=self.plan.units if lock is None else lock.units,
            seed=self.plan.recipe.seed,
            most_widened=None if lock is None else lock.widened,
            evaluate=lambda batch: self.evaluate(batch, steps, bare, search),
        )
        return search

    def evaluate(self, batch: Sequence[Route], steps: Steps, bare: int, search: Search) -> list[Point | None]:
        """A point for each route, None where a pass failed; ends early, between two routes, when the time is over."""
        found: list[Point | None] = []
        first = not search.trials  # something has to be there to judge

        def visit(numbered: tuple[int, Route]) -> Point | JobCut | None:
            at, route = numbered
            is_first = first and at == 0
            if self.deadline.is_over() and not is_first:
                return JobCut()
            try:
                return steps.visit(route, bare, whatever_the_clock=is_first)
            except JobCut as cut:
                return cut

        for at, point in enumerate(self.pool.map(visit, list(enumerate(batch))), 1):
            if isinstance(point, JobCut):
                break  # what came after it in this batch does not count, so that the lock can say where it ended
            found.append(point)
            self.show(search, [p for p in found if p is not None], sum(map(search.cost, batch[:at])))
        return found

    def show(self, search: Search, fresh: Sequence[Point], spent: float) -> None:
        by_work = (search.spent + spent) / max(search.units, 1e-9)
        self.progress.done(
            min(max(by_work, self.deadline.share_passed(self.began)), 1.0),
            self.best_so_far([*search.points, *fresh], search.odds),
        )

    def best_so_far(self, points: Sequence[Point], odds: Odds) -> str:
        if not points:
            return "no candidate yet"
        best = max(points, key=odds.chance)
        unit = find_gauge(self.plan.main).unit
        value = show_amount(best.number(self.plan.main), unit)
        size = show_amount(best.costs["size"], "B")
        return f"{len(points)} candidates, best {self.plan.main} {value} in {size}"

    def told_of(self, search: Search, steps: Steps) -> Told:
        """What was told, which steps failed, and that the clock ended the search if it did."""
        failed = f"{steps.what_failed}; `trivet log {self.store.folder}` shows why" if steps.what_failed else ""
        told = replace(self.prepared.told, failed=failed)
        if not search.is_over or self.plan.recipe.lock is not None:
            return told
        late = self.told_late(search)
        self.progress.note(late)
        return replace(told, notices=(*told.notices, late))

    def told_late(self, search: Search) -> str:
        """How far the search came before the clock ended it."""
        seen = f"{search.trials} candidate{'' if search.trials == 1 else 's'}"
        return (
            f"the search ended with its time ({show_duration(self.plan.recipe.seconds)} in all) after {seen}, "
            f"{search.spent:.3g} of {search.units:.3g} work units; the lock in the file says so, "
            "and more --time may find better"
        )

    def verdict(self, certifier: Certifier, search: Search, points: Sequence[Point]) -> Certified | Infeasible:
        """The first finalist that is proven; else the one that comes nearest without a broken limit; else a no."""
        odds, main, known = certifier.odds, self.plan.main, self.plan.recipe.lock
        most = FINALISTS if known is None or known.finalists is None else known.finalists
        tried: list[Tried] = []
        judged = None
        for turn, point in enumerate(finalists(points, odds, main)[:most]):
            if known is None and tried and self.deadline.seconds_left() < tried[-1].seconds:
                judged = len(tried)
                break
            why = why_this_one(point, points, odds, main, [one.finalist.point.route for one in tried])
            tried.append(certifier.judge(point, points, turn, why=why))
            if tried[-1].file.is_proven:
                return certifier.with_lock(tried[-1], self.lock_of(search, certifier.steps, judged))
        unbroken = sorted((one for one in tried if not one.is_broken), key=lambda one: one.on_the_wrong_side)
        if unbroken:
            return certifier.with_lock(unbroken[0], self.lock_of(search, certifier.steps, judged))
        return self.honest_no(certifier, search, points, tried, judged)

    def lock_of(self, search: Search, steps: Steps, judged: int | None) -> Lock:
        """How far this build went, so that it can be made again."""
        if self.plan.recipe.lock is not None:
            return self.plan.recipe.lock
        return Lock(
            units=search.spent,
            widened=search.widened if search.is_over else None,
            finalists=judged,
            cut=tuple(sorted(steps.cut)),
        )

    def honest_no(
        self, certifier: Certifier, search: Search, points: Sequence[Point], tried: Sequence[Tried], judged: int | None
    ) -> Certified | Infeasible:
        """Why there is no file; with best effort, the nearest file comes along, and says itself what it breaks."""
        odds, seconds = certifier.odds, time.monotonic() - self.began
        advice = Advice(odds=odds, main=self.plan.main, baselines=self.prepared.baselines, candidates=search.trials)
        if tried:
            no = broken_on_vault(tried[0].file, advice, seconds=seconds)
        else:
            no = explain(points, advice, self.prepared.floor, seconds=seconds)
        no = replace(no, told=certifier.told)
        if not self.best_effort or not points:
            return no
        why = f"nothing keeps every limit; this candidate is the nearest: {no.why}"
        nearest = tried[0] if tried else certifier.judge(nearest_point(points, odds), points, 0, why=why)
        file = certifier.with_lock(nearest, self.lock_of(search, certifier.steps, judged))  # judging may have cut, too
        return file if file.is_proven else replace(no, file=file)
