"""The engine: from a recipe to a certified file, or an honest no.

read -> examine and split -> plan -> search -> refit and judge -> pack.  Every finished step is in the store under a key
made of everything it depends on, so an interrupted build goes on where it stopped and ends with the same body.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from trivet.core.recipe import Recipe
from trivet.data.intake import Intake
from trivet.data.split.vault import Opening, Vault
from trivet.storage.disk import Storage
from trivet.storage.register import Register, state_folder
from trivet.storage.store import Store

from .aim import Aim
from .certify import Certifier
from .chance import Odds
from .deadline import Deadline
from .dossier import Writer
from .ending import Ending, told_of
from .machine import memory_share
from .openings import Openings
from .outcome import Certified, Infeasible, stand_ins
from .pack import overhead
from .plan import Plan
from .pool import Pool
from .prepare import Prepared, prepare
from .progress import Progress
from .search import Search
from .steps import Steps
from .visits import Visits

_PATIENCE_SHARE = 0.25  # of the work units may be spent without a clearly better candidate
_SLACK_BYTES = 400  # readings in the final manifest may be a few digits longer than in the forecast


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
    state: str | Path | None = None,
) -> Certified | Infeasible:
    """The best file that keeps every limit of the recipe, or why there is none.

    source: rows given in Python instead of recipe.data.source.  store: folder that remembers finished steps.
    threads: worker processes; the result does not depend on it.  storage: for tests that make the disk fail.
    best_effort: an Infeasible brings the nearest file along.  before: called once the rows are read, may refuse.
    memory: bytes that one step may take; None for a share of the machine's.
    retry_failed: also try again the steps that failed in an earlier build as they would fail again.
    state: folder of the register that counts the openings of vaults; None for the user's, see `state_folder`.
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
    openings = Openings.of(Register(state_folder(state), storage), recipe, prepared.intake)
    memory = memory_share(threads) if memory is None else memory
    with (
        Store.opened(store, storage) as opened,
        Pool(opened, threads, memory=memory, retry=retry_failed, hear=progress.inside) as pool,
    ):
        opened.note("build-began", at=datetime.now(UTC).isoformat(timespec="seconds"))
        build = Build(
            prepared=prepared, store=opened, pool=pool, storage=storage, progress=progress, openings=openings,
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
    openings: Openings
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
        odds = Odds(limits=plan.recipe.limits, n_vault=len(vault), looks=self.looks_in_search)
        writer = Writer(
            intake=intake, plan=plan, constant=self.prepared.constant, notices=self.prepared.told.notices
        )  # fmt: skip
        steps = self.steps()
        bare = overhead(steps.blank, writer.blank(), stand_ins(odds.limits, odds.n_vault)) + _SLACK_BYTES
        self.progress.stage("searching")
        search = self.search(odds, steps, bare)
        course = search.run()
        self.progress.stage("judging")
        certifier = Certifier(
            steps=steps, writer=replace(writer, course=course), odds=odds, vault=vault, openings=self.openings,
            storage=self.storage, told=told_of(self.prepared, search, steps, self.progress), began=self.began,
            overhead=bare,
        )  # fmt: skip
        return Ending(
            prepared=self.prepared, search=search, certifier=certifier, best_effort=self.best_effort
        ).outcome()  # fmt: skip

    @property
    def looks_in_search(self) -> int:
        """The number of builds on the vault that the search reckons with.

        As for a first build, so that it visits the same candidates whatever was built before.  But one that ends at the
        first candidate that will do has to know what will do; then the lock tells it.
        """
        recipe = self.plan.recipe
        if not recipe.stop_when_proven:
            return 1
        return self.openings.expected if recipe.lock is None else recipe.lock.looks

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

    def search(self, odds: Odds, steps: Steps, bare: int) -> Search:
        """The search that visits its routes with this build's workers.  bare: bytes of a file besides its parts."""
        routes, recipe = self.plan.routes, self.plan.recipe
        if self.prepared.floor is not None:
            routes = tuple(replace(route, vary=()) for route in routes if route.is_starter)
        visits = Visits(steps=steps, pool=self.pool, progress=self.progress, overhead=bare, began=self.began)
        return Search(
            routes=routes,
            odds=odds,
            aim=Aim(gauge=self.plan.aim),
            size=self.plan.size,
            units=self.plan.units if recipe.lock is None else recipe.lock.units,
            patience=_PATIENCE_SHARE * self.plan.units,  # of the plan: with a lock, too, a search ends as it did before
            seed=recipe.seed,
            stops_when_proven=recipe.stop_when_proven,
            was_late=recipe.lock is not None and recipe.lock.late,
            evaluate=visits.evaluate,
            told=visits.tell,
        )
