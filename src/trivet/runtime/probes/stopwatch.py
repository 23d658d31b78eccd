"""A stopwatch for calls: the time on the wall, the time on the CPU, and how often the system took the CPU away.

The wall alone cannot tell a slow file from a busy machine; the three together can.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

try:
    import resource
except ImportError:  # not Unix: nobody counts switches there
    resource = None  # type: ignore[assignment]


@dataclass
class Taken:
    """What one process took.  numbers: in the unit of the probe.

    wall, cpu: milliseconds behind each number.  forced: how often the system took the CPU away meanwhile, although
    there was work to do.  All three are empty for what is no time.
    """

    numbers: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    forced: list[int] = field(default_factory=list)

    def time(self, work: Callable[..., object], *given: Any) -> float:
        """Runs the work and notes what it took; its milliseconds on the wall."""
        forced, spent = forced_switches(), time.process_time_ns()
        start = time.perf_counter_ns()
        work(*given)
        wall = (time.perf_counter_ns() - start) / 1e6
        self.cpu.append((time.process_time_ns() - spent) / 1e6)
        self.forced.append(forced_switches() - forced)
        self.wall.append(wall)
        return wall


def forced_switches() -> int:
    """How often the system has taken the CPU from this process while it had work to do (involuntary switches)."""
    return 0 if resource is None else resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw


def children_usage() -> tuple[float, int]:
    """(milliseconds of CPU, forced switches) of all child processes that have ended."""
    if resource is None:
        ended = os.times()
        return 1000 * (ended.children_user + ended.children_system), 0
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (usage.ru_utime + usage.ru_stime), usage.ru_nivcsw


def runnable_per_core() -> float:
    """Threads that run or wait for a CPU right now, for each CPU of the machine; 0 where the system does not tell."""
    try:
        with open("/proc/loadavg", encoding="ascii") as line:
            return int(line.read().split()[3].partition("/")[0]) / (os.cpu_count() or 1)
    except (OSError, IndexError, ValueError):
        return 0.0
