"""Answers out of fold: what twins of a body, which never saw a row, say of it.

A body's own answers to rows that taught it are too good to calibrate on.  A pass that fits in folds makes all rows that
taught tune rows, and leaves beside each its scores by twins that were fitted without it; passes that calibrate take the
scores from there.  So every row but those that compare and certify can teach.
Source: Wolpert 1992, "Stacked generalization"; Barber et al. 2021, arXiv 1905.02928 (CV+).
"""

import numpy as np

from trivet.core.rows import Dataset, Rows
from trivet.runtime.part import Array

OUT_OF_FOLD = "out-of-fold"
"""Beside fit and tune rows: (rows, n_scores) float32."""
HELD_OUT = "held-out"
"""Beside tune rows after a body was taught in folds: (rows,) uint8, 1 for those that are no fit rows."""


def order_of_all(data: Dataset) -> Array:
    """(rows,) where each row of fit and tune together, in the order of the source, stands among fit rows, then tune."""
    return np.argsort(np.concatenate([data.fit.ids, held_out(data).ids]), kind="stable")


def with_unseen(data: Dataset, scores: Array, **more: Array) -> Dataset:
    """The data after a body was taught all fit and tune rows in folds: all of them are tune rows now.

    scores: (rows, n_scores) of each, in the order of the source, by twins that did not see it.  more: what else was
    said of them, for beside the fit rows.
    """
    order, n_fit = order_of_all(data), len(data.fit)
    of_fit = np.argsort(order)[:n_fit]
    tune = data.fit.and_(held_out(data)).with_beside(
        **{OUT_OF_FOLD: scores, HELD_OUT: (order >= n_fit).astype(np.uint8)}
    )
    beside = {name: array[of_fit] for name, array in {OUT_OF_FOLD: scores, **more}.items()}
    return data.with_({"fit": data.fit.with_beside(**beside), "tune": tune})


def held_out(data: Dataset) -> Rows:
    """The tune rows that are no fit rows, with nothing said of them out of fold."""
    tune = data.tune
    if HELD_OUT not in tune.beside:
        return tune
    return tune.take(np.flatnonzero(tune.beside[HELD_OUT])).without_beside(OUT_OF_FOLD, HELD_OUT)
