"""Balanced accuracy: the plain mean over the classes of the share of their rows that is answered right.

Better: higher.  Interval: Clopper-Pearson for each class (Wilson with weights), combined by the distances to their
ends; classes are independent samples.
Parameters: among, a role or an input column of words: the reading of its worst group, as `coverage` has it.
Source: Brodersen et al. 2010; Zou and Donner 2008 (the combination).
"""

from trivet.core.gauges import Trial
from trivet.core.reading import Reading
from trivet.core.value import value
from trivet.kit.stats.intervals import mean_of_shares, share_estimate
from trivet.kit.stats.trials import classes_present, rows_of, weights_of
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
        weight = weights_of(trial)
        recalls = [share_estimate(chosen == c, weight, sure, among=truth == c) for c in present]
        how = f"{recalls[0].how.partition(',')[0]} per class, combined"
        return mean_of_shares(recalls, how).reading(self, n=len(truth), sure=sure, notes=notes)
