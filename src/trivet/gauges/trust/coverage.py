"""Coverage: the share of rows whose true class is in the stated set, or whose true value is in the stated interval.

Better: higher.  Interval: Clopper-Pearson, exact; with weights, or rows of one unit, its extension by Gaffke.
Parameters: among, a role (site, sensitive, group) or an input column of words: the reading of its worst group of 30 or
more rows.  Its low end is the lowest of the groups' low ends; the high end is at a level raised for their number.
Source: Vovk, Gammerman and Shafer 2005; Clopper and Pearson 1934; Gaffke 2005.
"""

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.gauges import Trial
from trivet.core.reading import Reading
from trivet.core.registry import find_goal
from trivet.core.value import value
from trivet.kit.stats.intervals import share_estimate
from trivet.kit.stats.trials import rows_of, units_of, weights_of
from trivet.kit.stats.worst_group_gauge import WorstGroupGauge
from trivet.runtime.part import Array


@value
class Coverage(WorstGroupGauge):
    """0 to 1; what the guard was asked for, if rows are exchangeable."""

    family = "trust"
    least, most = 0.0, 1.0
    examples = ("coverage(among=site)",)

    def answers_of(self, sketch: Sketch) -> tuple[str, ...]:
        """A guard that states sets of classes, or intervals."""
        sets = "sets" in find_goal(sketch.task.goal).guarded(sketch.task)
        return ("sets",) if sets else ("low", "high")

    def read(self, trial: Trial, sure: float) -> Reading:
        """The ends of an interval belong to it."""
        hit = self.hits(trial)
        held = share_estimate(hit, weights_of(trial), sure, units=units_of(trial))
        return held.reading(self, n=len(hit), sure=sure)

    def hits(self, trial: Trial) -> Array:
        """(rows,) bool: the truth is where the answer says."""
        if "sets" in trial.plain:
            truth, sets = rows_of(trial, "sets", for_=self)
            found: Array = sets[np.arange(len(truth)), truth.astype(int)].astype(bool)
            return found
        truth, low, high = rows_of(trial, "low", "high", for_=self)
        inside: Array = (low <= truth) & (truth <= high)
        return inside

    def losses(self, trial: Trial) -> Array | None:
        """1 where the truth is not in the set or interval."""
        return None if self.among else 1.0 - self.hits(trial)
