"""Answered share: the share of rows that get an answer; the others get none, because it would be too unsure.

Better: higher.  Interval: Clopper-Pearson, exact; with weights, or rows of one unit, its extension by Gaffke.
Source: El-Yaniv and Wiener 2010 (there called coverage); Clopper and Pearson 1934.
"""

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.value import value
from trivet.kit.stats.share_among import share_reading
from trivet.kit.stats.trials import expect_answers, rows_of


@value
class AnsweredShare(Gauge):
    """0 to 1; 1 for a file that withholds nothing."""

    family = "trust"
    least, most = 0.0, 1.0

    def applies(self, sketch: Sketch) -> None:
        """A guard that withholds unsure answers."""
        expect_answers(sketch, "answered", for_=self)

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """What is answered need not be right."""
        _, answered = rows_of(trial, "answered", for_=self)
        told = answered.astype(bool)
        return share_reading(self, trial, told, sure, among=np.ones(len(told), bool), without=0.0)
