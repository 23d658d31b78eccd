"""The mean of a class loss, with an interval that remembers the wrong rows it was too short to see."""

import math

import numpy as np

from trivet.runtime.part import Array

from .intervals import Estimate, mean_estimate, share_estimate


def mean_class_loss(
    loss: Array, probabilities: Array, truth: Array, weight: Array | None, sure: float, *, least: float, most: float
) -> Estimate:
    """The mean loss at the true classes; its high end also leaves room for rare wrong rows.

    loss, probabilities: (rows, classes), what each class would cost each row, and what it was given.
    truth: (rows,) class index.  Sixty right rows in a row are no proof of a small loss: as many wrong rows as their
    exact interval allows are counted too, each at the cost that wrong rows had, or that the model itself expects.
    """
    at = np.arange(len(truth)), truth.astype(int)
    mean = mean_estimate(loss[at], weight, sure, least=least, most=most)
    wrong = probabilities[at] < 0.5
    plain = np.ones(len(truth)) if weight is None else weight
    if not plain[~wrong].any():
        return mean
    right = weighted_mean(loss[at][~wrong], plain[~wrong])
    doubt = plain[:, None] * probabilities
    doubt[at] = 0
    dear = max(weighted_mean(loss.ravel(), doubt.ravel()), weighted_mean(loss[at][wrong], plain[wrong]))
    often = share_estimate(wrong, weight, sure).high
    room = (1 - often) * right + often * dear
    return Estimate(value=mean.value, low=mean.low, high=min(max(mean.high, room), most), how=mean.how)


def weighted_mean(amount: Array, weight: Array) -> float:
    """The mean; 0 where nothing has weight."""
    total = math.fsum(weight.tolist())
    return math.fsum((weight * amount).tolist()) / total if total else 0.0
