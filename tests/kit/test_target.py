import numpy as np
import pytest

from trivet.kit.target import ABSENT_WEIGHT, Target, labelled_rows, mean_loss, shares_of


def test_shares_of_two_classes_are_the_logistic_function():
    assert shares_of(np.array([[0.0], [2.0]]), "sigmoid")[:, 1] == pytest.approx([0.5, 1 / (1 + np.exp(-2.0))])


def test_huge_scores_give_no_nan():
    assert np.isfinite(shares_of(np.array([[1e30, -1e30]]), "softmax")).all()


def test_weighted_labelled_rows_have_the_cross_entropy_of_the_teacher(targets):
    target, scores = targets["multiclass-soft"], np.random.default_rng(0).normal(size=(1200, 4))
    rows, labels, weights = labelled_rows(target)
    log_shares = np.log(shares_of(scores, "softmax"))
    copies = -np.average(log_shares[rows, labels], weights=weights)
    assert copies == pytest.approx(mean_loss(scores, target), rel=0.01)  # shares below 1 % are left out


def test_a_class_without_rows_gets_a_trace_of_one():
    target = Target(link="softmax", n_scores=3, hard=np.array([0, 2, 2]))
    _, labels, weights = labelled_rows(target)
    assert set(labels) == {0, 1, 2} and weights[labels == 1] == [ABSENT_WEIGHT]


def test_a_part_of_the_rows_keeps_weights_and_teacher_beside_their_rows():
    soft = np.arange(6, dtype=np.float32).reshape(6, 1)
    target = Target(link="sigmoid", n_scores=1, hard=np.arange(6) % 2, soft=soft, weight=np.arange(6.0))
    part = target.take(np.array([4, 1]))
    assert part.soft[:, 0].tolist() == part.weight.tolist() == [4.0, 1.0] and part.hard.tolist() == [0, 1]


def test_squared_error_of_the_mean_is_the_variance():
    target = Target(link="identity", n_scores=1, hard=np.array([1.0, 3.0]))
    assert mean_loss(np.full((2, 1), 2.0), target) == 1.0
