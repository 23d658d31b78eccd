"""Cold start: milliseconds from the start of a process to its first answer, median of the repeats.

Better: lower.  Interval: order statistics of the repeats; below 6 repeats the lowest to the highest, with a note.
Source: David and Nagaraja 2003, Order Statistics, section 7.1.
"""

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.value import value
from trivet.kit.stats.intervals import median_estimate
from trivet.kit.stats.trials import cost_of


@value
class ColdStart(Gauge):
    """Belongs to the machine it was measured on."""

    family = "cost"
    needs_probes = ("cold-start",)
    unit = "ms"
    better = "<="
    least = 0.0

    def applies(self, sketch: Sketch) -> None:
        """Every file can be timed."""

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """The median of the repeats."""
        timed = cost_of(trial, for_=self)
        estimate, notes = median_estimate(timed.numbers, sure)
        return estimate.reading(self, n=len(timed.numbers), sure=sure, where=timed.where, notes=notes)
