"""Brier score: the mean squared distance between stated probabilities and what happened.

Two classes: (p - y) squared, at most 1.  Several: summed over the classes, at most 2.
Better: lower.  Interval: from the bounds alone (Gaffke): the high end leaves room for wrong rows too rare to have been
seen, each at the dearest that these answers could have cost.
Source: Brier 1950; Gaffke 2005; Learned-Miller and Thomas 2019, arXiv 1905.06208 (interval).
"""

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.value import value
from trivet.kit.stats.class_losses import mean_class_loss
from trivet.kit.stats.trials import expect_answers, rows_of, units_of, weights_of
from trivet.runtime.part import Array


@value
class Brier(Gauge):
    """0 for sure and right; 0.25 for one half each."""

    better = "<="
    least, most = 0.0, 2.0

    def applies(self, sketch: Sketch) -> None:
        """Answers with a probability for each class."""
        expect_answers(sketch, "probabilities", for_=self)

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """Reads the probabilities of all classes."""
        truth, probabilities = rows_of(trial, "probabilities", for_=self)
        # |p - e_c|^2 = |p|^2 - 2 p_c + 1 for every class c.
        two = probabilities.shape[1] == 2
        apart = (probabilities**2).sum(axis=1, keepdims=True) - 2 * probabilities + 1
        loss = (1 - probabilities) ** 2 if two else np.maximum(apart, 0)
        estimate = mean_class_loss(loss, truth, weights_of(trial), sure, least=0.0, units=units_of(trial))
        return estimate.reading(self, n=len(truth), sure=sure)

    def losses(self, trial: Trial) -> Array | None:
        """The squared distance, as a share of 2."""
        truth, probabilities = rows_of(trial, "probabilities", for_=self)
        apart = ((probabilities - np.eye(probabilities.shape[1])[truth.astype(int)]) ** 2).sum(axis=1)
        return apart / (4.0 if probabilities.shape[1] == 2 else 2.0)
