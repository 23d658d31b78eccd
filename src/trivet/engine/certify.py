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
from trivet.core.levels import Look
from trivet.core.limits import Verdict
from trivet.core.lock import Lock
from trivet.core.reading import Reading
from trivet.core.rows import Rows
from trivet.data.split.row_sketch import row_sketch
from trivet.data.split.vault import Vault
from trivet.kit.constant import baselines, with_baselines
from trivet.runtime.file.caps import LARGE
from trivet.runtime.file.container import decode
from trivet.runtime.file.sections import Bytes
from trivet.storage.disk import Storage

from .answer_tables import answer_tables
from .chance import Odds, Point
from .control import can_be_controlled, controlled, told_how
from .costs import costs_of
from .dossier import Writer
from .file_trial import FileTrial
from .judge import answers_of
from .machine import this_machine
from .measure import PLAIN_QUESTION, gauges_for, standard_gauges
from .openings import SURE, Openings
from .outcome import Certified, Judged, Told, stand_ins
from .pack import SKETCH, Finalist, pack
from .refit import shipped
from .self_test import self_test
from .steps import Steps


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A finalist that was judged, and how long that took.

    judged: what was; of one whose costs break a limit, its costs alone.  file: None for such a one, which has not seen
    the vault.
    """

    finalist: Finalist
    judged: tuple[Judged, ...]
    file: Certified | None
    seconds: float

    @property
    def is_proven(self) -> bool:
        """Whether every limit HOLDS."""
        return self.file is not None and self.file.is_proven

    @property
    def is_broken(self) -> bool:
        """Whether some limit is surely not kept."""
        return any(one.verdict is Verdict.BROKEN for one in self.judged)

    @property
    def on_the_wrong_side(self) -> int:
        """How many limits its values do not keep, surely or not."""
        return sum(one.limit.room(one.reading.value) < 0 for one in self.judged)


@dataclass(frozen=True, kw_only=True)
class Certifier:
    """What every finalist of a build is certified with.  began: when the build began, by the monotonic clock.

    openings: where looks at the vault are entered.  overhead: bytes of a file besides its parts.
    """

    steps: Steps
    writer: Writer
    odds: Odds
    vault: Vault
    openings: Openings
    storage: Storage
    told: Told
    began: float
    overhead: int

    def judge(self, point: Point, points: Sequence[Point], *, why: str, in_full: bool = False) -> Tried:
        """Refits and packs the finalist, measures its costs, then what it does on the vault, and packs it with that.

        One whose costs break a limit never sees the vault, and burns nothing, unless it is judged in full.
        """
        start = time.monotonic()
        ships = shipped(point, self.steps, self.odds, overhead=self.overhead)
        candidate = self.steps.candidate(ships.candidate)
        finalist = Finalist(
            point=point,
            candidate=candidate,
            tune=ships.tune,
            dossier=self.writer.of(point, points, self.steps, ships),
            selftest=self_test(candidate, self.steps.dataset.fit),
            judged=stand_ins(self.odds.limits, len(self.vault)),
            tables={},
            made=self.made(why + ships.in_words),
        )
        with tempfile.TemporaryDirectory(prefix="trivet-") as scratch:
            trial = self.trial_of(finalist, Path(scratch))
            judged = trial.judged_costs(self.openings.next)
            if in_full or not any(one.verdict is Verdict.BROKEN for one in judged):
                finalist = self.measured(finalist, trial, why + ships.in_words)
                file = self.packed(finalist, len(points))
                return Tried(finalist=finalist, judged=file.judged, file=file, seconds=time.monotonic() - start)
        return Tried(finalist=finalist, judged=judged, file=None, seconds=time.monotonic() - start)

    def trial_of(self, finalist: Finalist, folder: Path) -> FileTrial:
        """The finalist's file as it would ship, with its costs, measured on rows that compared candidates."""
        limited = [limit.gauge for limit in self.odds.limits]
        gauges, rows = self.gauges_of(finalist.candidate.sketch), self.steps.dataset.choose
        draft = self.draft(finalist)
        until = inf if "cold-start" in limited else self.steps.deadline.ends
        costs = costs_of(draft, rows, gauges, folder, self.storage, until=until, limited=limited)
        return FileTrial(
            data=draft, task=finalist.candidate.task, limits=self.odds.limits, gauges=gauges, folder=folder,
            storage=self.storage, costs=costs, doubts=self.writer.intake.capped,
        )  # fmt: skip

    def draft(self, finalist: Finalist) -> Bytes:
        """The file as it would ship, with stand-ins for what is not known yet."""
        return pack(replace(finalist, readings=tuple(one.reading for one in finalist.judged)), cap=self.cap)

    def measured(self, finalist: Finalist, trial: FileTrial, why: str) -> Finalist:
        """The finalist with what its packed file does on the vault; the look is on the disk before the vault opens."""
        place = self.openings.enter(finalist.candidate.digest)
        look = self.strictest(place.look)
        rows = self.vault.open(f"judge, finalist {self.vault.openings + 1}: {finalist.point.route}")
        if can_be_controlled(finalist.candidate, trial.limits):
            finalist = self.controlled(finalist, trial, rows, look)
            trial = replace(trial, data=self.draft(finalist))
        answers = trial.answers(rows)
        judged = trial.judged(rows, answers, look)

        def finished(readings: Sequence[Reading]) -> tuple[Reading, ...]:
            return self.beside_the_constant(told_how(readings, finalist.proven), rows)

        return replace(
            finalist,
            readings=finished(trial.readings(rows, answers)),
            judged=tuple(replace(one, reading=finished([one.reading])[0]) for one in judged),
            look=look,
            tables=answer_tables(trial.task, answers[PLAIN_QUESTION], rows.truth, rows.weight, self.writer.constant),
            made={**self.made(why), "look": look_as_json(look, place.vault, self.openings.build)},
        )

    def controlled(self, finalist: Finalist, trial: FileTrial, rows: Rows, look: Look) -> Finalist:
        """The finalist with whatever can be set of it set on the vault, as its packed file answers there."""
        said = answers_of(trial.data, trial.task, rows, (), trial.folder, trial.storage)[PLAIN_QUESTION]
        done = controlled(
            finalist.candidate, self.steps.rows(finalist.tune), plain_trial(trial.task, rows, said), trial.limits,
            lambda limit: look.alpha(limit.sure),
        )  # fmt: skip
        tested = self_test(done.candidate, self.steps.dataset.fit)
        return replace(finalist, candidate=done.candidate, selftest=tested, proven=done.notes)

    def strictest(self, look: Look) -> Look:
        """The look, or that of the lock where it could spend less: a file that is made again keeps its settings.

        Where the lock's look could spend more, the settings are proven anew, and may differ.
        """
        lock = self.writer.plan.recipe.lock
        before = look if lock is None or lock.control is None else lock.control
        return min(look, before, key=lambda one: one.alpha(SURE))

    def gauges_of(self, sketch: Sketch) -> tuple[Gauge, ...]:
        """What is measured of such a finalist: what is limited, what every file says, and what the recipe adds."""
        plan, limited = self.writer.plan, [limit.gauge for limit in self.odds.limits]
        return gauges_for(sketch, [plan.main, plan.aim, *limited, *standard_gauges(sketch), *plan.recipe.measure])

    def beside_the_constant(self, readings: Sequence[Reading], rows: Rows) -> tuple[Reading, ...]:
        names = [reading.gauge for reading in readings]
        constant, task = self.writer.constant, self.writer.intake.task
        return with_baselines(readings, baselines(task, constant, rows, names))

    def made(self, why: str) -> dict[str, Any]:
        """Why, when, where and in how many seconds; and the sketch of the rows, if the recipe wants one."""
        return {
            "why": why,
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

    def with_lock(self, file: Certified, finalist: Finalist, lock: Lock) -> Certified:
        """The file with a lock that says how far its build went, so that the same body can be made again."""
        dossier = self.writer.with_lock(finalist.dossier, lock)
        return self.packed(replace(finalist, dossier=dossier), file.candidates)

    def packed(self, finalist: Finalist, candidates: int) -> Certified:
        data = pack(finalist, cap=self.cap)
        finalist = finalist.of_size(len(data))
        contents = decode(data, caps=LARGE)
        return Certified(
            data=data,
            digest=contents.digest,
            body_digest=contents.body_digest,
            judged=finalist.judged,
            readings=finalist.readings,
            look=finalist.look,
            main=self.writer.plan.main,
            search=contents.manifest["search"],
            constant=contents.manifest["constant"],
            candidates=candidates,
            seconds=time.monotonic() - self.began,
            route=finalist.point.route,
            why=finalist.made["why"],
            told=self.told,
        )


def look_as_json(look: Look, vault: str, build: str) -> dict[str, Any]:
    """As which look at which vault the verdicts were given; `finalist` counts from 1, as people do."""
    return {"build": look.build, "finalist": look.finalist + 1, "id": build, "vault": vault}
