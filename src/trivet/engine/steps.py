"""Runs what a search asks for, each step once: passes, readings and importance, from the ledger or a worker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from trivet.core.candidate import Candidate
from trivet.core.domains import Route
from trivet.core.reading import Reading, reading_from_json
from trivet.core.registry import find_gauge, parse_step
from trivet.core.rows import Dataset
from trivet.core.task import Task
from trivet.core.value import digest_of
from trivet.runtime.errors import BadFile
from trivet.runtime.program import Program
from trivet.storage.objects import candidate_from_bytes, candidate_to_bytes, rows_to_bytes
from trivet.storage.store import Store

from .chance import Point
from .deadline import Deadline
from .forecast import forecast
from .plan import applies
from .pool import JobCut, JobFailed, Pool
from .provenance import code_id

_FORMAT = "1"  # of step keys: raise it when the meaning of a key changes
_MOST_IMPORTANT = 100  # columns whose importance the file tells
IMPORTANCE, REFIT = "importance", "refit: "  # how a lock calls it, and how it begins the name of a refit's step


State = tuple[Mapping[str, str], list[str]]
"""({candidate and rows: digest}, notes) after a step."""


@dataclass(frozen=True, kw_only=True)
class Steps:
    """The work of one build.  cut: beginnings of routes that are given up, from a lock or because they took too long.

    gauges: what every candidate is measured by.
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

    @cached_property
    def start(self) -> dict[str, str]:
        """Digests of the blank candidate, which every route begins with, and of the rows; all are now in the store."""
        rows = {name: getattr(self.dataset, name) for name in ("fit", "tune", "choose")}
        candidate = self.store.put(candidate_to_bytes(self.blank))
        return {"candidate": candidate, **{name: self.store.put(rows_to_bytes(part)) for name, part in rows.items()}}

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
        clock = Deadline() if whatever_the_clock else self.deadline
        try:
            done = self.walk(route.steps, clock)[-1][0]
            readings = self.measured(done["candidate"], self.start["choose"], self.gauges, clock)
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

    def walk(self, steps: Sequence[str], clock: Deadline, *, of: str = "") -> list[State]:
        """(work, notes) after each step.  of: "", or REFIT to begin with the rows of a refit."""
        states: list[State] = []
        work: Mapping[str, str] = self.start_of_refit if of else self.start
        for at, step in enumerate(steps):
            result = self.stepped(of + " | ".join(steps[: at + 1]), step, work, steps[:at].count(step), clock)
            work = result["work"]
            states.append((work, result["notes"]))
        return states

    def refit(self, point: Point) -> list[State]:
        """(work, notes) after each step of the point's route, fitted on the rows that compared candidates, too.

        Raises JobFailed when a step fails, JobCut when there is no time left for it.
        """
        whole = REFIT + " | ".join(point.steps)
        if whole in self.cut:
            raise JobFailed("given up: there was no time for it")
        return self.walk(point.steps, replace(self.deadline, gives_up=self.deadline.refit_ends), of=REFIT)

    def notes(self, point: Point) -> list[list[str]]:
        """The notes of each step of the route."""
        return [notes for _, notes in self.walk(point.steps, Deadline())]

    def stepped(self, beginning: str, step: str, work: Mapping[str, str], turn: int, clock: Deadline) -> dict[str, Any]:
        """The result of one step; a step that has spent its own budget fails, and is remembered for the lock."""
        if beginning in self.cut:
            raise JobFailed("given up: it takes longer than its share of the time")
        seed = self.seed_for(step, turn)
        key = digest_of([_FORMAT, "step", step, parse_step(step).version, dict(work), seed, code_id()])
        try:
            job = {"do": "step", "step": step, "work": dict(work), "seed": seed}
            return self.pool.once(key, job, until=clock.gives_up, longest=clock.longest_step)
        except JobCut as cut:
            if not cut.is_own:
                raise
            self.cut.add(beginning)
            raise JobFailed(f"{step}: {cut}") from cut

    def seed_for(self, step: str, turn: int) -> int:
        """From the recipe's seed, the step's text and how often that text came before: never from position."""
        return int(digest_of([self.seed, step, turn])[:12], 16)

    def measurable(self, candidate: Candidate) -> list[str]:
        """Those of the gauges that can be read off this candidate; none while it cannot answer yet."""
        try:
            can_answer = Program(candidate.parts).decoder is not None
        except BadFile:
            return []  # no reader yet, or a body in a workshop kind
        return [name for name in self.gauges if can_answer and applies(name, candidate.sketch)]

    def measured(self, candidate: str, rows: str, gauges: Sequence[str], clock: Deadline) -> dict[str, Reading]:
        """The readings of the gauges, by name."""
        versions = [find_gauge(name).version for name in gauges]
        key = digest_of([_FORMAT, "measure", gauges, versions, candidate, rows, code_id()])
        job = {"do": "measure", "candidate": candidate, "rows": rows, "gauges": list(gauges), "sure": 0.95}
        result = self.pool.once(key, job, until=clock.gives_up)
        return {data["gauge"]: reading_from_json(data) for data in result["readings"]}

    def lineage(self, point: Point, notes: Sequence[Sequence[str]]) -> tuple[dict[str, Any], ...]:
        """For each step of the route: the readings wherever its candidate can already answer, and the given notes."""
        line = []
        for step, (work, _), said in zip(point.steps, self.walk(point.steps, Deadline()), notes):
            gauges = self.measurable(self.candidate(work["candidate"]))
            rows = self.start["choose"]
            readings = self.measured(work["candidate"], rows, gauges, Deadline()) if gauges else {}
            values = {gauge: float(f"{reading.value:.6g}") for gauge, reading in readings.items()}
            line.append({"step": step, "readings": values, "notes": list(said)})
        return tuple(line)

    def importance(self, point: Point) -> list[Any]:
        """Permutation importance of each column; empty when it would take longer than a step may."""
        if IMPORTANCE in self.cut:
            return []
        rows = self.start["choose"]
        key = digest_of([_FORMAT, "importance", point.candidate, rows, self.main, self.seed, code_id()])
        job = {"do": "importance", "candidate": point.candidate, "rows": rows, "gauge": self.main, "seed": self.seed}
        try:
            result: list[Any] = self.pool.once(key, job, until=self.deadline.explains_until)["importance"]
        except JobCut:
            self.cut.add(IMPORTANCE)
            return []
        return result[:_MOST_IMPORTANT]
