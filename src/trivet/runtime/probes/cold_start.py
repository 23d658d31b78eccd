"""Cold start: milliseconds from the start of a process to its end after the first answer, watched from outside."""

from collections.abc import Callable

from .probe import Probe
from .stopwatch import Taken, children_usage


class ColdStart(Probe):
    """Each start is a process of its own."""

    unit = "ms"
    is_watched = True
    processes = 20

    def watch(self, start: Callable[[], None]) -> Taken:
        taken = Taken()
        cpu, forced = children_usage()
        taken.numbers.append(taken.time(start))
        cpu_then, forced_then = children_usage()
        taken.cpu, taken.forced = [cpu_then - cpu], [forced_then - forced]  # of the process, not of who waits for it
        return taken
