"""Weighted sums by scikit-learn: logistic and ridge regression."""

from collections.abc import Collection
from typing import Any

import numpy as np

from trivet.core.extras import need
from trivet.kit.goal import Goal, labelled_rows
from trivet.runtime.part import Array, Part

from .expand import expanded, make_expand

MOST_STEPS = 500  # of L-BFGS; standardised columns need far fewer


def fit_line(x: Array, goal: Goal, *, codes: Collection[int] = (), strength: float = 1.0) -> Part:
    """A part chain[expand, sklearn-linear] fitted on x (rows, d) float32, NaN = missing.

    codes: columns of x that hold categories.  strength: of the L2 penalty; 1 is one row's worth of loss.
    Source: Hastie, Tibshirani and Friedman 2009, sections 3.4.1 and 4.4.
    """
    expand = make_expand(x, codes)
    wide = expanded(expand, x)
    line = ridge(wide, goal, strength) if goal.link == "identity" else logistic(wide, goal, strength)
    return Part(kind="chain", children=(expand, line))


def ridge(wide: Array, goal: Goal, strength: float) -> Part:
    linear = need("sklearn.linear_model", for_="fit-linear")
    model = linear.Ridge(alpha=strength, solver="cholesky")
    model.fit(wide, goal.values(), sample_weight=goal.weight)
    return line_part(np.reshape(model.coef_, (1, -1)), np.reshape(model.intercept_, 1))


def logistic(wide: Array, goal: Goal, strength: float) -> Part:
    linear = need("sklearn.linear_model", for_="fit-linear")
    rows, labels, weights = labelled_rows(goal)
    model: Any = linear.LogisticRegression(C=1 / strength, max_iter=MOST_STEPS)
    model.fit(wide[rows], labels, sample_weight=weights)
    return line_part(model.coef_, model.intercept_)


def line_part(coef: Array, intercept: Array) -> Part:
    """coef (scores, m) as scikit-learn has it; stored as (m, scores)."""
    return Part(kind="sklearn-linear", arrays={"coef": coef.T, "intercept": intercept})
