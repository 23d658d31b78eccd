"""Certifies finalists: packs each, has it judged on the vault in a clean process, and packs it with the verdicts."""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from math import inf
from pathlib import Path
from typing import Any

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, plain_trial
from trivet.core.limits import Verdict
from trivet.core.reading import Reading
from trivet.core.recipe import Lock
from trivet.core.rows import Rows
from trivet.data.split.row_sketch import row_sketch
from trivet.data.split.vault import Vault
from trivet.kit.constant import baselines, with_baselines
from trivet.runtime.file.caps import LARGE
from trivet.runtime.file.container import decode
from trivet.storage.disk import Storage

from .answer_tables import answer_tables
from .chance import Odds, Point
from .control import can_be_controlled, controlled, told_how
from .dossier import Writer
from .judge import level, try_file, verdicts
from .machine import this_machine
from .measure import gauges_for, readings_of, standard_gauges
from .outcome import Certified, Told, stand_ins
from .pack import SKETCH, Finalist, exact_size, pack
from .refit import shipped
from .self_test import self_test
from .steps import Steps


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A finalist that was judged, its file, and how long that took."""

    finalist: Finalist
    file: Certified
    seconds: float

    @property
    def is_broken(self) -> bool:
        """Whether some limit is surely not kept."""
        return any(one.verdict is Verdict.BROKEN for one in self.file.judged)

    @property
    def on_the_wrong_side(self) -> int:
        """How many limits its values do not keep, surely or not."""
        return sum(one.limit.room(one.reading.value) < 0 for one in self.file.judged)


@dataclass(frozen=True, kw_only=True)
class Certifier:
    """What every finalist of a build is certified with.  began: when the build began, by the monotonic clock.

    overhead: bytes of a file besides its parts.
    """

    steps: Steps
    writer: Writer
    odds: Odds
    vault: Vault
    storage: Storage
    told: Told
    began: float
    overhead: int

    def judge(self, point: Point, points: Sequence[Point], turn: int, *, why: str) -> Tried:
        """Refits and packs the finalist, measures it on the vault in a clean process, packs it with the verdicts."""
        start = time.monotonic()
        ships = shipped(point, self.steps, self.odds, overhead=self.overhead)
        candidate = self.steps.candidate(ships.candidate)
        finalist = Finalist(
            point=point,
            candidate=candidate,
            dossier=self.writer.of(point, points, self.steps, ships, why=why + ships.in_words),
            selftest=self_test(candidate, self.steps.dataset.fit),
            tables={},
            made=self.made(),
        )
        rows = self.vault.open(f"judge, finalist {turn + 1}: {finalist.point.route}")
        finalist = self.measured(self.controlled(finalist, rows, turn), rows, turn)
        return Tried(finalist=finalist, file=self.packed(finalist, len(points)), seconds=time.monotonic() - start)

    def controlled(self, finalist: Finalist, rows: Rows, turn: int) -> Finalist:
        """The finalist with whatever can be set of it set on the vault, as its packed file answers there."""
        limits, candidate = self.odds.limits, finalist.candidate
        if not can_be_controlled(candidate, limits):
            return finalist
        draft = pack(finalist, stand_ins(limits, len(rows)), (), cap=inf)
        with tempfile.TemporaryDirectory(prefix="trivet-") as scratch:
            said = try_file(draft, candidate.task, rows, (), Path(scratch), self.storage).plain
        trial = plain_trial(candidate.task, rows, said)
        done = controlled(
            candidate, self.steps.dataset.tune, trial, limits, lambda limit: (1 - level(limit.sure, turn)) / 2
        )
        tested = self_test(done.candidate, self.steps.dataset.fit)
        return replace(finalist, candidate=done.candidate, selftest=tested, proven=done.notes)

    def measured(self, finalist: Finalist, rows: Rows, turn: int) -> Finalist:
        """The finalist with what its packed file does on the vault and on this machine."""
        expected = stand_ins(self.odds.limits, len(self.vault))
        blank = [one.reading for one in expected]
        draft = pack(finalist, expected, blank, cap=self.cap)
        wanted, task = [limit.gauge for limit in self.odds.limits], finalist.candidate.task
        gauges = self.gauges_of(finalist.candidate.sketch)
        until = inf if "cold-start" in wanted else self.steps.deadline.ends
        with tempfile.TemporaryDirectory(prefix="trivet-") as scratch:
            seen = try_file(draft, task, rows, gauges, Path(scratch), self.storage, until=until)
        sure = level(min((limit.sure for limit in self.odds.limits), default=0.95), turn)
        readings = readings_of(gauges, task, rows, seen.answers, sure=sure, costs=seen.costs, wanted=wanted)
        readings = told_how(readings, finalist.proven)
        return replace(
            finalist,
            readings=self.beside_the_constant(readings, rows),
            tables=answer_tables(task, seen.plain, rows.truth, rows.weight, self.writer.constant),
            made=self.made(),
        )

    def gauges_of(self, sketch: Sketch) -> tuple[Gauge, ...]:
        """What is measured of such a finalist: what is limited, what every file says, and what the recipe adds."""
        plan, limited = self.writer.plan, [limit.gauge for limit in self.odds.limits]
        return gauges_for(sketch, [plan.main, plan.aim, *limited, *standard_gauges(sketch), *plan.recipe.measure])

    def beside_the_constant(self, readings: Sequence[Reading], rows: Rows) -> tuple[Reading, ...]:
        names = [reading.gauge for reading in readings]
        constant, task = self.writer.constant, self.writer.intake.task
        return with_baselines(readings, baselines(task, constant, rows, names))

    def made(self) -> dict[str, Any]:
        """When, where and in how many seconds; and the sketch of the rows, if the recipe wants one."""
        return {
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": vars(this_machine()),
            "seconds": round(time.monotonic() - self.began, 1),
            **({"notices": [self.steps.what_failed]} if self.steps.what_failed else {}),
            **({SKETCH: self.sketch} if self.writer.plan.recipe.sketch else {}),
        }

    @cached_property
    def sketch(self) -> dict[str, Any]:
        """Hashes of some rows of the build, by which the file knows them again."""
        intake = self.writer.intake
        return row_sketch(intake.dataset.fit, intake.dataset.tune, intake.dataset.choose, intake.vault)

    @property
    def cap(self) -> float:
        """The size that no file may pass."""
        return min((limit.bound for limit in self.odds.limits if limit.gauge == "size"), default=float("inf"))

    def with_lock(self, tried: Tried, lock: Lock) -> Certified:
        """The file with a lock that says how far its build went, so that the same body can be made again."""
        dossier = self.writer.with_lock(tried.finalist.dossier, lock)
        return self.packed(replace(tried.finalist, dossier=dossier), tried.file.candidates)

    def packed(self, finalist: Finalist, candidates: int) -> Certified:
        readings = finalist.readings
        for _ in range(3):  # the stated size is part of the file it states; it settles at once
            judged = verdicts(self.odds.limits, readings)
            data = pack(finalist, judged, readings, cap=self.cap)
            readings = tuple(exact_size(reading, len(data)) for reading in readings)
        contents = decode(data, caps=LARGE)
        return Certified(
            data=data,
            digest=contents.digest,
            body_digest=contents.body_digest,
            judged=verdicts(self.odds.limits, readings),
            readings=readings,
            main=self.writer.plan.main,
            search=contents.manifest["search"],
            constant=contents.manifest["constant"],
            candidates=candidates,
            seconds=time.monotonic() - self.began,
            route=finalist.point.route,
            why=finalist.dossier.why,
            told=self.told,
        )
