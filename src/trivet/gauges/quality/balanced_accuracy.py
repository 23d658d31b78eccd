"""Balanced accuracy: the plain mean over the classes of the share of their rows that is answered right.

Better: higher.  Interval: Clopper-Pearson for each class (Wilson with weights), combined by the distances to their
ends; classes are independent samples.  Source: Brodersen et al. 2010; Zou and Donner 2008 (the combination).
"""

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.kit.stats.intervals import mean_of_shares, share_estimate
from trivet.kit.stats.trials import classes_present, expect_goal, rows_of, weights_of


class BalancedAccuracy(Gauge):
    """1 / classes for a constant answer, 1 for faultless ones."""

    least, most = 0.0, 1.0

    def applies(self, sketch: Sketch) -> None:
        """Classification only."""
        expect_goal(sketch, "classify", for_=self)

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """A class without rows is left out with a note."""
        truth, chosen = rows_of(trial, "chosen", for_=self)
        present, notes = classes_present(truth, trial.task.classes, for_=self)
        weight = weights_of(trial)
        recalls = [share_estimate(chosen == c, weight, sure, among=truth == c) for c in present]
        how = f"{recalls[0].how.partition(',')[0]} per class, combined"
        return mean_of_shares(recalls, how).reading(self, n=len(truth), sure=sure, notes=notes)
