"""Which class to answer when the user, not the file, says what mistakes cost.

Source: Elkan 2001, The Foundations of Cost-Sensitive Learning, IJCAI: equation 1 (least expected cost) and theorem 1
(the threshold for two classes).
"""

import numpy as np

from .part import Array


def threshold_for(fp: float, fn: float) -> float:
    """The probability from which answering "positive" costs no more, on average, than answering "negative".

    fp: cost of answering positive for a negative row.  fn: of answering negative for a positive row.  Both >= 0 and not
    both 0; right answers cost nothing.  Returns fp / (fp + fn), in [0, 1].

    >>> threshold_for(fp=1, fn=4)
    0.2
    """
    return fp / (fp + fn)


def by_threshold(probabilities: Array, positive: int, threshold: float) -> Array:
    """(rows,) index of the answered class of two: `positive` where its probability reaches the threshold.

    probabilities: (rows, 2).  positive: 0 or 1.
    """
    reached = probabilities[:, positive] >= threshold
    return np.where(reached, positive, 1 - positive)


def by_cost(probabilities: Array, costs: Array) -> Array:
    """(rows,) index of the class whose expected cost is least; the first wins ties.

    probabilities: (rows, classes).  costs: (classes, classes), of [truth, answer]; 0 on the diagonal.
    """
    cheapest: Array = (probabilities @ costs).argmin(axis=1)
    return cheapest
