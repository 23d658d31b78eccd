"""What a probe is: it measures one cost of a file, in the clean process or by watching it from outside."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from ..specialist import Specialist


class Probe:
    """Base of every probe: `probes/cold_start.py` holds `ColdStart`, called `cold-start`.

    times: how often it measures.  None of the numbers is thrown away as an outlier.
    """

    unit: ClassVar[str] = ""
    times: int = 1

    def __init__(self, times: int | None = None) -> None:
        if times is not None:
            self.times = times

    def measure(self, specialist: Specialist, rows: Sequence[dict[str, Any]]) -> list[float]:
        """What is seen within the clean process; nothing where it has to be watched from outside."""
        return []

    def watch(self, start: Callable[[], None], until: float) -> list[float]:
        """What is seen from outside; nothing where the process measures itself.

        start: starts a clean process, waits for its first answer and for its end.  until: moment of `time.monotonic`
        by which all has to be over; else nothing is measured.
        """
        return []
