"""Memory: the most bytes that the clean process held resident since it began, its libraries included."""

import sys
from collections.abc import Sequence
from typing import Any

from ..specialist import Specialist
from .probe import Probe
from .stopwatch import Taken


class Memory(Probe):
    """Seen once in each of a few processes, after the file has answered all rows at once."""

    unit = "B"
    processes = 5

    def measure(self, specialist: Specialist, rows: Sequence[dict[str, Any]]) -> Taken:
        if rows:
            specialist.answers(rows)
        return Taken(numbers=[peak_memory()])


def peak_memory() -> float:
    """Resident bytes of this process at most."""
    try:
        with open("/proc/self/status", encoding="ascii") as lines:
            kilobytes = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
        return 1024.0 * int(kilobytes[0])
    except (OSError, IndexError):
        import resource

        unit = 1 if sys.platform == "darwin" else 1024  # getrusage counts bytes there, kilobytes elsewhere
        return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)
