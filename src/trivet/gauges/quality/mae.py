"""Mean absolute error, in the unit of the answer.

Better: lower.  Interval: Student with a correction for skewness.
Parameters: among, a role or an input column of words: the reading of its worst group, as `coverage` has it.
Source: Hall 1992 (interval).
"""

import math

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.value import value
from trivet.kit.stats.groups import expect_groups, worst_group
from trivet.kit.stats.intervals import mean_estimate
from trivet.kit.stats.trials import expect_answers, rows_of, weights_of


@value
class Mae(Gauge):
    """0 for faultless answers; no upper end."""

    better = "<="
    least = 0.0
    examples = ("mae(among=site)",)

    among: str = ""

    def applies(self, sketch: Sketch) -> None:
        """Answers that are numbers."""
        expect_answers(sketch, "values", for_=self)
        expect_groups(sketch, self.among, for_=self)

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """Rows that all err alike leave no width: an unbounded error that was never seen cannot be ruled out."""
        return worst_group(self, self.among, trial, sure, self.read)

    def read(self, trial: Trial, sure: float) -> Reading:
        """The reading of all rows of the trial."""
        truth, values = rows_of(trial, "values", for_=self)
        estimate = mean_estimate(np.abs(values - truth), weights_of(trial), sure, least=0.0, most=math.inf)
        return estimate.reading(self, n=len(truth), sure=sure)
