"""Peak memory: the most bytes that the process held resident while it loaded the file and answered.

Better: lower.  Interval: none, one process was watched.  Source: getrusage, ru_maxrss.
"""

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.kit.stats.intervals import Estimate
from trivet.kit.stats.trials import costs_of, repeats


class PeakMemory(Gauge):
    """Includes Python, numpy and ONNX Runtime themselves."""

    family = "cost"
    unit = "B"
    better = "<="
    least = 0.0

    def applies(self, sketch: Sketch) -> None:
        """Every process can be watched."""

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """0 bytes mean that nothing was measured."""
        costs = costs_of(trial, for_=self)
        held = float(repeats(np.array([costs.peak_memory] if costs.peak_memory else []), for_=self)[0])
        estimate = Estimate(value=held, low=held, high=held, how="one measurement")
        return estimate.reading(self, n=1, sure=sure, where=costs.machine)
