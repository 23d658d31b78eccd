"""What a probe is: it measures one cost of a file, in a clean process or by watching one from outside."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from ..specialist import Specialist
from .stopwatch import Taken


class Probe:
    """Base of every probe: `probes/cold_start.py` holds `ColdStart`, called `cold-start`.

    processes: how many fresh ones are measured, one after another.  times: how often each measures.  None of the
    numbers is thrown away as an outlier.  is_watched: whether it is measured from outside.
    """

    unit: ClassVar[str] = ""
    is_watched: ClassVar[bool] = False
    processes: int = 1
    times: int = 1

    def __init__(self, times: int | None = None) -> None:
        if times is not None:
            self.times = times

    @property
    def rows(self) -> int | None:
        """How many rows one process needs at most; None for as many as there are."""
        return None

    def measure(self, specialist: Specialist, rows: Sequence[dict[str, Any]]) -> Taken:
        """What is seen within the clean process, which has loaded the file and answered nothing yet."""
        return Taken()

    def watch(self, start: Callable[[], None]) -> Taken:
        """What is seen from outside.  start: starts a clean process, waits for its first answer and for its end."""
        return Taken()
