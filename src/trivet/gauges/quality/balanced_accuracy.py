"""Balanced accuracy: the plain mean over the classes of the share of their rows that is answered right.

Better: higher.  Interval: that of a share for each class, combined by the distances to their ends; classes are
independent samples, but for units that have rows of several: their errors are correlated as these rows show.
Parameters: among, a role or an input column of words: the reading of its worst group, as `coverage` has it.
Source: Brodersen et al. 2010; Zou and Donner 2008 (the combination).
"""

import numpy as np

from trivet.core.gauges import Trial
from trivet.core.reading import Reading
from trivet.core.value import value
from trivet.kit.stats.intervals import correlation, mean_of_shares, share_estimate
from trivet.kit.stats.trials import classes_present, equal_or_given, rows_of, units_of, weights_of
from trivet.kit.stats.units import unit_sums
from trivet.kit.stats.worst_group_gauge import WorstGroupGauge


@value
class BalancedAccuracy(WorstGroupGauge):
    """1 / classes for a constant answer, 1 for faultless ones."""

    least, most = 0.0, 1.0
    answers = ("chosen",)
    examples = ("balanced-accuracy(among=site)",)

    def read(self, trial: Trial, sure: float) -> Reading:
        """A class without rows is left out with a note."""
        truth, chosen = rows_of(trial, "chosen", for_=self)
        present, notes = classes_present(truth, trial.task.classes, for_=self)
        weight, units = weights_of(trial), units_of(trial)
        recalls = [share_estimate(chosen == c, weight, sure, among=truth == c, units=units) for c in present]
        how = f"{recalls[0].how.partition(',')[0]} per class, combined"
        plain = equal_or_given(weight, len(truth))
        moves = [plain * (truth == c) * ((chosen == c) - one.value) for c, one in zip(present, recalls)]
        alike = None if units is None else correlation(np.array([unit_sums(move, units) for move in moves]))
        return mean_of_shares(recalls, how, alike, least_above=0.1).reading(self, n=len(truth), sure=sure, notes=notes)
