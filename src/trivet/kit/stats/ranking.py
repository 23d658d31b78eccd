"""How well scores rank: AUROC and average precision, with what each row contributes to them."""

import math

import numpy as np

from trivet.core.scores import area_under_roc, share_below
from trivet.runtime.part import Array

from .intervals import Estimate, logit_interval


def auroc_influence(scores: Array, positive: Array, weight: Array, units: Array | None = None) -> tuple[float, Array]:
    """The area under the ROC curve, and (rows,) how much each row moves it; the squares sum to DeLong's variance.

    scores: (rows,).  positive: (rows,) bool with both kinds present.  weight: (rows,).  units: (rows,) or None; then
    the squares of the units' sums do.  Needs sorting only, O(n log n).
    Source: DeLong et al. 1988, equations 3 to 5; Sun and Xu 2014; Obuchowski 1997 (units).
    """
    influence = np.zeros(len(scores))
    above = share_below(scores[positive], scores[~positive], weight[~positive])
    below = 1 - share_below(scores[~positive], scores[positive], weight[positive])
    area = area_under_roc(scores, positive, weight)
    for rows, share in ((positive, above), (~positive, below)):
        n = len(share) if units is None else len(np.unique(units[rows]))
        spare = math.sqrt(n / max(n - 1, 1))
        gap = share - area
        influence[rows] = weight[rows] / math.fsum(weight[rows].tolist()) * gap * spare
    return area, influence


def precision_influence(scores: Array, positive: Array, weight: Array) -> tuple[float, Array]:
    """The average precision, and (rows,) how much each row moves it (its infinitesimal jackknife).

    scores: (rows,).  positive: (rows,) bool with at least one.  weight: (rows,).  Ties share one threshold.
    """
    order = np.lexsort((weight, positive, scores))
    _, group = np.unique(scores[order], return_inverse=True)
    hits = np.bincount(group, weight[order] * positive[order])
    caught = np.cumsum(hits[::-1])[::-1]  # positives at or above each threshold
    flagged = np.cumsum(np.bincount(group, weight[order])[::-1])[::-1]
    precision = hits * caught / flagged
    total = hits.sum()
    average = float(precision.sum() / total)
    # d AP / d weight: a row's own precision as a positive, and what it does to every threshold at or below it.
    own = (caught / flagged + np.cumsum(hits / flagged))[group] * positive[order]
    others = np.cumsum(hits * caught / flagged**2)[group]
    influence = np.empty(len(scores))
    influence[order] = weight[order] * (own - others - average * positive[order]) / total
    return average, influence


def ranking_estimate(
    area: float, influence: Array, rarest: float, sure: float, how: str, *, again: int = 1
) -> Estimate:
    """An area in [0, 1] with an interval from what each unit contributes to it.

    influence: (units,).  rarest: how many units the rarest class is worth; two of them at least say something of the
    spread.  A ranking without a fault has no spread: then only chance is ruled out, as if the rarest units were single
    trials (for AUROC this is exact for disjoint pairs, hence careful).  again: how often the unit that counts most is
    counted once more.
    """
    if rarest < 2:
        return Estimate(value=area, low=0.0, high=1.0, how="one row of a class says nothing of the spread")
    chance = ((1 - sure) / 2) ** (1 / rarest)
    # Few misplaced rows make most of the spread, and a sample that caught none of the worst looks both better and
    # surer than it is: so the unit that counts most is counted again.
    squares = influence**2
    error = math.sqrt(math.fsum(squares.tolist()) + again * float(squares.max()))
    if not 0 < area < 1 or error == 0:
        low, high = (chance, 1.0) if area > 0.5 else (0.0, 1 - chance)
        return Estimate(value=area, low=min(low, area), high=max(high, area), how="exact for disjoint pairs")
    low, high = logit_interval(area, error, rarest - 1, sure)
    # Units of the rarest class that were too rare to be seen, a share of 1 - chance of it at most, may rank anywhere:
    # half of what they could cost is left as room, and a little more where they are few.  A heuristic, by which the
    # worst miss rate that was found fell from 14 to 3 % (bench/certificates.py).
    unseen = (1 - chance) * (0.5 + 3 / rarest)
    return Estimate(value=area, low=min(low, max(1 - unseen, 0.0) * area), high=high, how=how)
