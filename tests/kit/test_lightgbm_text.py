"""Our trees decide exactly as LightGBM's do."""

import lightgbm
import numpy as np
import pytest

from trivet.kit.trees.boosting import lightgbm_models
from trivet.kit.trees.lightgbm_text import floor_float32, trees_in, trees_of_models
from trivet.runtime.batch import Batch
from trivet.runtime.program import body_scores

QUIET = {"verbose": -1, "num_threads": 1, "seed": 0}


def leaf_of(tree, row):
    """The preorder number of the leaf that the row reaches, walked without the runtime."""
    inner, leaves = np.cumsum(tree.feature >= 0) - 1, np.cumsum(tree.feature < 0) - 1

    def right_of(node):
        depth, node = 1, node + 1
        while depth:
            depth += 1 if tree.feature[node] >= 0 else -1
            node += 1
        return node

    node = 0
    while tree.feature[node] >= 0:
        number, at = row[tree.feature[node]], inner[node]
        left = tree.missing_left[at] if np.isnan(number) else number <= tree.threshold[at]
        node = node + 1 if left else right_of(node)
    return leaves[node]


@pytest.mark.reference
def test_scores_equal_lightgbm_with_missing_values_anywhere(x, unseen, target):
    (text,), base = lightgbm_models(x, target, {**QUIET, "learning_rate": 0.08, "num_leaves": 15}, 40)
    wanted = lightgbm.Booster(model_str=text).predict(unseen, raw_score=True).reshape(len(unseen), -1) + base
    found = body_scores(trees_of_models([text], base), Batch(numbers=unseen))
    assert found == pytest.approx(wanted, abs=1e-6 * max(10, np.abs(wanted).max()))  # float32 sums


@pytest.mark.reference
def test_every_row_falls_into_the_leaf_that_lightgbm_says(x, unseen, targets):
    (text,), _ = lightgbm_models(x, targets["binary"], QUIET, 5)
    wanted = lightgbm.Booster(model_str=text).predict(unseen[:200], pred_leaf=True)
    values = [
        [float(v) for v in block.split("leaf_value=")[1].split("\n")[0].split()] for block in text.split("\nTree=")[1:]
    ]
    for i, tree in enumerate(trees_in(text)):
        found = [tree.leaf[leaf_of(tree, row)] for row in unseen[:200]]
        assert found == [values[i][leaf] for leaf in wanted[:, i]]


@pytest.mark.reference
def test_several_models_give_one_score_each(x, unseen, targets):
    texts, base = lightgbm_models(x, targets["regression"], QUIET, 20, quantiles=(0.1, 0.9))
    wanted = np.stack([lightgbm.Booster(model_str=text).predict(unseen) for text in texts], axis=1)
    assert body_scores(trees_of_models(texts, base), Batch(numbers=unseen)) == pytest.approx(
        wanted, abs=1e-6 * wanted.max()
    )


def test_thresholds_are_rounded_down_so_that_no_float32_changes_sides():
    thresholds = np.array([0.1, 1 / 3, -0.1, 1e300, 1e-46, 5.0])
    rounded = floor_float32(thresholds)
    above = np.nextafter(rounded[:3], np.float32(np.inf))
    assert (rounded <= thresholds).all() and (above > thresholds[:3]).all() and rounded[5] == 5
    assert np.isfinite(rounded).all()


def test_a_model_without_a_split_is_a_constant():
    data = lightgbm.Dataset(np.zeros((5, 1)), np.arange(5.0), params={"verbose": -1})
    text = lightgbm.train({"objective": "regression", "verbose": -1}, data, 3).model_to_string()
    scores = body_scores(trees_of_models([text], np.zeros(1)), Batch(numbers=np.zeros((2, 1), np.float32)))
    assert scores[:, 0] == pytest.approx([2.0, 2.0])


def test_splits_by_category_are_refused():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 9, (500, 1)).astype(float)
    data = lightgbm.Dataset(codes, codes[:, 0] % 3, categorical_feature=[0], params={"verbose": -1})
    text = lightgbm.train(
        {"objective": "regression", "verbose": -1, "min_data_per_group": 5}, data, 3
    ).model_to_string()
    with pytest.raises(ValueError, match="category"):
        trees_in(text)
