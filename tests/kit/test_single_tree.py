import numpy as np
import pytest

from trivet.kit.target import mean_loss
from trivet.kit.trees.single_tree import grow_tree
from trivet.runtime.batch import Batch
from trivet.runtime.program import body_scores


def test_decides_as_scikit_learn(x, unseen, targets):
    from sklearn.tree import DecisionTreeRegressor

    target = targets["regression"]
    theirs = DecisionTreeRegressor(max_leaf_nodes=16, max_depth=32, min_samples_leaf=5, random_state=0)
    expected = theirs.fit(x, target.values()).predict(unseen)
    ours = body_scores(grow_tree(x, target, leaves=16), Batch(numbers=unseen))
    np.testing.assert_allclose(ours[:, 0], expected, rtol=1e-5)


def test_learns_every_target(x, target):
    body = grow_tree(x, target, leaves=64)
    root = grow_tree(x, target, leaves=2)
    assert body.arrays["feature"].tolist().count(-1) <= 64 * target.n_scores
    losses = [mean_loss(body_scores(part, Batch(numbers=x)), target) for part in (body, root)]
    assert losses[0] < losses[1]


@pytest.mark.parametrize("name", ["binary", "multiclass"])
def test_no_class_is_ruled_out(x, targets, name):
    scores = body_scores(grow_tree(x, targets[name], leaves=200, min_rows=1), Batch(numbers=x))
    assert np.abs(scores).max() < np.log(1e6)
    assert mean_loss(scores, targets[name]) < 0.7
