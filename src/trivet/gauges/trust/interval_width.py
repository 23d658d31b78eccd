"""Interval width: the mean width of the stated intervals, in the unit of the answer.

Better: lower.  Interval: Student with a correction for skewness; one width for all rows is exact.
Source: Vovk et al. 2016 (criteria of efficiency); Hall 1992 (interval).
"""

import math

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.value import value
from trivet.kit.stats.intervals import Estimate, mean_estimate
from trivet.kit.stats.tails import LEAST_UNITS
from trivet.kit.stats.trials import expect_answers, rows_of, units_of, weights_of
from trivet.runtime.part import Array

_ROUNDING = 1e-5  # relative: a hundred times that of float32


@value
class IntervalWidth(Gauge):
    """0 to infinity; compare it with the spread of the answer."""

    family = "trust"
    better = "<="
    least = 0.0
    least_units = LEAST_UNITS

    def applies(self, sketch: Sketch) -> None:
        """A guard that states intervals."""
        expect_answers(sketch, "low", "high", for_=self)

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """One unbounded interval makes the mean unbounded."""
        _, low, high = rows_of(trial, "low", "high", for_=self)
        if not (np.isfinite(low).all() and np.isfinite(high).all()):
            estimate = Estimate(value=math.inf, low=math.inf, high=math.inf, how="an interval without an end")
        else:
            # Without a bound to move to, equal widths are taken as what they are: one pad for all rows.
            weight, units = weights_of(trial), units_of(trial)
            estimate = mean_estimate(
                without_rounding(high - low), weight, sure, least=-math.inf, most=math.inf, units=units
            )
        return estimate.reading(self, n=len(low), sure=sure)


def without_rounding(width: Array) -> Array:
    """(rows,) the widths; what differs by no more than float32 arithmetic differs not at all."""
    is_one = np.ptp(width) <= _ROUNDING * np.abs(width).max(initial=0)
    return np.full_like(width, np.median(width)) if is_one else width
