"""Peak memory: the most bytes that the process held resident while it loaded the file and answered.

Better: lower.  Interval: none, one process was watched.  Source: getrusage, ru_maxrss.
"""

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.value import value
from trivet.kit.stats.intervals import Estimate
from trivet.kit.stats.trials import cost_of


@value
class PeakMemory(Gauge):
    """Includes Python, numpy and ONNX Runtime themselves."""

    family = "cost"
    needs_probes = ("memory",)
    unit = "B"
    better = "<="
    least = 0.0

    def applies(self, sketch: Sketch) -> None:
        """Every process can be watched."""

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """The largest of what was seen."""
        seen = cost_of(trial, for_=self)
        held = float(seen.numbers.max())
        estimate = Estimate(value=held, low=held, high=held, how="one measurement")
        return estimate.reading(self, n=len(seen.numbers), sure=sure, where=seen.where)
