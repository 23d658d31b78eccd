"""Boosted trees by LightGBM, the same bytes on every run."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from trivet.core.extras import need
from trivet.kit.goal import Goal, mean_loss, shares_of
from trivet.runtime.part import Array, Part

MOST_DEEP = 32  # the runtime refuses trees deeper than 64; nothing is gained beyond half of that


def grow_trees(
    x: Array,
    goal: Goal,
    *,
    trees: int = 150,
    leaves: int = 15,
    rate: float = 0.08,
    min_rows: int = 20,
    smooth: float = 1.0,
    column_share: float = 0.6,
    bins: int = 255,
    seed: int = 0,
    tune: tuple[Array, Goal] | None = None,
    patience: int = 30,
    quantiles: tuple[float, float] | None = None,
) -> Part:
    """A part of kind `lightgbm` that was grown on x (rows, d) float32, NaN = missing.

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
    if goal.link == "softmax" and goal.soft is not None:
        return grow_soft_classes(x, goal, params, trees, tune, patience)
    texts = [
        boost(x, goal, {**params, **objective}, trees, tune, patience) for objective in objectives(goal, quantiles)
    ]
    return lightgbm_part(texts, np.zeros(goal.n_scores if quantiles is None else 3))


def objectives(goal: Goal, quantiles: tuple[float, float] | None) -> list[dict[str, Any]]:
    """LightGBM's parameters for each booster that the goal needs."""
    if goal.link == "identity":
        extremes = [{"objective": "quantile", "alpha": level} for level in quantiles or ()]
        return [{"objective": "regression"}, *extremes]
    if goal.link == "softmax":
        return [{"objective": "multiclass", "num_class": goal.n_scores}]
    return [{"objective": "binary" if goal.soft is None else "cross_entropy"}]


def boost(
    x: Array,
    goal: Goal,
    params: dict[str, Any],
    trees: int,
    tune: tuple[Array, Goal] | None,
    patience: int,
    init_scores: Callable[[int], Array] | None = None,
    feval: Callable[..., Any] | None = None,
) -> str:
    """The text of one trained LightGBM model.  init_scores: number of rows -> the scores that boosting starts from."""
    lightgbm = need("lightgbm", for_="fit-trees")

    def dataset(x: Array, goal: Goal, **more: Any) -> Any:
        init = None if init_scores is None else init_scores(len(goal))
        return lightgbm.Dataset(x, target_of(goal), weight=goal.weight, init_score=init, params=params, **more)

    fit = dataset(x, goal)
    watched, callbacks = [], []
    if tune is not None and len(tune[1]):
        watched = [dataset(*tune, reference=fit)]
        callbacks = [lightgbm.early_stopping(patience, verbose=False)]
    booster = lightgbm.train(params, fit, trees, valid_sets=watched, callbacks=callbacks, feval=feval)
    text: str = booster.model_to_string(num_iteration=booster.best_iteration)
    return text


def target_of(goal: Goal) -> Array:
    """(rows,) float64 label as LightGBM takes it."""
    if goal.link == "identity":
        return goal.values()
    if goal.link == "sigmoid" and goal.soft is not None:
        share: Array = goal.shares()[:, 1]
        return share
    if goal.hard is None:
        return np.zeros(len(goal))  # soft classes: the gradient reads the shares itself
    return np.asarray(goal.hard, np.float64)


def grow_soft_classes(
    x: Array, goal: Goal, params: dict[str, Any], trees: int, tune: tuple[Array, Goal] | None, patience: int
) -> Part:
    """Trees that follow a teacher's class probabilities, by the cross-entropy to them (Hinton et al. 2015, eq. 2)."""
    shares, weights = goal.shares(), goal.weights()[:, None]
    base = np.log(np.clip(np.average(shares, axis=0, weights=weights[:, 0]), 1e-6, 1))
    curve = goal.n_scores / (goal.n_scores - 1)  # Friedman 2001, section 4.6: the factor of LightGBM's own softmax

    def slopes(scores: Array, _: Any) -> tuple[Array, Array]:
        now = shares_of(scores, "softmax")
        return weights * (now - shares), weights * curve * now * (1 - now)

    def loss(scores: Array, _: Any) -> tuple[str, float, bool]:
        return "cross-entropy", mean_loss(scores, tune[1]) if tune else 0.0, False

    own = {**params, "objective": slopes, "num_class": goal.n_scores, "metric": "none"}
    text = boost(x, goal, own, trees, tune, patience, init_scores=lambda n: np.tile(base, (n, 1)), feval=loss)
    return lightgbm_part([text], base)


def lightgbm_part(texts: Sequence[str], base: Array) -> Part:
    """The workshop's part: the models' texts one after the other; several models give one score each."""
    blobs = [text.encode() for text in texts]
    arrays: dict[str, Array] = {
        "model": np.frombuffer(b"".join(blobs), np.uint8),
        "ends": np.cumsum([len(blob) for blob in blobs]).astype(np.uint32),
        "base": np.asarray(base, np.float32),
    }
    return Part(kind="lightgbm", config={"n_scores": len(base)}, arrays=arrays)
