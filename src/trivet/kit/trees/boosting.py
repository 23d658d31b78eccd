"""Boosted trees by LightGBM, the same bytes on every run, as the runtime's kind `trees`."""

from collections.abc import Callable
from typing import Any

import numpy as np

from trivet.core.extras import need
from trivet.kit.target import Target, mean_loss, shares_of
from trivet.runtime.part import Array, Part

from .lightgbm_text import trees_of_models

MOST_DEEP = 32  # the runtime refuses trees deeper than 64; nothing is gained beyond half of that


def grow_trees(
    x: Array,
    target: Target,
    *,
    trees: int = 150,
    leaves: int = 15,
    rate: float = 0.08,
    min_rows: int = 20,
    smooth: float = 1.0,
    column_share: float = 0.6,
    bins: int = 255,
    seed: int = 0,
    tune: tuple[Array, Target] | None = None,
    patience: int = 30,
    quantiles: tuple[float, float] | None = None,
) -> Part:
    """A part of kind `trees` that was grown on x (rows, d) float32, NaN = missing.

    trees: rounds of boosting; each round adds one tree per score.  min_rows: least rows in a leaf.  smooth: L2
    penalty on leaf values.  column_share: share of columns that each tree may use, in (0, 1].
    tune: rows to stop early on, after `patience` rounds without gain.  quantiles: for regression, two levels;
    the scores are then (mid, low, high).
    Source: Ke et al. 2017, LightGBM; Romano et al. 2019, arXiv 1905.03222, for the quantiles.
    """
    params = {
        "num_leaves": leaves, "learning_rate": rate, "min_data_in_leaf": min_rows, "lambda_l2": smooth,
        "feature_fraction": column_share, "max_bin": bins, "max_depth": MOST_DEEP, "seed": seed,
        "feature_pre_filter": False, "num_threads": 1, "deterministic": True, "force_row_wise": True, "verbose": -1,
    }  # fmt: skip
    return trees_of_models(*lightgbm_models(x, target, params, trees, tune, patience, quantiles))


def lightgbm_models(
    x: Array,
    target: Target,
    params: dict[str, Any],
    trees: int,
    tune: tuple[Array, Target] | None = None,
    patience: int = 30,
    quantiles: tuple[float, float] | None = None,
) -> tuple[list[str], Array]:
    """(texts of the trained models, (scores,) what is added to their sums): one model, or one for each score."""
    if target.link == "softmax" and target.soft is not None:
        return soft_classes_model(x, target, params, trees, tune, patience)
    texts = [
        boost(x, target, {**params, **objective}, trees, tune, patience) for objective in objectives(target, quantiles)
    ]
    return texts, np.zeros(target.n_scores if quantiles is None else 3)


def objectives(target: Target, quantiles: tuple[float, float] | None) -> list[dict[str, Any]]:
    """LightGBM's parameters for each booster that the target needs."""
    if target.link == "identity":
        extremes = [{"objective": "quantile", "alpha": level} for level in quantiles or ()]
        return [{"objective": "regression"}, *extremes]
    if target.link == "softmax":
        return [{"objective": "multiclass", "num_class": target.n_scores}]
    return [{"objective": "binary" if target.soft is None else "cross_entropy"}]


def boost(
    x: Array,
    target: Target,
    params: dict[str, Any],
    trees: int,
    tune: tuple[Array, Target] | None,
    patience: int,
    init_scores: Callable[[int], Array] | None = None,
    feval: Callable[..., Any] | None = None,
) -> str:
    """The text of one trained LightGBM model.  init_scores: number of rows -> the scores that boosting starts from."""
    lightgbm = need("lightgbm", for_="fit-trees")

    def dataset(x: Array, target: Target, **more: Any) -> Any:
        init = None if init_scores is None else init_scores(len(target))
        return lightgbm.Dataset(x, labels_of(target), weight=target.weight, init_score=init, params=params, **more)

    fit = dataset(x, target)
    watched, callbacks = [], []
    if tune is not None and len(tune[1]):
        watched = [dataset(*tune, reference=fit)]
        callbacks = [lightgbm.early_stopping(patience, verbose=False)]
    booster = lightgbm.train(params, fit, trees, valid_sets=watched, callbacks=callbacks, feval=feval)
    text: str = booster.model_to_string(num_iteration=booster.best_iteration)
    return text


def labels_of(target: Target) -> Array:
    """(rows,) float64 label as LightGBM takes it."""
    if target.link == "identity":
        return target.values()
    if target.link == "sigmoid" and target.soft is not None:
        share: Array = target.shares()[:, 1]
        return share
    if target.hard is None:
        return np.zeros(len(target))  # soft classes: the gradient reads the shares itself
    return np.asarray(target.hard, np.float64)


def soft_classes_model(
    x: Array, target: Target, params: dict[str, Any], trees: int, tune: tuple[Array, Target] | None, patience: int
) -> tuple[list[str], Array]:
    """A model that follows a teacher's class probabilities, by cross-entropy (Hinton et al. 2015, eq. 2)."""
    shares, weights = target.shares(), target.weights()[:, None]
    base = np.log(np.clip(np.average(shares, axis=0, weights=weights[:, 0]), 1e-6, 1))
    curve = target.n_scores / (target.n_scores - 1)  # Friedman 2001, section 4.6: the factor of LightGBM's own softmax

    def slopes(scores: Array, _: Any) -> tuple[Array, Array]:
        now = shares_of(scores, "softmax")
        return weights * (now - shares), weights * curve * now * (1 - now)

    def loss(scores: Array, _: Any) -> tuple[str, float, bool]:
        return "cross-entropy", mean_loss(scores, tune[1]) if tune else 0.0, False

    own = {**params, "objective": slopes, "num_class": target.n_scores, "metric": "none"}
    text = boost(x, target, own, trees, tune, patience, init_scores=lambda n: np.tile(base, (n, 1)), feval=loss)
    return [text], base
