"""Log loss: the mean of minus the logarithm of the probability given to the true class; natural logarithm.

Probabilities are clipped to [1e-7, 1 - 1e-7] first, so that one row costs 16.1 at most.
Better: lower.  Interval: Student with a correction for skewness; the high end leaves room for wrong rows too rare to
have been seen.  Source: Good 1952; Hall 1992 (interval).
"""

import math

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.kit.stats.class_losses import mean_class_loss
from trivet.kit.stats.trials import expect_goal, rows_of, weights_of

CLIP = 1e-7  # about the rounding of a float32 probability: below it the file itself knows no difference


class LogLoss(Gauge):
    """0 for sure and right; the entropy of the classes for their plain shares."""

    better = "<="
    least, most = -math.log1p(-CLIP), -math.log(CLIP)

    def applies(self, sketch: Sketch) -> None:
        """Classification only."""
        expect_goal(sketch, "classify", for_=self)

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """Reads the probability of the true class only."""
        truth, probabilities = rows_of(trial, "probabilities", for_=self)
        loss = np.clip(-np.log(np.clip(probabilities, CLIP, 1 - CLIP)), self.least, self.most)
        estimate = mean_class_loss(
            loss, probabilities, truth, weights_of(trial), sure, least=self.least, most=self.most
        )
        return estimate.reading(self, n=len(truth), sure=sure)
