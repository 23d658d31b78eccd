"""How good scores are: the area under the ROC curve and log losses, one of each for the doctor, the kit and gauges."""

import math

import numpy as np

from trivet.runtime.part import Array


def area_under_roc(scores: Array, positive: Array, weight: Array | None = None) -> float:
    """The share of pairs in which the positive row has the higher score; ties count half.

    scores: (rows,).  positive: (rows,) bool with both kinds present.  weight: (rows,) or None.
    Equals sklearn.metrics.roc_auc_score to 1e-12 (tests/reference).
    """
    plain = np.ones(len(scores)) if weight is None else weight
    above = share_below(scores[positive], scores[~positive], plain[~positive])
    return math.fsum((plain[positive] * above).tolist()) / math.fsum(plain[positive].tolist())


def share_below(scores: Array, others: Array, weight: Array) -> Array:
    """(scores,) weighted share of `others` that lie below each score; ties count half."""
    order = np.lexsort((weight, others))
    ordered = others[order]
    mass = np.concatenate([[0.0], np.cumsum(weight[order])])
    below, up_to = (mass[np.searchsorted(ordered, scores, side=side)] for side in ("left", "right"))
    return (below + up_to) / (2 * mass[-1])


def log_losses(probabilities: Array, *, least: float) -> Array:
    """Minus the natural logarithm of each probability, none of which counts as less than `least`; same shape."""
    losses: Array = -np.log(np.maximum(probabilities, least))
    return losses
