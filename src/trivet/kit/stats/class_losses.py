"""The mean of a class loss, bounded by what the answers could have cost at most."""

import numpy as np

from trivet.runtime.part import Array

from .intervals import Estimate, mean_estimate


def mean_class_loss(
    loss: Array, truth: Array, weight: Array | None, sure: float, *, least: float, units: Array | None
) -> Estimate:
    """The mean loss at the true classes, with ends that hold for every law of losses within the bounds.

    loss: (rows, classes), what each class would have cost each row; the largest of all is the upper bound.
    truth: (rows,) class index.  units: as for a share.
    """
    seen = loss[np.arange(len(truth)), truth.astype(int)]
    return mean_estimate(seen, weight, sure, least=least, most=float(loss.max()), units=units)
