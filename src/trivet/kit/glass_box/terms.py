"""Sums of curves by interpret's explainable boosting machine: every term can be drawn."""

import warnings
from typing import Any

from trivet.core.extras import need
from trivet.kit.target import Target, labelled_rows
from trivet.runtime.part import Array, Part

from .additive import additive_part


def fit_terms(
    x: Array,
    target: Target,
    *,
    interactions: int = 12,
    rounds: int = 1000,
    rate: float = 0.06,
    leaves: int = 3,
    bins: int = 256,
    bags: int = 4,
    seed: int = 0,
) -> Part:
    """A part of kind `additive` fitted on x (rows, d) float32, NaN = missing.

    interactions: pairs of columns beside the single ones; none for three classes or more.  rounds: of boosting over
    all terms, at most.  bins: per column.  bags: models that are averaged, each stopped early on 15 % of the rows.
    Source: Nori et al. 2019, arXiv 1909.09223; Lou et al. 2013 for the pairs.
    """
    own = {
        "interactions": min(interactions, pairs_of(x.shape[1])) if target.link != "softmax" else 0,
        "max_rounds": rounds, "learning_rate": rate, "max_leaves": leaves, "max_bins": bins, "outer_bags": bags,
        "max_interaction_bins": min(bins, 32), "random_state": seed, "n_jobs": 1, "smoothing_rounds": 50,
        "interaction_smoothing_rounds": 25, "early_stopping_rounds": 50, "feature_types": ["continuous"] * x.shape[1],
    }  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # columns that are all missing, or few rows: both are fine
        return additive_part(boosting_machine(x, target, own))


def pairs_of(columns: int) -> int:
    return columns * (columns - 1) // 2


def boosting_machine(x: Array, target: Target, own: dict[str, Any]) -> Any:
    """interpret's model."""
    boosting = need("interpret.glassbox", for_="fit-glass-box")
    if target.link == "identity":
        return boosting.ExplainableBoostingRegressor(**own).fit(x, target.values(), sample_weight=target.weight)
    rows, labels, weights = labelled_rows(target)
    return boosting.ExplainableBoostingClassifier(**own).fit(x[rows], labels, sample_weight=weights)
