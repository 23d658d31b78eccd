"""Size: bytes of the whole file on disk.

Better: lower.  Interval: none, a file has one size.  Source: the file system.
"""

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.value import value
from trivet.kit.stats.intervals import Estimate
from trivet.kit.stats.trials import cost_of


@value
class Size(Gauge):
    """Decimal units: 1 kB = 1000 bytes."""

    family = "cost"
    needs_probes = ("size",)
    unit = "B"
    better = "<="
    least = 0.0

    def applies(self, sketch: Sketch) -> None:
        """Every file has a size."""

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """The same on every machine."""
        size = float(cost_of(trial, for_=self).numbers[0])
        return Estimate(value=size, low=size, high=size, how="exact").reading(self, n=1, sure=sure)
