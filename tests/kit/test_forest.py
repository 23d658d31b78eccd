import numpy as np
import pytest

from trivet.kit.rounding import float16_thresholds, step_of, to_int8
from trivet.kit.target import Target, mean_loss
from trivet.kit.trees.forest import forest_of, part_of, with_forests
from trivet.kit.trees.prune import curvature, refit_leaves, with_fewer_leaves
from trivet.runtime.batch import Batch
from trivet.runtime.part import Part
from trivet.runtime.program import body_scores
from trivet.testing.parts import random_batch, random_part


def float_trees(seed, k=1):
    """A random part of kind `trees` with float32 leaves, and rows for it."""
    rng = np.random.default_rng(seed)
    part = part_of(forest_of(random_part("trees", rng, k=k)))
    return part, random_batch(rng, 300).numbers


@pytest.mark.parametrize("seed", range(10))
def test_a_forest_is_written_back_as_it_was_read(seed):
    part, _ = float_trees(seed)
    assert part_of(forest_of(part)) == part


@pytest.mark.parametrize("seed", range(10))
def test_rows_end_where_the_runtime_says(seed):
    part, x = float_trees(seed, k=2)
    forest = forest_of(part)
    np.testing.assert_allclose(body_scores(part, Batch(numbers=x)), forest.scores_of(x), atol=1e-5)  # float32 sums


@pytest.mark.parametrize("seed", range(10))
def test_mass_counts_every_row_once_per_tree(seed):
    part, x = float_trees(seed)
    forest = forest_of(part)
    weight = np.random.default_rng(seed).uniform(size=(len(x), 1))
    mass = forest.mass_of(x, weight)
    assert mass.sum() == pytest.approx(weight.sum() * len(forest.roots))
    assert not mass[~forest.is_leaf].any()


@pytest.mark.parametrize("keep", [0.8, 0.5, 0.2, 0.01])
@pytest.mark.parametrize("seed", range(5))
def test_pruning_keeps_the_share_the_mean_and_the_form(seed, keep):
    part, x = float_trees(seed, k=2)
    forest = forest_of(part)
    after = with_fewer_leaves(forest, forest.mass_of(x, np.ones((len(x), len(forest.base)))), keep)
    assert after.is_leaf.sum() <= max(1, round(keep * forest.is_leaf.sum()))
    assert not after.is_leaf[after.roots].any()  # no tree of one leaf is left
    before, now = (body_scores(p, Batch(numbers=x)).astype(np.float64) for p in (part, part_of(after)))
    np.testing.assert_allclose(now.mean(axis=0), before.mean(axis=0), atol=1e-5)


def test_the_link_that_matters_least_goes_first():
    """Two stumps on 8 rows: splits of 4 | 4 rows that differ by 1 and by 3, costs 2 and 18."""
    arrays = {
        "feature": np.array([0, -1, -1, 0, -1, -1], np.int16),
        "threshold": np.zeros(2, np.float32),
        "missing_left": np.zeros(1, np.uint8),
        "leaf": np.array([0, 3, 0, 1], np.float32),
        "output": np.zeros(2, np.uint8),
        "base": np.zeros(1, np.float32),
    }
    x = np.array([[-1.0]] * 4 + [[1.0]] * 4, np.float32)
    forest = forest_of(Part(kind="trees", arrays=arrays))
    after = with_fewer_leaves(forest, forest.mass_of(x, np.ones((len(x), len(forest.base)))), 0.75)
    assert after.leaf[after.is_leaf].tolist() == [0, 3]
    assert after.base.tolist() == [0.5]


def test_the_more_is_kept_the_nearer_the_answers():
    part, x = float_trees(3)
    forest = forest_of(part)
    mass, truth = forest.mass_of(x, np.ones((len(x), len(forest.base)))), body_scores(part, Batch(numbers=x))
    off = [
        np.square(body_scores(part_of(with_fewer_leaves(forest, mass, keep)), Batch(numbers=x)) - truth).mean()
        for keep in (0.1, 0.4, 0.7, 0.9)
    ]
    assert off == sorted(off, reverse=True)


@pytest.mark.parametrize("seed", range(5))
def test_refitting_brings_the_answers_nearer(seed):
    part, x = float_trees(seed, k=2)
    forest = forest_of(part)
    scores = forest.scores_of(x)
    weight = curvature(scores, "softmax")
    small = with_fewer_leaves(forest, forest.mass_of(x, weight), 0.4)
    off = [
        (weight * np.square(refit_leaves(small, x, scores, weight, sweeps).scores_of(x) - scores)).sum()
        for sweeps in (0, 1, 4, 16)
    ]
    assert off == sorted(off, reverse=True)


def test_refitting_a_whole_forest_changes_nothing():
    part, x = float_trees(1)
    forest = forest_of(part)
    same = refit_leaves(forest, x, forest.scores_of(x), np.ones((len(x), 1)))
    np.testing.assert_allclose(same.leaf, forest.leaf, atol=1e-12)


@pytest.mark.parametrize(("link", "k"), [("sigmoid", 1), ("softmax", 3)])
def test_curvature_is_the_second_derivative_of_the_loss(link, k):
    scores, step = np.random.default_rng(0).normal(size=(20, k)), 1e-4
    target = Target(link=link, n_scores=k, hard=np.arange(20) % 2)

    def losses(moved):
        return np.array([mean_loss(moved[[i]], target.take(np.array([i]))) for i in range(20)])

    for column in range(k):
        nudge = step * np.eye(k)[[column]]
        second = (losses(scores + nudge) - 2 * losses(scores) + losses(scores - nudge)) / step**2
        np.testing.assert_allclose(curvature(scores, link)[:, column], second, atol=1e-5)


def test_every_forest_in_a_body_is_reached_with_its_own_inputs():
    rng = np.random.default_rng(0)
    tree = float_trees(0)[0]
    chain = random_part("chain", rng)
    vote = Part(kind="vote", config={"link": "sigmoid"}, arrays={"weights": np.array([0.5, 0.5], np.float32)},
                children=(chain, tree))  # fmt: skip
    met = []
    batch = random_batch(rng, 10)
    same = with_forests(vote, batch, lambda part, x: met.append(x) or part)
    assert same == vote
    assert len(met) >= 1 and met[-1] is batch.numbers


@pytest.mark.parametrize("seed", range(5))
def test_float16_thresholds_thresholds_decide_alike(seed):
    rng = np.random.default_rng(seed)
    column = (rng.normal(size=500) * 10.0 ** rng.integers(-3, 4)).astype(np.float32)
    column[::9] = np.nan
    threshold = rng.choice(column[~np.isnan(column)], 50)
    short, is_same = float16_thresholds(threshold, column)
    decisions = column[:, None] <= threshold
    assert (decisions == (column[:, None] <= short.astype(np.float32)))[:, is_same].all()
    assert is_same.mean() > 0.5


def test_thresholds_beyond_float16_are_not_called_the_same():
    column = np.array([1e5, 2e5, 3e5], np.float32)
    short, is_same = float16_thresholds(np.array([1e5, -1e6], np.float32), column)
    assert not is_same[0] and is_same[1]
    assert np.isfinite(short).all()


def test_int8_is_off_by_half_a_step_at_most():
    weights = np.random.default_rng(0).normal(size=(200, 3)) * [1, 1e-4, 0]
    step = step_of(np.abs(weights).max(axis=0))
    assert (np.abs(to_int8(weights, step) * step - weights) <= step / 2 * (1 + 1e-6)).all()
