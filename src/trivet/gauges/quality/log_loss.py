"""Log loss: the mean of minus the logarithm of the probability given to the true class; natural logarithm.

Probabilities are clipped to [1e-7, 1 - 1e-7] first, so that one row costs 16.1 at most.
Better: lower.  Interval: from the bounds alone (Gaffke): the high end leaves room for wrong rows too rare to have been
seen, each at the dearest that these answers could have cost.  A file that is never surer than its rows allow (see
`fit-temperature`) is the sooner proven.
Parameters: among, a role or an input column of words: the reading of its worst group, as `coverage` has it.
Source: Good 1952; Gaffke 2005; Learned-Miller and Thomas 2019, arXiv 1905.06208 (interval).
"""

import math

import numpy as np

from trivet.core.gauges import Trial
from trivet.core.reading import Reading
from trivet.core.scores import log_losses
from trivet.core.value import value
from trivet.kit.stats.class_losses import mean_class_loss
from trivet.kit.stats.trials import rows_of, units_of, weights_of
from trivet.kit.stats.worst_group_gauge import WorstGroupGauge
from trivet.runtime.part import Array

CLIP = 1e-7  # about the rounding of a float32 probability: below it the file itself knows no difference


@value
class LogLoss(WorstGroupGauge):
    """0 for sure and right; the entropy of the classes for their plain shares."""

    better = "<="
    least, most = -math.log1p(-CLIP), -math.log(CLIP)
    answers = ("probabilities",)
    examples = ("log-loss(among=site)",)

    def read(self, trial: Trial, sure: float) -> Reading:
        """Reads the probability of the true class only."""
        truth, probabilities = rows_of(trial, "probabilities", for_=self)
        loss = np.clip(log_losses(probabilities, least=CLIP), self.least, self.most)
        estimate = mean_class_loss(loss, truth, weights_of(trial), sure, least=self.least, units=units_of(trial))
        return estimate.reading(self, n=len(truth), sure=sure)

    def losses(self, trial: Trial) -> Array | None:
        """The clipped loss, as a share of the dearest."""
        truth, probabilities = rows_of(trial, "probabilities", for_=self)
        own = log_losses(probabilities, least=CLIP)[np.arange(len(truth)), truth.astype(int)]
        return None if self.among else np.clip((own - self.least) / (self.most - self.least), 0.0, 1.0)
