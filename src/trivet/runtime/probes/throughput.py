"""Throughput: rows per second of runs over all rows at once."""

import time
from collections.abc import Sequence
from typing import Any

from ..specialist import Specialist
from .probe import Probe


class Throughput(Probe):
    """Seven runs: one more than the fewest whose lowest and highest hold the median at 95 %."""

    unit = "rows/s"
    times = 7

    def measure(self, specialist: Specialist, rows: Sequence[dict[str, Any]]) -> list[float]:
        taken = []
        for _ in range(self.times if rows else 0):
            start = time.perf_counter_ns()
            specialist.predict(rows)
            taken.append(len(rows) * 1e9 / max(1, time.perf_counter_ns() - start))
        return taken
