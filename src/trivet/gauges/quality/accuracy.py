"""Accuracy: the share of rows whose answered class is the true one.

Better: higher.  Interval: Clopper-Pearson, exact; with weights, or rows of one unit, its extension by Gaffke.
Parameters: among, a role or an input column of words: the reading of its worst group, as `coverage` has it.
Source: Clopper and Pearson 1934; Gaffke 2005; Learned-Miller and Thomas 2019, arXiv 1905.06208.
"""

import numpy as np

from trivet.core.gauges import Trial
from trivet.core.reading import Reading
from trivet.core.value import value
from trivet.kit.stats.intervals import share_estimate
from trivet.kit.stats.trials import rows_of, units_of, weights_of
from trivet.kit.stats.worst_group_gauge import WorstGroupGauge
from trivet.runtime.part import Array


@value
class Accuracy(WorstGroupGauge):
    """0 to 1; the share of the most frequent class is had for nothing."""

    least, most = 0.0, 1.0
    answers = ("chosen",)
    examples = ("accuracy(among=site)",)

    def read(self, trial: Trial, sure: float) -> Reading:
        """Reads the answered classes, after decision weights."""
        truth, chosen = rows_of(trial, "chosen", for_=self)
        right = share_estimate(chosen == truth, weights_of(trial), sure, units=units_of(trial))
        return right.reading(self, n=len(truth), sure=sure)

    def losses(self, trial: Trial) -> Array | None:
        """1 for a wrong answer."""
        truth, chosen = rows_of(trial, "chosen", for_=self)
        return None if self.among else (chosen != truth).astype(np.float64)
