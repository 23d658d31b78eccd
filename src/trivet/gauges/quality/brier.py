"""Brier score: the mean squared distance between stated probabilities and what happened.

Two classes: (p - y) squared, at most 1.  Several: summed over the classes, at most 2.
Better: lower.  Interval: Student with a correction for skewness.  Source: Brier 1950; Hall 1992 (interval).
"""

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.kit.intervals import mean_estimate
from trivet.kit.trials import expect_goal, rows_of


class Brier(Gauge):
    """0 for sure and right; 0.25 for one half each."""

    better = "<="
    least, most = 0.0, 2.0

    def applies(self, sketch: Sketch) -> None:
        """Classification only."""
        expect_goal(sketch, "classify", for_=self)

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """Reads the probabilities of all classes."""
        truth, probabilities = rows_of(trial, "probabilities", for_=self)
        happened = np.eye(probabilities.shape[1])[truth.astype(int)]
        distance = (probabilities - happened) ** 2
        two = probabilities.shape[1] == 2
        loss = distance[:, 1] if two else distance.sum(axis=1)
        estimate = mean_estimate(loss, trial.weight, sure, least=0.0, most=1.0 if two else 2.0)
        return estimate.reading(self, n=len(truth), sure=sure)
