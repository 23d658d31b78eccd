"""Root mean squared error, in the unit of the answer.

Better: lower.  Interval: the square root of the mean squared error's: Student with a correction for skewness.
Errors with very long tails need thousands of rows.  Source: Hall 1992 (interval).
"""

import math

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.value import value
from trivet.kit.stats.intervals import Estimate, mean_estimate
from trivet.kit.stats.tails import LEAST_UNITS
from trivet.kit.stats.trials import expect_answers, rows_of, units_of, weights_of


@value
class Rmse(Gauge):
    """0 for faultless answers; the standard deviation of the answer for its mean."""

    better = "<="
    least_units = LEAST_UNITS
    least = 0.0

    def applies(self, sketch: Sketch) -> None:
        """Answers that are numbers."""
        expect_answers(sketch, "values", for_=self)

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """Large errors weigh most."""
        truth, values = rows_of(trial, "values", for_=self)
        square = mean_estimate(
            (values - truth) ** 2, weights_of(trial), sure, least=0.0, most=math.inf, units=units_of(trial)
        )
        value, low, high = (math.sqrt(max(end, 0.0)) for end in (square.value, square.low, square.high))
        estimate = Estimate(value=value, low=low, high=high, how=square.how, doubt=square.doubt)
        return estimate.reading(self, n=len(truth), sure=sure)
