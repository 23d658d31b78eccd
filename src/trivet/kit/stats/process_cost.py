"""What gauges of a cost share that differs from process to process: a quantile within each, and the next one's."""

from dataclasses import replace
from typing import ClassVar

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Samples, Trial
from trivet.core.reading import Reading
from trivet.core.value import value
from trivet.runtime.part import Array

from .contention import contention
from .next_process import next_process, quantile_per_process
from .trials import cost_of

ENOUGH = 19
"""Processes of which the slowest bounds the next one in 19 cases of 20, whatever the distribution."""


@value
class ProcessCost(Gauge):
    """Base of the gauges that read a quantile of what a probe saw in each process; it belongs to the machine.

    share: which quantile.  enough: fewer processes than this prove no limit: their interval is approximate.  A reading
    of a busy machine says so and breaks no limit.
    """

    version = "2"
    family = "cost"
    least = 0.0
    share: ClassVar[float] = 0.5
    enough: ClassVar[int] = 2

    def applies(self, sketch: Sketch) -> None:
        """Every file can be timed and watched."""

    def amounts(self, samples: Samples) -> Array:
        """(repeats,) which of the numbers are read."""
        return samples.numbers

    def busy(self, samples: Samples) -> str:
        """Why these samples may tell more of the machine than of the file; "" when they do not."""
        return contention(samples, self.share)

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """The quantile of the process in the middle, and bounds for that of the next process."""
        timed = cost_of(trial, for_=self)
        each = quantile_per_process(self.amounts(timed), timed.process, self.share)
        busy = self.busy(timed)
        notes = (busy,) if busy else ()
        reading = next_process(each, sure).reading(self, n=len(each), sure=sure, where=timed.where, notes=notes)
        return replace(reading, contended=bool(busy), approximate=len(each) < self.enough)
