"""Coverage: the share of rows whose true class is in the stated set, or whose true value is in the stated interval.

Better: higher.  Interval: Clopper-Pearson, exact; with weights Wilson on the effective number of rows.
Parameters: among, a role (site, sensitive, group) or an input column of words: the reading of its worst group of 30 or
more rows.  Each group is read at a level raised for their number (Bonferroni), so that all intervals hold at once.
Source: Vovk, Gammerman and Shafer 2005; Clopper and Pearson 1934.
"""

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.registry import find_goal
from trivet.core.value import value
from trivet.kit.stats.groups import expect_groups, worst_group
from trivet.kit.stats.intervals import share_estimate
from trivet.kit.stats.trials import expect_answers, rows_of, weights_of
from trivet.runtime.part import Array


@value
class Coverage(Gauge):
    """0 to 1; what the guard was asked for, if rows are exchangeable."""

    family = "trust"
    least, most = 0.0, 1.0
    examples = ("coverage(among=site)",)

    among: str = ""

    def applies(self, sketch: Sketch) -> None:
        """A guard that states sets of classes, or intervals."""
        sets = "sets" in find_goal(sketch.task.goal).guarded(sketch.task)
        expect_answers(sketch, *(("sets",) if sets else ("low", "high")), for_=self)
        expect_groups(sketch, self.among, for_=self)

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """The ends of an interval belong to it."""
        return worst_group(self, self.among, trial, sure, self.read)

    def read(self, trial: Trial, sure: float) -> Reading:
        """The reading of all rows of the trial."""
        hit = self.hits(trial)
        return share_estimate(hit, weights_of(trial), sure).reading(self, n=len(hit), sure=sure)

    def hits(self, trial: Trial) -> Array:
        """(rows,) bool: the truth is where the answer says."""
        if "sets" in trial.plain:
            truth, sets = rows_of(trial, "sets", for_=self)
            found: Array = sets[np.arange(len(truth)), truth.astype(int)].astype(bool)
            return found
        truth, low, high = rows_of(trial, "low", "high", for_=self)
        inside: Array = (low <= truth) & (truth <= high)
        return inside
