"""Accuracy: the share of rows whose answered class is the true one.

Better: higher.  Interval: Clopper-Pearson, exact; with weights Wilson on the effective number of rows.
Source: Clopper and Pearson 1934; Wilson 1927; Kish 1965 (effective number).
"""

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.kit.stats.intervals import share_estimate
from trivet.kit.stats.trials import expect_goal, rows_of, weights_of


class Accuracy(Gauge):
    """0 to 1; the share of the most frequent class is had for nothing."""

    least, most = 0.0, 1.0

    def applies(self, sketch: Sketch) -> None:
        """Classification only."""
        expect_goal(sketch, "classify", for_=self)

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """Reads the answered classes, after decision weights."""
        truth, chosen = rows_of(trial, "chosen", for_=self)
        return share_estimate(chosen == truth, weights_of(trial), sure).reading(self, n=len(truth), sure=sure)
