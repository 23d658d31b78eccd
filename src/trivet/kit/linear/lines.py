"""Weighted sums by scikit-learn: logistic and ridge regression."""

from collections.abc import Collection
from typing import Any

import numpy as np

from trivet.core.extras import need
from trivet.kit.target import Target, labelled_rows
from trivet.runtime.part import Array, Part

from .expand import expanded_numbers, make_expand

MOST_STEPS = 500  # of L-BFGS; standardised columns need far fewer


def fit_line(x: Array, target: Target, *, codes: Collection[int] = (), strength: float = 1.0) -> Part:
    """A part chain[expand, affine] fitted on x (rows, d) float32, NaN = missing.

    codes: columns of x that hold categories.  strength: of the L2 penalty; 1 is one row's worth of loss.
    Source: Hastie, Tibshirani and Friedman 2009, sections 3.4.1 and 4.4.
    """
    expand = make_expand(x, codes)
    wide = expanded_numbers(expand, x)
    line = ridge(wide, target, strength) if target.link == "identity" else logistic(wide, target, strength)
    return Part(kind="chain", children=(expand, line))


def ridge(wide: Array, target: Target, strength: float) -> Part:
    linear = need("sklearn.linear_model", for_="fit-linear")
    model = linear.Ridge(alpha=strength, solver="cholesky")
    model.fit(wide, target.values(), sample_weight=target.weight)
    return line_part(np.reshape(model.coef_, (1, -1)), np.reshape(model.intercept_, 1))


def logistic(wide: Array, target: Target, strength: float) -> Part:
    linear = need("sklearn.linear_model", for_="fit-linear")
    rows, labels, weights = labelled_rows(target)
    model: Any = linear.LogisticRegression(C=1 / strength, max_iter=MOST_STEPS)
    model.fit(wide[rows], labels, sample_weight=weights)
    return line_part(model.coef_, model.intercept_)


def line_part(coef: Array, intercept: Array) -> Part:
    """coef (scores, m) as scikit-learn has it; stored as (m, scores) in float32."""
    return Part(kind="affine", arrays={"weights": coef.T.astype(np.float32), "bias": intercept.astype(np.float32)})
