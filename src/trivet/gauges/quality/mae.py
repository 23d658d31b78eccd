"""Mean absolute error, in the unit of the answer.

Better: lower.  Interval: Student with a correction for skewness.
Parameters: among, a role or an input column of words: the reading of its worst group, as `coverage` has it.
Source: Hall 1992 (interval).
"""

import math

import numpy as np

from trivet.core.gauges import Trial
from trivet.core.reading import Reading
from trivet.core.value import value
from trivet.kit.stats.intervals import mean_estimate
from trivet.kit.stats.tails import LEAST_UNITS
from trivet.kit.stats.trials import rows_of, units_of, weights_of
from trivet.kit.stats.worst_group_gauge import WorstGroupGauge


@value
class Mae(WorstGroupGauge):
    """0 for faultless answers; no upper end."""

    better = "<="
    least_units = LEAST_UNITS
    least = 0.0
    answers = ("values",)
    examples = ("mae(among=site)",)

    def read(self, trial: Trial, sure: float) -> Reading:
        """Rows that all err alike leave no width: an unbounded error that was never seen cannot be ruled out."""
        truth, values = rows_of(trial, "values", for_=self)
        estimate = mean_estimate(
            np.abs(values - truth), weights_of(trial), sure, least=0.0, most=math.inf, units=units_of(trial)
        )
        return estimate.reading(self, n=len(truth), sure=sure)
