"""Accuracy when answered: the share of right answers among the rows that are answered at all.

Better: higher.  Interval: Clopper-Pearson, exact given how many rows are answered; with weights, or rows of
one unit, its extension by Gaffke.  Where no row is answered it is that of all rows, from 0 to 1.
Source: El-Yaniv and Wiener 2010 (selective risk); Geifman and El-Yaniv 2017, arXiv 1705.08500; Clopper and Pearson.
"""

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.value import value
from trivet.kit.stats.share_among import share_reading
from trivet.kit.stats.trials import expect_answers, rows_of


@value
class AccuracyWhenAnswered(Gauge):
    """0 to 1; what is left after the answers that the file is unsure of and withholds."""

    family = "trust"
    least, most = 0.0, 1.0

    def applies(self, sketch: Sketch) -> None:
        """A guard that withholds unsure answers."""
        expect_answers(sketch, "chosen", "answered", for_=self)

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """A note says how many rows are answered."""
        truth, chosen, answered = rows_of(trial, "chosen", "answered", for_=self)
        right, told = chosen == truth, answered.astype(bool)
        notes = [f"{np.count_nonzero(told):,} of {len(told):,} rows are answered"]
        return share_reading(self, trial, right, sure, among=told, without=float(right.mean()), notes=notes)
