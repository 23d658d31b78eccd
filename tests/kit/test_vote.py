import numpy as np
import pytest

from trivet.core.folds import folds_of
from trivet.core.rows import Rows
from trivet.core.task import Field
from trivet.kit.target import Target, mean_loss
from trivet.kit.vote import answers_of, greedy_weights, mean_answer_loss, scores_for, vote_scores, with_floor


def made(link, n=400, seed=0):
    """(scores of four members, target): two good ones with different errors, a copy of the first, and noise."""
    rng = np.random.default_rng(seed)
    k = 3 if link == "softmax" else 1
    truth = rng.normal(size=(n, k)) * 2
    if link == "identity":
        hard = truth[:, 0]
    else:
        hard = (answers_of(truth, link).cumsum(axis=1) < rng.uniform(size=(n, 1))).sum(axis=1)
    good, other = (truth + rng.normal(size=(n, k)) for _ in range(2))
    members = [rng.normal(size=(n, k)) * 3, good, other, good]
    return members, Target(link=link, n_scores=k, hard=hard)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("link", ["identity", "sigmoid", "softmax"])
def test_the_vote_is_never_worse_than_its_best_member(link, seed):
    members, target = made(link, seed=seed)
    weights = greedy_weights(members, target)
    best = min(mean_answer_loss(answers_of(scores, link), target) for scores in members)
    together = sum(w * answers_of(scores, link) for w, scores in zip(weights, members))
    assert mean_answer_loss(together, target) <= best
    assert weights.sum() == pytest.approx(1)
    assert weights[0] < 0.1  # noise


def test_one_round_takes_the_best_member_alone():
    members, target = made("sigmoid")
    losses = [mean_loss(scores, target) for scores in members]
    assert greedy_weights(members, target, rounds=1).argmax() == int(np.argmin(losses))


@pytest.mark.parametrize(("link", "k"), [("identity", 1), ("sigmoid", 1), ("softmax", 4)])
def test_scores_and_answers_are_inverse(link, k):
    scores = np.random.default_rng(0).normal(size=(50, k))
    answers = answers_of(scores, link)
    np.testing.assert_allclose(answers_of(scores_for(answers, link), link), answers, atol=1e-6)


def test_the_vote_of_scores_equals_the_runtime_kind():
    from trivet.runtime.batch import Batch
    from trivet.runtime.part import Part
    from trivet.runtime.program import body_scores

    rng = np.random.default_rng(0)
    x, weights = rng.normal(size=(60, 4)).astype(np.float32), np.array([0.7, 0.3], np.float32)
    expand = Part(
        kind="expand",
        config={"clip": 9.0},
        arrays={
            "number": np.arange(4, dtype=np.uint16),
            "shift": np.zeros(4, np.float32),
            "scale": np.ones(4, np.float32),
            "missing": np.zeros(0, np.uint16),
            "hot": np.zeros(0, np.uint16),
            "hot_code": np.zeros(0, np.float32),
        },
    )
    lines = [
        Part(
            kind="affine",
            arrays={"weights": rng.normal(size=(4, 3)).astype(np.float32), "bias": np.ones(3, np.float32)},
        )
        for _ in range(2)
    ]
    chains = tuple(Part(kind="chain", children=(expand, line)) for line in lines)
    vote = Part(kind="vote", config={"link": "softmax"}, arrays={"weights": weights}, children=chains)
    ours = vote_scores([body_scores(chain, Batch(numbers=x)) for chain in chains], weights, "softmax")
    np.testing.assert_allclose(body_scores(vote, Batch(numbers=x)), ours, atol=2e-6)  # theirs sums in float32


def test_a_floor_keeps_every_member():
    weights = with_floor(np.array([1.0, 0.0, 0.0]), 0.02)
    assert weights.min() > 0.019 and weights.sum() == pytest.approx(1)


def rows_with(answer, group=None):
    own = np.arange(len(answer), dtype=float)
    return Rows(
        fields=(Field(name="own", type="number"),), columns={"own": own}, words={}, truth=answer,
        ids=np.arange(len(answer)), roles={} if group is None else {"group": group},
    )  # fmt: skip


def test_folds_hold_equally_many_rows_of_each_class():
    answer = np.repeat([0, 1, 2], [100, 41, 7])
    fold = folds_of(rows_with(answer), 4, 0)
    for c in range(3):
        assert np.ptp(np.bincount(fold[answer == c], minlength=4)) <= 1
    assert np.ptp(np.bincount(fold)) <= 2


def test_a_group_stays_in_one_fold():
    rng = np.random.default_rng(1)
    group, answer = rng.integers(0, 30, 300), rng.normal(size=300)
    fold = folds_of(rows_with(answer, group), 5, rng)
    assert all(len(set(fold[group == g])) == 1 for g in range(30))
    assert np.ptp(np.bincount(fold)) < 20
