"""Cold start: milliseconds from the start of a process to its first answer, median of the repeats.

Better: lower.  Interval: order statistics of the repeats; below 6 repeats the lowest to the highest, with a note.
Source: David and Nagaraja 2003, Order Statistics, section 7.1.
"""

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.kit.stats.intervals import median_estimate
from trivet.kit.stats.trials import costs_of, repeats


class ColdStart(Gauge):
    """Belongs to the machine it was measured on."""

    family = "cost"
    unit = "ms"
    better = "<="
    least = 0.0

    def applies(self, sketch: Sketch) -> None:
        """Every file can be timed."""

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """The median of the repeats."""
        costs = costs_of(trial, for_=self)
        sample = repeats(costs.cold_start_ms, for_=self)
        estimate, notes = median_estimate(sample, sure)
        return estimate.reading(self, n=len(sample), sure=sure, where=costs.machine, notes=notes)
