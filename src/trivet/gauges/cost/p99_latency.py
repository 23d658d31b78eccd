"""Latency of one row, 99th percentile: milliseconds from raw row to answer that 99 of 100 single calls stay below.

Better: lower.  Interval: order statistics, exact for any distribution of independent calls; below 368 calls the
high end is unbounded.  Source: David and Nagaraja 2003, Order Statistics, section 7.1.
"""

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.value import value
from trivet.kit.stats.intervals import Estimate, quantile_interval
from trivet.kit.stats.trials import cost_of


@value
class P99Latency(Gauge):
    """Belongs to the machine it was measured on."""

    family = "cost"
    needs_probes = ("latency",)
    unit = "ms"
    better = "<="
    least = 0.0

    def applies(self, sketch: Sketch) -> None:
        """Every file can be timed."""

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """Counts every call that was timed; none is thrown away as an outlier."""
        timed = cost_of(trial, for_=self)
        calls = timed.numbers
        low, high = quantile_interval(calls, 0.99, sure)
        estimate = Estimate(value=float(np.quantile(calls, 0.99)), low=low, high=high, how="order statistics")
        return estimate.reading(self, n=len(calls), sure=sure, where=timed.where)
