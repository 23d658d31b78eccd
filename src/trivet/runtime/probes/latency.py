"""Latency: milliseconds of single-row calls, raw row in, answer out; the rows take turns."""

import time
from collections.abc import Sequence
from typing import Any

from ..specialist import Specialist
from .probe import Probe

WARM_UP = 20


class Latency(Probe):
    """2,000 calls bound a 99th percentile with room to spare; 368 are the fewest that do."""

    unit = "ms"
    times = 2000

    def measure(self, specialist: Specialist, rows: Sequence[dict[str, Any]]) -> list[float]:
        if not rows:
            return []
        for call in range(WARM_UP):
            specialist.predict(rows[call % len(rows)])
        taken = []
        for call in range(self.times):
            row = rows[call % len(rows)]
            start = time.perf_counter_ns()
            specialist.predict(row)
            taken.append((time.perf_counter_ns() - start) / 1e6)
        return taken
