"""The engine: from a recipe to a certified file, or an honest no.

read -> examine and split -> plan -> search -> judge -> pack.  Every finished step is in the store under a key made of
everything it depends on, so an interrupted build goes on where it stopped and ends with the same body.
"""

import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from trivet.core.candidate import Candidate
from trivet.core.domains import Route
from trivet.core.limits import Verdict
from trivet.core.reading import Reading, reading_from_json
from trivet.core.recipe import Recipe
from trivet.core.registry import find_gauge, parse_step
from trivet.core.units import show_amount
from trivet.core.value import digest_of
from trivet.data.intake import Intake, take_in
from trivet.data.vault import Opening, Vault
from trivet.kit.answer_tables import answer_tables
from trivet.kit.forecast import forecast
from trivet.kit.provenance import code_id, libraries, this_machine
from trivet.kit.self_test import self_test
from trivet.runtime.container import decode
from trivet.runtime.errors import BadFile
from trivet.runtime.program import Program
from trivet.storage.disk import Storage
from trivet.storage.objects import candidate_from_bytes, candidate_to_bytes, rows_to_bytes
from trivet.storage.store import Store

from .chance import Odds, Point
from .frontier import finalists, frontier
from .infeasible import broken_on_vault, explain, size_floor
from .judge import level, measure_all, trial_of, try_file, verdicts
from .outcome import Certified, Infeasible, Judged
from .pack import Dossier, exact_size, overhead, pack
from .plan import Plan, applies, make_plan
from .pool import JobFailed, Pool
from .progress import Progress
from .search import Search

_FORMAT = "1"  # of step keys: raise it when the meaning of a key changes
_MOST_IMPORTANT = 100  # columns whose importance the file tells
_SLACK_BYTES = 400  # readings in the final manifest may be a few digits longer than in the forecast


def compile_recipe(
    recipe: Recipe,
    source: Any = None,
    *,
    store: Path,
    threads: int = 1,
    progress: Progress | None = None,
    storage: Storage | None = None,
) -> Certified | Infeasible:
    """The best file that keeps every limit of the recipe, or why there is none.

    source: rows given in Python instead of recipe.data.source.  store: folder that remembers finished steps.
    threads: worker processes; the result does not depend on it.  storage: for tests that make the disk fail.
    Raises TrivetError for a wrong recipe, unreadable data or a missing library, before anything is fitted.
    """
    progress = progress or Progress()
    storage = storage or Storage()
    progress.stage("reading")
    intake = take_in(recipe, source)
    plan = make_plan(recipe, intake.task, rows=intake.n_rows, threads=threads)
    with Store.opened(store, storage) as opened, Pool(opened, threads) as pool:
        outcome = Build(intake=intake, plan=plan, store=opened, pool=pool, storage=storage, progress=progress).run()
    progress.close()
    return outcome


@dataclass(frozen=True, kw_only=True)
class Build:
    """One build under way: the plan, and where its effects go."""

    intake: Intake
    plan: Plan
    store: Store
    pool: Pool
    storage: Storage
    progress: Progress

    def run(self) -> Certified | Infeasible:
        """Search, then judge the finalists in their fixed order."""
        began = time.monotonic()
        vault = Vault(self.intake.vault, log=self.log_opening)
        odds = Odds(limits=self.plan.recipe.limits, n_vault=len(vault))
        floor = size_floor(odds.limits, self.intake.task)
        if floor is not None:
            self.progress.note(floor.why)
        self.progress.stage("searching")
        search = self.search(odds, starters_only=floor is not None)
        points = search.run()
        self.progress.stage("judging")
        last = finalists(points, odds, self.plan.main)
        tried: list[Certified] = []
        for turn, point in enumerate(last):
            tried.append(self.judge(point, points, odds, vault, turn, began))
            if tried[-1].is_proven:
                return tried[-1]
        unbroken = [file for file in tried if all(one.verdict is not Verdict.BROKEN for one in file.judged)]
        if unbroken:
            return unbroken[0]
        seconds = time.monotonic() - began
        if tried:
            return broken_on_vault(tried[0], tried=search.trials, seconds=seconds)
        return explain(points, odds, self.plan.main, floor, tried=search.trials, seconds=seconds)

    def log_opening(self, opening: Opening) -> None:
        self.store.note("vault-opened", by=opening.by, digest=opening.digest, rows=opening.n_rows)

    @property
    def blank(self) -> Candidate:
        """The candidate that every route begins with."""
        return Candidate(task=self.intake.task, parts={})

    @cached_property
    def start(self) -> dict[str, str]:
        """Digests of the blank candidate and of the rows, which are now in the store."""
        rows = {name: getattr(self.intake.dataset, name) for name in ("fit", "tune", "choose")}
        candidate = self.store.put(candidate_to_bytes(self.blank))
        return {"candidate": candidate, **{name: self.store.put(rows_to_bytes(part)) for name, part in rows.items()}}

    def search(self, odds: Odds, *, starters_only: bool) -> Search:
        routes = self.plan.routes
        if starters_only:
            routes = tuple(replace(route, vary=()) for route in routes if route.is_starter)
        bare = overhead(self.blank, self.dossier((), (), None, {}), self.expected(odds)) + _SLACK_BYTES
        search = Search(
            routes=routes,
            odds=odds,
            main=self.plan.main,
            size=self.plan.size,
            units=self.plan.units,
            seed=self.plan.recipe.seed,
            evaluate=lambda batch: self.evaluate(batch, self.start, bare, search),
        )
        return search

    def expected(self, odds: Odds) -> tuple[Judged, ...]:
        """Stand-ins of realistic length for verdicts that are not known yet."""
        blank = {"value": 0.123456789012345, "low": 0.123456789012345, "high": 0.123456789012345, "n": odds.n_vault}
        return tuple(
            Judged(
                limit=limit,
                reading=Reading(gauge=limit.gauge, how="stratified bootstrap", **blank),  # type: ignore[arg-type]
                verdict=Verdict.UNPROVEN,
            )
            for limit in odds.limits
        )

    def evaluate(
        self, batch: Sequence[Route], work: Mapping[str, str], bare: int, search: Search
    ) -> list[Point | None]:
        """A point for each route; None where a pass failed, with a note in the ledger."""
        found = []
        for at, point in enumerate(self.pool.map(lambda route: self.visit(route, work, bare), batch), 1):
            found.append(point)
            seen = [*search.points, *(p for p in found if p is not None)]
            part = sum(map(search.cost, batch[:at]))
            self.progress.done(min((search.spent + part) / search.units, 1.0), self.best_so_far(seen, search.odds))
        return found

    def best_so_far(self, points: Sequence[Point], odds: Odds) -> str:
        if not points:
            return "no candidate yet"
        best = max(points, key=odds.chance)
        unit = find_gauge(self.plan.main).unit
        value = show_amount(best.number(self.plan.main), unit)
        size = show_amount(best.costs["size"], "B")
        return f"{len(points)} candidates, best {self.plan.main} {value} in {size}"

    def visit(self, route: Route, work: Mapping[str, str], bare: int) -> Point | None:
        try:
            done = self.walk(route.steps, work)[-1][0]
            readings = self.measured(done["candidate"], work["choose"], self.plan.gauges)
        except JobFailed as failure:
            self.store.note("route-failed", route=route.name, steps=list(route.steps), why=str(failure))
            return None
        candidate = candidate_from_bytes(self.store.get(done["candidate"]))
        return Point(
            route=route.name,
            steps=route.steps,
            candidate=done["candidate"],
            readings=readings,
            costs=forecast(candidate, overhead=bare),
        )

    def walk(self, steps: Sequence[str], work: Mapping[str, str]) -> list[tuple[Mapping[str, str], list[str]]]:
        """(work, notes) after each step."""
        states: list[tuple[Mapping[str, str], list[str]]] = []
        for at, step in enumerate(steps):
            seed = self.seed_for(step, steps[:at].count(step))
            version = parse_step(step).version
            key = digest_of([_FORMAT, "step", step, version, dict(work), seed, code_id()])
            result = self.pool.once(key, {"do": "step", "step": step, "work": dict(work), "seed": seed})
            work = result["work"]
            states.append((work, result["notes"]))
        return states

    def seed_for(self, step: str, turn: int) -> int:
        """From the recipe's seed, the step's text and how often that text came before: never from position."""
        return int(digest_of([self.plan.recipe.seed, step, turn])[:12], 16)

    def measurable(self, candidate: Candidate) -> list[str]:
        """Those of the plan's gauges that can be read off this candidate; none while it cannot answer yet."""
        try:
            can_answer = Program(candidate.parts).pipeline is not None
        except BadFile:
            return []  # no reader yet, or a body in a workshop kind
        return [name for name in self.plan.gauges if can_answer and applies(name, candidate.sketch)]

    def measured(self, candidate: str, rows: str, gauges: Sequence[str]) -> dict[str, Reading]:
        """The readings of the gauges, by name, from the ledger or a worker."""
        versions = [find_gauge(name).version for name in gauges]
        key = digest_of([_FORMAT, "measure", gauges, versions, candidate, rows, code_id()])
        job = {"do": "measure", "candidate": candidate, "rows": rows, "gauges": list(gauges), "sure": 0.95}
        result = self.pool.once(key, job)
        return {data["gauge"]: reading_from_json(data) for data in result["readings"]}

    def judge(
        self, point: Point, points: Sequence[Point], odds: Odds, vault: Vault, turn: int, began: float
    ) -> Certified:
        """Packs the finalist, measures it on the vault in a clean process, and packs it again with the verdicts."""
        candidate = candidate_from_bytes(self.store.get(point.candidate))
        dossier = self.dossier(points, self.lineage(point), point, {"trials": len(points)})
        selftest = self_test(candidate, self.intake.dataset.fit)
        sizes = [limit.bound for limit in odds.limits if limit.gauge == "size"]
        cap = min(sizes, default=float("inf"))
        blank = self.expected(odds)
        draft = pack(candidate, dossier, blank, [one.reading for one in blank], {}, selftest, made={}, cap=cap)
        rows = vault.open(f"judge, finalist {turn + 1}: {point.route}")
        with tempfile.TemporaryDirectory(prefix="trivet-") as scratch:
            answers, costs = try_file(draft, rows, Path(scratch), self.storage)
        sure = level(min((limit.sure for limit in odds.limits), default=0.95), turn)
        trial = trial_of(candidate.task, rows, answers, costs)
        readings = measure_all(candidate, trial, sure=sure, wanted=[limit.gauge for limit in odds.limits])
        tables = answer_tables(candidate.task, answers, rows.answer, rows.weight, constant={})
        made = {
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": vars(this_machine()),
            "seconds": round(time.monotonic() - began, 1),
        }
        for _ in range(3):  # the stated size is part of the file it states; it settles at once
            judged = verdicts(odds.limits, readings)
            data = pack(candidate, dossier, judged, readings, tables, selftest, made=made, cap=cap)
            readings = tuple(exact_size(reading, len(data)) for reading in readings)
        return self.certified(data, verdicts(odds.limits, readings), readings, point, len(points), began)

    def certified(
        self,
        data: bytes,
        judged: tuple[Judged, ...],
        readings: tuple[Reading, ...],
        point: Point,
        candidates: int,
        began: float,
    ) -> Certified:
        contents = decode(data)
        return Certified(
            data=data,
            digest=contents.digest,
            body_digest=contents.body_digest,
            judged=judged,
            readings=readings,
            candidates=candidates,
            seconds=time.monotonic() - began,
            route=point.route,
        )

    def lineage(self, point: Point) -> tuple[dict[str, Any], ...]:
        """For each step of the route: its notes, and the readings wherever the candidate can already answer."""
        line = []
        for step, (work, notes) in zip(point.steps, self.walk(point.steps, self.start)):
            gauges = self.measurable(candidate_from_bytes(self.store.get(work["candidate"])))
            readings = self.measured(work["candidate"], self.start["choose"], gauges) if gauges else {}
            values = {gauge: float(f"{reading.value:.6g}") for gauge, reading in readings.items()}
            line.append({"step": step, "readings": values, "notes": notes})
        return tuple(line)

    def dossier(
        self,
        points: Sequence[Point],
        lineage: Sequence[Mapping[str, Any]],
        shipped: Point | None,
        build: Mapping[str, Any],
    ) -> Dossier:
        """Everything the file says about itself besides parts, readings and verdicts."""
        edge = frontier(points, [self.plan.main, "size"])
        kept = sorted({id(p): p for p in [*edge, *points[:24], *([shipped] if shipped else [])]}.values(), key=order)
        return Dossier(
            recipe=str(self.plan.recipe),
            lineage=lineage,
            frontier=[self.frontier_row(point, shipped) for point in kept],
            doctor=[finding.as_json() for finding in self.intake.findings],
            data=self.intake.describe(),
            importance=[] if shipped is None else self.importance(shipped),
            build={"seed": self.plan.recipe.seed, "units": self.plan.units, "libraries": libraries(), **build},
        )

    def frontier_row(self, point: Point, shipped: Point | None) -> dict[str, Any]:
        numbers = {gauge: [float(f"{x:.6g}") for x in (r.value, r.low, r.high)] for gauge, r in point.readings.items()}
        keeps = all(limit.room(point.number(limit.gauge)) >= 0 for limit in self.plan.recipe.limits)
        return {
            "route": point.route,
            "steps": list(point.steps),
            "readings": numbers,
            "keeps": keeps,
            "bytes": int(point.costs["size"]),
            "shipped": shipped is not None and point.candidate == shipped.candidate,
        }

    def importance(self, point: Point) -> list[Any]:
        """Permutation importance of each column, from the ledger or a worker."""
        rows = self.start["choose"]
        seed = self.plan.recipe.seed
        key = digest_of([_FORMAT, "importance", point.candidate, rows, self.plan.main, seed, code_id()])
        job = {"do": "importance", "candidate": point.candidate, "rows": rows, "gauge": self.plan.main, "seed": seed}
        result: list[Any] = self.pool.once(key, job)["importance"]
        return result[:_MOST_IMPORTANT]


def order(point: Point) -> tuple[float, str]:
    return point.costs["size"], point.candidate
