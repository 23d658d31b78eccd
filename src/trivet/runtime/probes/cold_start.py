"""Cold start: milliseconds from the start of a process to its end after the first answer, watched from outside."""

import time
from collections.abc import Callable

from .probe import Probe


class ColdStart(Probe):
    """Six starts are the fewest whose lowest and highest hold the median at 95 %."""

    unit = "ms"
    times = 6

    def watch(self, start: Callable[[], None], until: float) -> list[float]:
        """Each start in its own process; none when there is no time for all of them."""
        taken: list[float] = []
        while len(taken) < self.times:
            left = self.times - len(taken)
            if time.monotonic() + left * max(taken, default=0.0) / 1000 > until:
                return []
            began = time.perf_counter()
            start()
            taken.append(1000 * (time.perf_counter() - began))
        return taken
