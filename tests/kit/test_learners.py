"""What all learners of the kit have in common."""

import numpy as np
import pytest
from made_rows import know_nothing

from trivet.kit.glass_box.terms import fit_terms
from trivet.kit.linear.lines import fit_line
from trivet.kit.nets.small_net import train_net
from trivet.kit.target import Target, mean_loss
from trivet.kit.trees.boosting import grow_trees
from trivet.runtime.batch import Batch
from trivet.runtime.program import body_scores

LEARNERS = {
    "line": (lambda x, target, **more: fit_line(x, target), 0.98),
    "trees": (lambda x, target, **more: grow_trees(x, target, trees=40, **more), 0.8),
    "net": (lambda x, target, **more: train_net(x, target, steps=150, rate=0.01, **more), 0.9),
    "terms": (lambda x, target, **more: fit_terms(x, target, rounds=60, bags=1, interactions=2), 0.95),
}
"""name -> (learner, share of the loss of a constant that it must beat on its own rows)"""


@pytest.fixture(params=LEARNERS)
def learner(request):
    return LEARNERS[request.param]


def scores_of(body, x):
    return body_scores(body, Batch(numbers=x))


def test_learns_what_the_target_states(learner, x, target):
    learn, share = learner
    scores = scores_of(learn(x, target), x)
    floor = mean_loss(target.soft, target) if target.soft is not None else 0.0
    gap = mean_loss(scores, target) - floor
    assert scores.shape == (len(x), target.n_scores)
    assert gap < share * (mean_loss(know_nothing(target), target) - floor)


def test_the_same_seed_gives_the_same_bytes(learner, x, targets):
    learn, _ = learner
    assert learn(x, targets["multiclass"]).digest == learn(x, targets["multiclass"]).digest


def test_weight_zero_is_absence(x, targets):
    target, kept = targets["regression"], np.arange(len(x)) < 800
    weighted = Target(link="identity", n_scores=1, hard=target.hard, weight=kept.astype(float))
    with_weight = fit_line(x[kept], target.take(kept)).children[1].arrays["weights"]
    # The standardising looks at all rows, so only slopes in the columns' own units agree.
    again = fit_line(x, weighted)
    scale = again.children[0].arrays["scale"], fit_line(x[kept], target.take(kept)).children[0].arrays["scale"]
    assert again.children[1].arrays["weights"][:6, 0] * scale[0] == pytest.approx(
        with_weight[:6, 0] * scale[1], rel=0.02
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_few_rows_and_absent_classes_still_give_a_score_per_class(learner, rows):
    learn, _ = learner
    x = np.arange(rows * 2, dtype=np.float32).reshape(rows, 2)
    target = Target(link="softmax", n_scores=3, hard=np.zeros(rows, np.int32))
    assert np.isfinite(scores_of(learn(x, target), x)).all()


def test_columns_that_are_all_missing_change_nothing_but_the_time(learner, x, targets):
    learn, _ = learner
    wider = np.concatenate([x, np.full((len(x), 1), np.nan, np.float32)], axis=1)
    scores = scores_of(learn(wider, targets["binary"]), wider)
    assert mean_loss(scores, targets["binary"]) < 0.99 * mean_loss(know_nothing(targets["binary"]), targets["binary"])


def test_tune_rows_stop_trees_early(x, targets):
    half, target = slice(0, 600), targets["binary"]
    rest = (x[600:], target.take(np.arange(600, 1200)))
    stopped = grow_trees(x[half], target.take(np.arange(600)), trees=300, rate=0.3, tune=rest, patience=10)
    assert len(stopped.arrays["output"]) < 150


def test_tune_rows_choose_the_best_epoch_of_a_net(x, targets):
    target, fit = targets["regression"], np.arange(100)
    rest = (x[600:], target.take(np.arange(600, 1200)))
    free = mean_loss(scores_of(train_net(x[fit], target.take(fit), steps=400, decay=0, rate=0.02), rest[0]), rest[1])
    net = train_net(x[fit], target.take(fit), steps=400, decay=0, rate=0.02, tune=rest)
    assert mean_loss(scores_of(net, rest[0]), rest[1]) <= free


def test_quantile_trees_hold_the_stated_share_between_them(x, targets):
    target = targets["regression"]
    scores = scores_of(grow_trees(x, target, trees=60, quantiles=(0.1, 0.9)), x)
    held = (scores[:, 1] <= target.hard) & (target.hard <= scores[:, 2])
    assert scores.shape == (1200, 3) and 0.7 < held.mean() < 0.95  # 0.8, fitted on the same rows
