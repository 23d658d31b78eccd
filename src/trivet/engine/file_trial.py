"""A packed file before the judge: its costs, its answers on the vault, and its readings at any level."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trivet.core.gauges import Gauge, Samples, Trial
from trivet.core.levels import Look
from trivet.core.limits import Limit
from trivet.core.reading import Reading
from trivet.core.registry import find_gauge
from trivet.core.rows import Rows
from trivet.core.task import Task
from trivet.runtime.batch import Answers
from trivet.runtime.file.sections import Bytes
from trivet.storage.disk import Storage

from .capping import capped
from .judge import answers_of, judged_at
from .measure import Question, readings_of, trial_for
from .outcome import Judged

NO_ROWS = np.zeros(0, np.int64)
STANDARD = 0.95  # level of the two-sided intervals of the readings in a file's body


@dataclass(frozen=True, kw_only=True)
class FileTrial:
    """data: the file as it would ship.  gauges: what is measured of it.  costs: what probes measured, by name.

    doubts: findings of the doctor that keep every limit on quality and trust from holding, see `capping`.
    """

    data: Bytes
    task: Task
    limits: Sequence[Limit]
    gauges: Sequence[Gauge]
    folder: Path
    storage: Storage
    costs: Mapping[str, Samples]
    doubts: Sequence[str] = ()

    def judged_costs(self, look: Look) -> tuple[Judged, ...]:
        """Each limit on a cost, judged without any row."""
        nothing = Rows(fields=(), columns={}, words={}, truth=NO_ROWS, ids=NO_ROWS)

        def read(gauge: Gauge, sure: float) -> Reading:
            return gauge.measure(Trial(task=self.task, rows=nothing, answers={}, costs=self.costs), sure=sure)

        limits = [limit for limit in self.limits if find_gauge(limit.gauge).family == "cost"]
        return judged_at(look, limits, read)

    def answers(self, rows: Rows) -> dict[Question, Answers]:
        """What the file answers in a clean process, to the rows and to whatever gauges ask besides."""
        return answers_of(self.data, self.task, rows, self.gauges, self.folder, self.storage)

    def judged(self, rows: Rows, answers: Mapping[Question, Answers], look: Look) -> tuple[Judged, ...]:
        """Each limit, judged at its own level of this look."""

        def read(gauge: Gauge, sure: float) -> Reading:
            reading = gauge.measure(trial_for(gauge, self.task, rows, answers, self.costs), sure=sure)
            return capped([reading], self.doubts)[0]

        return judged_at(look, self.limits, read)

    def readings(self, rows: Rows, answers: Mapping[Question, Answers]) -> tuple[Reading, ...]:
        """What every gauge reads, with its usual interval."""
        wanted = [limit.gauge for limit in self.limits]
        found = readings_of(self.gauges, self.task, rows, answers, sure=STANDARD, costs=self.costs, wanted=wanted)
        return capped(found, self.doubts)
