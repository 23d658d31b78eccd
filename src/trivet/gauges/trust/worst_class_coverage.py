"""Worst-class coverage: the smallest share, over the classes, of a class's rows whose stated set holds it.

Better: higher.  Interval: the smallest of the low ends of the classes' shares, each at the level itself: it is too high
only if that of the class that is truly worst is.  The high end is the smallest of high ends at a level raised for the
number of classes (Bonferroni), for any of them may look worst by chance.  A class without rows opens it down to 0.
Source: Clopper and Pearson 1934; Ding et al. 2023, arXiv 2306.09335 (class-conditional conformal prediction).
"""

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.value import value
from trivet.kit.stats.intervals import Estimate, share_estimate
from trivet.kit.stats.trials import expect_answers, rows_of, units_of, weights_of
from trivet.runtime.part import Array


@value
class WorstClassCoverage(Gauge):
    """0 to 1; never above coverage."""

    family = "trust"
    least, most = 0.0, 1.0

    def applies(self, sketch: Sketch) -> None:
        """A guard that states sets of classes."""
        expect_answers(sketch, "sets", for_=self)

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """A note names the worst class, and those without rows."""
        truth, sets = rows_of(trial, "sets", for_=self)
        names = trial.task.classes
        raised = 1 - (1 - sure) / len(names)
        held, weight, units = sets.astype(bool), weights_of(trial), units_of(trial)
        shares, surer = (
            {n: share_estimate(held[:, c], weight, level, among=truth == c, units=units) for c, n in enumerate(names)}
            for level in (sure, raised)
        )
        seen = {name: share for name, share in shares.items() if not np.isnan(share.value)}
        worst = min(seen, key=lambda name: seen[name].value)
        estimate = Estimate(
            value=seen[worst].value,
            low=min(share.low for share in shares.values()),
            high=min(share.high for share in surer.values()),
            how=f"{seen[worst].how.partition(',')[0]}, lowest of {len(names)} classes",
        )
        notes = [f"worst is class {worst!r}", *(f"no row of class {name!r}" for name in names if name not in seen)]
        return estimate.reading(self, n=len(truth), sure=sure, notes=notes)

    def losses(self, trial: Trial) -> Array | None:
        """(rows, classes): 1 where the set lacks the true class; rows of other classes do not count."""
        truth, sets = rows_of(trial, "sets", for_=self)
        is_class = truth[:, None] == np.arange(sets.shape[1])
        return np.where(is_class, 1.0 - sets.astype(bool), np.nan)
