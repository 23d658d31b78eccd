"""Split conformal prediction on arrays: thresholds from calibration rows that cover new rows with a stated share.

Source: Vovk, Gammerman, Shafer 2005; class sets by the least ambiguous rule (LAC), Sadinle, Lei, Wasserman 2019;
intervals, Lei et al. 2018; quantile intervals (CQR), Romano, Patterson, Candes 2019, equation 8.
"""

import math

import numpy as np

from trivet.kit.stats.intervals import effective_rows
from trivet.runtime.part import Array

# (rows + 1) * coverage of e.g. 99 rows at 90 % may come out as 90.00000000000001, which would skip a rank.
_ROUNDING = 1e-9

_JUDGED_PER_CALIBRATED = 1.5  # vault rows per tune row: 1.33 to 1.87 in the usual splits


def rank_for(coverage: float, rows: int) -> int:
    """The rank k = ceil((rows + 1) coverage) of the score that covers; above `rows` when no score does.

    >>> rank_for(0.9, 99), rank_for(0.9, 8)
    (90, 9)
    """
    return max(1, math.ceil((rows + 1) * coverage - _ROUNDING))


def conformal_quantile(scores: Array, coverage: float, weight: Array | None = None) -> float:
    """The score that a new, exchangeable row stays below with probability at least `coverage`; inf for too few rows.

    scores: (rows,) non-conformity, large = strange.  weight: (rows,) above 0, or None; the new row is taken to weigh
    their mean.  The coverage given these rows follows `coverage_law`.
    Source: equal weights, Vovk et al. 2005, proposition 2.3; others, Tibshirani et al. 2019, lemma 1.
    """
    if weight is None:
        rank = rank_for(coverage, len(scores))
        return math.inf if rank > len(scores) else float(np.partition(scores, rank - 1)[rank - 1])
    order = np.argsort(scores, kind="stable")
    share = np.cumsum(weight[order]) / (weight.sum() + weight.mean())
    rank = int(np.searchsorted(share, coverage - _ROUNDING)) + 1
    return math.inf if rank > len(scores) else float(scores[order[rank - 1]])


def coverage_law(rows: int, coverage: float) -> tuple[int, int]:
    """(a, b) of the Beta distribution that coverage follows over calibration sets, for scores without ties."""
    rank = rank_for(coverage, rows)
    return rank, rows + 1 - rank


def raised_coverage(coverage: float, rows: float, margin: float) -> float:
    """The share to aim at so that a judge with half as many rows again sees its whole interval above `coverage`.

    The judge needs to see the coverage plus half of its own 95 % interval; the aim lies `margin` standard deviations
    of what calibration and judge may both err above that.  0 = no margin at all, the textbook's aim.
    Never beyond 0.999, and a margin never asks for more than the strangest calibration row gives.

    >>> round(raised_coverage(0.9, 1000, 1.5), 4), raised_coverage(0.9, 1000, 0.0)
    (0.9322, 0.9)
    """
    if margin == 0:
        return coverage
    judged = _JUDGED_PER_CALIBRATED * rows
    needed = min(coverage + 1.96 * math.sqrt(coverage * (1 - coverage) / judged), 0.999)
    added = margin * math.sqrt(needed * (1 - needed) * (1 / rows + 1 / judged))
    most = max(coverage, min(0.999, rows / (rows + 1)))
    return min(needed + added, most)


def safe_quantile(scores: Array, coverage: float, margin: float, weight: Array | None = None) -> float:
    """The conformal quantile at the raised coverage."""
    rows = len(scores) if weight is None else effective_rows(weight)
    return conformal_quantile(scores, raised_coverage(coverage, rows, margin), weight)


def pooled_floor(probability: Array, coverage: float, margin: float = 0.0, weight: Array | None = None) -> float:
    """The probability from which a class enters the set, so that sets hold the true class of `coverage` of all rows.

    probability: (rows,) of the true class.  Returns 0, which takes every class in, when the rows are too few.
    """
    return max(0.0, -safe_quantile(-probability, coverage, margin, weight))


def class_floors(
    probabilities: Array, answer: Array, coverage: float, margin: float = 0.0, weight: Array | None = None
) -> Array:
    """One floor per class, so that sets cover each class by itself (Mondrian); (classes,), dtype of probabilities.

    probabilities: (rows, classes).  answer: (rows,) class index.
    A class with fewer rows than `least_rows` takes the floor of all rows together.
    """
    true = probabilities[np.arange(len(answer)), answer]
    pooled = pooled_floor(true, coverage, margin, weight)
    floors = np.full(probabilities.shape[1], pooled, probabilities.dtype)
    for index in range(len(floors)):
        own = answer == index
        if own.sum() >= least_rows(coverage):
            floors[index] = pooled_floor(true[own], coverage, margin, None if weight is None else weight[own])
    return floors


def least_rows(coverage: float) -> int:
    """The fewest calibration rows with which `coverage` can be promised.

    >>> least_rows(0.9), least_rows(0.95)
    (9, 19)
    """
    return max(1, math.ceil(coverage / (1 - coverage) - _ROUNDING))


def interval_pad(
    scores: Array, truth: Array, coverage: float, margin: float = 0.0, weight: Array | None = None
) -> float:
    """What to add on both sides so that intervals hold `coverage` of the values; inf for too few rows.

    scores: (rows, 1) predictions, or (rows, 3) with columns mid, low, high; the pad of the latter may be negative.
    truth: (rows,) values, float64.
    """
    return safe_quantile(strangeness(scores, truth), coverage, margin, weight)


def strangeness(scores: Array, truth: Array) -> Array:
    """(rows,) how far each value lies beyond its interval without a pad; below 0 for one inside."""
    wide = np.asarray(scores, np.float64)
    if wide.shape[1] == 1:
        distance: Array = np.abs(truth - wide[:, 0])
        return distance
    return np.maximum(wide[:, 1] - truth, truth - wide[:, 2])
