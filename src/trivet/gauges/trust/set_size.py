"""Set size: the mean number of classes in the stated sets.

Better: lower.  Interval: from the bounds alone, 0 and the number of classes (Gaffke): room is left for large sets that
were too rare to be seen.
Source: Vovk et al. 2016 (criteria of efficiency); Gaffke 2005; Learned-Miller and Thomas 2019, arXiv 1905.06208.
"""

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.task import Task
from trivet.core.value import value
from trivet.kit.stats.intervals import mean_estimate
from trivet.kit.stats.trials import expect_answers, rows_of, units_of, weights_of
from trivet.runtime.part import Array


@value
class SetSize(Gauge):
    """1 for one class per row; the number of classes for sets that say nothing."""

    family = "trust"
    better = "<="
    least = 0.0

    def applies(self, sketch: Sketch) -> None:
        """A guard that states sets of classes."""
        expect_answers(sketch, "sets", for_=self)

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """Empty sets count as 0."""
        truth, sets = rows_of(trial, "sets", for_=self)
        size = sets.sum(axis=1).astype(np.float64)
        most = float(sets.shape[1])
        estimate = mean_estimate(size, weights_of(trial), sure, least=0.0, most=most, units=units_of(trial))
        return estimate.reading(self, n=len(truth), sure=sure)

    def losses(self, trial: Trial) -> Array | None:
        """The share of all classes that is in the set."""
        return rows_of(trial, "sets", for_=self)[1].mean(axis=1, dtype=np.float64)

    def loss_bound(self, bound: float, task: Task) -> float:
        """A size as a share of the classes."""
        return bound / len(task.classes)
