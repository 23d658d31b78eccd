"""Runs what a search asks for, each step once: passes, readings and importance, from the ledger or a worker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from trivet.core.candidate import Candidate
from trivet.core.reading import Reading, reading_from_json
from trivet.core.registry import find_gauge, parse_step
from trivet.core.routes import Route
from trivet.core.rows import Dataset, Rows
from trivet.core.task import Task
from trivet.core.value import digest_of
from trivet.runtime.errors import BadFile
from trivet.runtime.program import Program
from trivet.storage.objects import candidate_from_bytes, candidate_to_bytes, rows_from_bytes, rows_to_bytes
from trivet.storage.store import Store

from .chance import Point
from .deadline import Deadline
from .failure import Failure, JobCut, JobFailed
from .forecast import forecast
from .keys import Keys
from .measure import can_measure
from .pool import Pool

_SURE = 0.95  # level of the intervals by which candidates are compared
_FEW = 3  # failed steps that are named
_MOST_IMPORTANT = 100  # columns whose importance the file tells
MEASURE, IMPORTANCE = "measure", "importance"  # how ledger and lock call what is no step of a route
REFIT = "refit: "  # how a lock begins the name of a step that fits once more

State = tuple[Mapping[str, str], list[str]]
"""({candidate and rows: digest}, notes) after a step."""


@dataclass(frozen=True, kw_only=True)
class Steps:
    """The work of one build.  gauges: what every candidate is measured by.

    cut: beginnings of routes that are given up, from a lock or because they took too much time or memory.
    """

    task: Task
    dataset: Dataset
    gauges: Sequence[str]
    main: str
    seed: int
    store: Store
    pool: Pool
    deadline: Deadline
    cut: set[str] = field(default_factory=set)
    keys: Keys = field(default_factory=Keys)

    @cached_property
    def start(self) -> dict[str, str]:
        """Digests of the blank candidate, which every route begins with, and of the rows; all are now in the store."""
        candidate = self.store.put(candidate_to_bytes(self.blank))
        rows = {name: self.store.put(rows_to_bytes(part)) for name, part in self.dataset.splits.items()}
        return {"candidate": candidate, **rows}

    @cached_property
    def start_of_refit(self) -> dict[str, str]:
        """The same with the rows that compared candidates among those to fit on."""
        return {**self.start, "fit": self.store.put(rows_to_bytes(self.dataset.fit.and_(self.dataset.choose)))}

    def __post_init__(self) -> None:
        # Asked for now: threads that ask at the same time would each write all rows.
        _ = self.start

    @property
    def blank(self) -> Candidate:
        """The candidate without any part."""
        return Candidate(task=self.task, parts={})

    def visit(self, route: Route, overhead: int, *, whatever_the_clock: bool = False) -> Point | None:
        """The point that the route leads to; None where a pass fails, with a note in the ledger.

        Raises JobCut when the time of the search is over.  overhead: bytes of a file besides its parts.
        whatever_the_clock: runs to the end, so that there is something to judge.
        """
        clock = self.deadline.for_the_first() if whatever_the_clock else self.deadline
        try:
            done = self.walk(route.steps, clock)[-1][0]
            readings = self.measured(route.steps, done["candidate"], self.gauges, clock)
        except JobFailed as failure:
            self.store.note("route-failed", route=route.name, steps=list(route.steps), why=str(failure))
            return None
        return Point(
            route=route.name,
            steps=route.steps,
            candidate=done["candidate"],
            readings=readings,
            costs=forecast(self.candidate(done["candidate"]), overhead=overhead),
        )

    def candidate(self, digest: str) -> Candidate:
        """The candidate in the store."""
        return candidate_from_bytes(self.store.get(digest))

    def rows(self, digest: str) -> Rows:
        """The rows in the store."""
        return rows_from_bytes(self.store.get(digest))

    def walk(self, steps: Sequence[str], clock: Deadline, *, of: str = "") -> list[State]:
        """(work, notes) after each step.  of: "", or REFIT to begin with the rows of a refit."""
        states: list[State] = []
        work: Mapping[str, str] = self.start_of_refit if of else self.start
        for at, step in enumerate(steps):
            name = of + " | ".join(steps[: at + 1])
            result = self.stepped(name, step, work, steps[:at].count(step), clock)
            work = {**work, **result["work"]}
            states.append((work, result["notes"]))
        return states

    def refit(self, point: Point) -> list[State]:
        """(work, notes) after each step of the point's route, fitted on the rows that compared candidates, too.

        Raises JobFailed when a step fails, JobCut when there is no time left for it.
        """
        name = REFIT + " | ".join(point.steps)
        if name in self.cut:
            raise JobFailed(Failure(did=name, kind="time", why="given up: there was no time for it"))
        return self.walk(point.steps, replace(self.deadline, gives_up=self.deadline.refit_ends), of=REFIT)

    def stepped(self, name: str, step: str, work: Mapping[str, str], turn: int, clock: Deadline) -> dict[str, Any]:
        """The result of a step.  name: of the route up to it, as a lock calls it."""
        seed = self.seed_for(step, turn)
        seen = {part: work[part] for part in ("candidate", *parse_step(step).reads) if part in work}
        job = {"do": "step", "did": step, "step": step, "work": seen, "seed": seed}
        return self.unless_given_up(name, self.keys.step(step, work, seed), job, clock)

    def unless_given_up(self, name: str, key: str, job: dict[str, Any], clock: Deadline) -> dict[str, Any]:
        """The result of a job; one that fails for what the machine could not give is remembered for the lock."""
        if name in self.cut:
            why = "given up: it took too much time or memory, here or where the lock comes from"
            raise JobFailed(Failure(did=job["did"], kind="time", why=why))
        try:
            return self.pool.once(key, job, until=clock.gives_up, longest=clock.longest_step)
        except JobFailed as failed:
            if failed.failure.again:
                self.cut.add(name)
            raise

    def seed_for(self, step: str, turn: int) -> int:
        """From the recipe's seed, the step's text and how often that text came before: never from position."""
        return int(digest_of([self.seed, step, turn])[:12], 16)

    def measurable(self, candidate: Candidate) -> list[str]:
        """Those of the gauges that can be read off this candidate; none while it cannot answer yet."""
        try:
            can_answer = Program(candidate.parts).decoder is not None
        except BadFile:
            return []  # no reader yet, or a body in a workshop kind
        return [name for name in self.gauges if can_answer and can_measure(find_gauge(name), candidate.sketch)]

    def measured(
        self, steps: Sequence[str], candidate: str, gauges: Sequence[str], clock: Deadline
    ) -> dict[str, Reading]:
        """The readings of the gauges, by name, of the candidate that the steps lead to."""
        rows = self.start["choose"]
        found = {}
        for name in gauges:
            did = f"{MEASURE} {name}"
            job = {"do": MEASURE, "did": did, "candidate": candidate, "rows": rows, "gauge": name, "sure": _SURE}
            key = self.keys.reading(name, candidate, rows, sure=_SURE)
            found[name] = reading_from_json(self.unless_given_up(" | ".join([*steps, did]), key, job, clock)["reading"])
        return found

    def lineage(self, point: Point, notes: Sequence[Sequence[str]]) -> tuple[dict[str, Any], ...]:
        """For each step of the route: the readings wherever its candidate can already answer, and the given notes."""
        line = []
        for at, ((work, _), said) in enumerate(zip(self.walk(point.steps, Deadline()), notes), 1):
            readings = self.readings_on_the_way(point.steps[:at], work["candidate"])
            values = {gauge: float(f"{reading.value:.6g}") for gauge, reading in readings.items()}
            line.append({"step": point.steps[at - 1], "readings": values, "notes": list(said)})
        return tuple(line)

    def readings_on_the_way(self, steps: Sequence[str], candidate: str) -> dict[str, Reading]:
        """The readings of a candidate that is not finished; none where a gauge fails on it."""
        try:
            return self.measured(steps, candidate, self.measurable(self.candidate(candidate)), Deadline())
        except JobFailed:
            return {}

    def importance(self, point: Point) -> list[Any]:
        """Permutation importance of each column; empty when it fails, or would take longer than a step may."""
        if IMPORTANCE in self.cut:
            return []
        rows = self.start["choose"]
        key = self.keys.importance(self.main, point.candidate, rows, seed=self.seed)
        asked = {"candidate": point.candidate, "rows": rows, "gauge": self.main, "seed": self.seed}
        job = {"do": IMPORTANCE, "did": IMPORTANCE, **asked}
        try:
            result: list[Any] = self.pool.once(key, job, until=self.deadline.explains_until)["importance"]
        except (JobCut, JobFailed):
            self.cut.add(IMPORTANCE)
            return []
        return result[:_MOST_IMPORTANT]

    @property
    def what_failed(self) -> str:
        """Which steps failed, in a few words; "" when none did."""
        failed = sorted({failure.did for failure in self.pool.failed.values()})
        few = ", ".join(failed[:_FEW]) + (", ..." if len(failed) > _FEW else "")
        count = len(self.pool.failed)
        return f"{count} step{'' if count == 1 else 's'} failed: {few}" if count else ""
