import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor
from sklearn.metrics import log_loss, roc_auc_score

from trivet.kit.target import Target, shares_of
from trivet.kit.trees.extra_trees import grow_extra_trees
from trivet.runtime.batch import Batch
from trivet.runtime.program import body_scores


def scores(part, x):
    return body_scores(part, Batch(numbers=x.astype(np.float32)))


@pytest.mark.reference
@pytest.mark.parametrize("missing", [False, True])
def test_values_are_those_of_scikit_learn(missing):
    x, y = load_diabetes(return_X_y=True)
    x = x.astype(np.float32)
    if missing:
        x[np.random.default_rng(0).random(x.shape) < 0.1] = np.nan
    theirs = ExtraTreesRegressor(20, min_samples_leaf=3, max_features=0.4, max_depth=32, random_state=7)
    theirs.fit(x[:300], y[:300])
    target = Target(link="identity", n_scores=1, hard=y[:300])
    ours = grow_extra_trees(x[:300], target, trees=20, min_rows=3, column_share=0.4, seed=7)
    assert scores(ours, x)[:, 0] == pytest.approx(theirs.predict(x), rel=1e-4)


def test_it_ranks_as_well_as_the_mean_of_shares():
    x, y = load_breast_cancer(return_X_y=True)
    x = x.astype(np.float32)
    theirs = ExtraTreesClassifier(100, max_features=0.5, random_state=0).fit(x[::2], y[::2])
    target = Target(link="sigmoid", n_scores=1, hard=y[::2])
    ours = grow_extra_trees(x[::2], target, trees=100, seed=0)
    said = scores(ours, x[1::2])[:, 0]
    assert roc_auc_score(y[1::2], said) > roc_auc_score(y[1::2], theirs.predict_proba(x[1::2])[:, 1]) - 0.003


def test_three_classes_get_a_score_each():
    x, y = load_iris(return_X_y=True)
    part = grow_extra_trees(x[::2].astype(np.float32), Target(link="softmax", n_scores=3, hard=y[::2]), trees=30)
    shares = shares_of(scores(part, x[1::2]), "softmax")
    assert log_loss(y[1::2], shares) < 0.5 and (shares.argmax(axis=1) == y[1::2]).mean() > 0.9


def test_weights_count_and_the_seed_decides():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 2)).astype(np.float32)
    y = np.where(x[:, 0] > 0, 1.0, 0.0)
    heavy = Target(link="identity", n_scores=1, hard=y, weight=np.where(y == 1, 100.0, 1.0))
    coarse = {"trees": 10, "min_rows": 60}
    plain = grow_extra_trees(x, Target(link="identity", n_scores=1, hard=y), **coarse)
    assert scores(grow_extra_trees(x, heavy, **coarse), x).mean() > scores(plain, x).mean() + 0.2
    one, two, other = (grow_extra_trees(x, heavy, seed=seed) for seed in (1, 1, 2))
    assert all(np.array_equal(one.arrays[name], two.arrays[name]) for name in one.arrays)
    assert not np.array_equal(one.arrays["threshold"], other.arrays["threshold"])
