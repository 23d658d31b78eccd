"""Coverage: the share of rows whose true class is in the stated set, or whose true value is in the stated interval.

Better: higher.  Interval: Clopper-Pearson, exact; with weights Wilson on the effective number of rows.
Source: Vovk, Gammerman and Shafer 2005; Clopper and Pearson 1934.
"""

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.kit.stats.intervals import share_estimate
from trivet.kit.stats.trials import expect_guard, rows_of, weights_of
from trivet.runtime.part import Array


class Coverage(Gauge):
    """0 to 1; what the guard was asked for, if rows are exchangeable."""

    family = "trust"
    least, most = 0.0, 1.0

    def applies(self, sketch: Sketch) -> None:
        """Needs a guard."""
        expect_guard(sketch, for_=self)

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """The ends of an interval belong to it."""
        hit = self.hits(trial)
        return share_estimate(hit, weights_of(trial), sure).reading(self, n=len(hit), sure=sure)

    def hits(self, trial: Trial) -> Array:
        """(rows,) bool: the truth is where the answer says."""
        if trial.task.goal == "classify":
            truth, sets = rows_of(trial, "sets", for_=self)
            found: Array = sets[np.arange(len(truth)), truth.astype(int)].astype(bool)
            return found
        truth, low, high = rows_of(trial, "low", "high", for_=self)
        inside: Array = (low <= truth) & (truth <= high)
        return inside
