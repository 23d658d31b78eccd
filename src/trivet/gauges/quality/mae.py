"""Mean absolute error, in the unit of the answer.

Better: lower.  Interval: Student with a correction for skewness.  Source: Hall 1992 (interval).
"""

import math

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.kit.stats.intervals import mean_estimate
from trivet.kit.stats.trials import expect_goal, rows_of, weights_of


class Mae(Gauge):
    """0 for faultless answers; no upper end."""

    better = "<="
    least = 0.0

    def applies(self, sketch: Sketch) -> None:
        """Regression only."""
        expect_goal(sketch, "regress", for_=self)

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """Rows that all err alike leave no width: an unbounded error that was never seen cannot be ruled out."""
        truth, values = rows_of(trial, "values", for_=self)
        estimate = mean_estimate(np.abs(values - truth), weights_of(trial), sure, least=0.0, most=math.inf)
        return estimate.reading(self, n=len(truth), sure=sure)
