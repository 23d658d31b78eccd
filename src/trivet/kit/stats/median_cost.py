"""What gauges of a repeated cost share: the median of what their probe saw."""

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.value import value

from .intervals import median_estimate
from .trials import cost_of


@value
class MedianCost(Gauge):
    """Base of the gauges that read the median of a probe's repeats; it belongs to the machine it was measured on."""

    family = "cost"
    least = 0.0

    def applies(self, sketch: Sketch) -> None:
        """Every file can be timed."""

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """The median of the repeats."""
        timed = cost_of(trial, for_=self)
        estimate, notes = median_estimate(timed.numbers, sure)
        return estimate.reading(self, n=len(timed.numbers), sure=sure, where=timed.where, notes=notes)
