"""Sums of curves by interpret's explainable boosting machine: every term can be drawn."""

import warnings
from typing import Any

import numpy as np

from trivet.core.extras import need
from trivet.runtime.part import Array, Part

from .goal import Goal, labelled_rows


def fit_terms(
    x: Array,
    goal: Goal,
    *,
    interactions: int = 12,
    rounds: int = 1000,
    rate: float = 0.06,
    leaves: int = 3,
    bins: int = 256,
    bags: int = 4,
    seed: int = 0,
) -> Part:
    """A part of kind `ebm` fitted on x (rows, d) float32, NaN = missing.

    interactions: pairs of columns beside the single ones; none for three classes or more.  rounds: of boosting over
    all terms, at most.  bins: per column.  bags: models that are averaged, each stopped early on 15 % of the rows.
    Source: Nori et al. 2019, arXiv 1909.09223; Lou et al. 2013 for the pairs.
    """
    own = {
        "interactions": min(interactions, pairs_of(x.shape[1])) if goal.link != "softmax" else 0,
        "max_rounds": rounds, "learning_rate": rate, "max_leaves": leaves, "max_bins": bins, "outer_bags": bags,
        "max_interaction_bins": min(bins, 32), "random_state": seed, "n_jobs": 1, "smoothing_rounds": 50,
        "interaction_smoothing_rounds": 25, "early_stopping_rounds": 50, "feature_types": ["continuous"] * x.shape[1],
    }  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # columns that are all missing, or few rows: both are fine
        return ebm_part(fitted(x, goal, own))


def pairs_of(columns: int) -> int:
    return columns * (columns - 1) // 2


def fitted(x: Array, goal: Goal, own: dict[str, Any]) -> Any:
    """interpret's model."""
    boosting = need("interpret.glassbox", for_="fit-glass-box")
    if goal.link == "identity":
        return boosting.ExplainableBoostingRegressor(**own).fit(x, goal.values(), sample_weight=goal.weight)
    rows, labels, weights = labelled_rows(goal)
    return boosting.ExplainableBoostingClassifier(**own).fit(x[rows], labels, sample_weight=weights)


def ebm_part(model: Any) -> Part:
    """The workshop's part: for each term its columns, cuts (float64) and scores (bins..., n_scores)."""
    terms = model.term_features_
    arrays: dict[str, Array] = {"intercept": np.atleast_1d(np.asarray(model.intercept_, np.float64))}
    for i, columns in enumerate(terms):
        # A column has coarser bins for pairs, where it has them at all.
        level = len(columns) - 1
        for axis, column in enumerate(columns):
            levels = model.bins_[column]
            arrays[f"cuts{i}_{axis}"] = np.asarray(levels[min(level, len(levels) - 1)], np.float64)
        scores = np.asarray(model.term_scores_[i], np.float64)
        arrays[f"scores{i}"] = scores.reshape(*scores.shape[: len(columns)], -1)
    return Part(kind="ebm", config={"terms": [[int(c) for c in columns] for columns in terms]}, arrays=arrays)
