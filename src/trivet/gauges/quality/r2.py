"""R2: the share of the answer's variance that the model explains; below 0 when its mean would do better.

Better: higher.  Interval: on the scale log(1 - R2), from what each row moves it: Student with a correction for
skewness.  Source: Hampel 1974 (influence); Hall 1992 (interval).
"""

import math

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.errors import BadData
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.value import value
from trivet.kit.stats.intervals import Estimate, skewed_interval
from trivet.kit.stats.tails import LEAST_UNITS, doubt_of
from trivet.kit.stats.trials import equal_or_given, expect_answers, rows_of, units_of, weights_of
from trivet.kit.stats.units import unit_sums
from trivet.runtime.part import Array


@value
class R2(Gauge):
    """0 for the mean of the answer, 1 for faultless answers."""

    most = 1.0
    least_units = LEAST_UNITS

    def applies(self, sketch: Sketch) -> None:
        """Answers that are numbers."""
        expect_answers(sketch, "values", for_=self)

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """Refuses rows that all have the same answer: they have no variance to explain."""
        truth, values = rows_of(trial, "values", for_=self, at_least=2)
        weight = equal_or_given(weights_of(trial), len(truth))
        weight = weight / math.fsum(weight.tolist())
        around = (truth - math.fsum((weight * truth).tolist())) ** 2
        spread = math.fsum((weight * around).tolist())
        if spread == 0 or np.ptp(truth) == 0:  # equal answers may leave a spread of rounding
            raise BadData(
                "one-answer",
                wanted="rows with different answers for r2",
                found=f"{len(truth)} rows, all with the answer {truth[0]:g}",
                do="give rows with other answers too, or limit mae or rmse",
            )
        estimate = share_explained(weight, (values - truth) ** 2, around, sure, units_of(trial))
        return estimate.reading(self, n=len(truth), sure=sure)


def share_explained(weight: Array, error: Array, around: Array, sure: float, units: Array | None) -> Estimate:
    """error, around: (rows,) squared distances of the truth to the answer, and to its mean.  weight sums to 1."""
    left, spread = (math.fsum((weight * square).tolist()) for square in (error, around))
    mass, errors, arounds = (unit_sums(weight * square, units) for square in (np.ones(len(error)), error, around))
    doubt = doubt_of(errors / mass) or doubt_of(arounds / mass)
    if left == 0:
        return Estimate(value=1.0, low=1.0, high=1.0, how="all rows agree", doubt=doubt)
    if len(mass) < 2:
        return Estimate(value=1 - left / spread, low=-math.inf, high=1.0, how="one unit says nothing of the spread")
    low, high = skewed_interval((errors / left - arounds / spread) * len(mass), sure)
    worst, best = (1 - left / spread * math.exp(min(move, 700.0)) for move in (high, low))
    how = "Student, corrected for skewness"
    return Estimate(value=1 - left / spread, low=worst, high=best, how=how, doubt=doubt)
