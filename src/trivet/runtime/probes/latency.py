"""Latency: milliseconds of single-row calls, raw row in, answer out; the rows take turns."""

from collections.abc import Sequence
from typing import Any

from ..specialist import Specialist
from .probe import Probe
from .stopwatch import Taken

WARM_UP = 20
LEAST = 100  # calls of one process: fewer have no 99th percentile of their own
ENOUGH_MS = 100.0  # of CPU time, so that a busy machine makes as many calls as a calm one


class Latency(Probe):
    """Twenty processes: calls of one process are alike, and the next process need not be like them."""

    unit = "ms"
    processes = 20
    times = 500

    @property
    def rows(self) -> int | None:
        return self.times

    def measure(self, specialist: Specialist, rows: Sequence[dict[str, Any]]) -> Taken:
        taken = Taken()
        if not rows:
            return taken
        predict, n_rows, spent = specialist.predict, len(rows), 0.0
        for call in range(WARM_UP):
            predict(rows[call % n_rows])
        for call in range(self.times):
            if call >= LEAST and spent > ENOUGH_MS:
                break
            taken.numbers.append(taken.time(predict, rows[call % n_rows]))
            spent += taken.cpu[-1]
        return taken
