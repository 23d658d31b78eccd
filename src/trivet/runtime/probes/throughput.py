"""Throughput: rows per second of a run over all rows at once."""

from collections.abc import Sequence
from typing import Any

from ..specialist import Specialist
from .probe import Probe
from .stopwatch import Taken

WARM_UP_ROWS = 1000


class Throughput(Probe):
    """Seven processes, the fewest whose slowest is one that seven in eight of all others outrun."""

    unit = "rows/s"
    processes = 7

    def measure(self, specialist: Specialist, rows: Sequence[dict[str, Any]]) -> Taken:
        taken = Taken()
        if not rows:
            return taken
        specialist.predict(rows[:WARM_UP_ROWS])
        for _ in range(self.times):
            taken.numbers.append(1000 * len(rows) / max(1e-6, taken.time(specialist.predict, rows)))
        return taken
