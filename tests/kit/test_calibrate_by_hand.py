"""Calibration by hand, and against scipy's minimiser."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit, softmax

from trivet.kit.conformal.calibrate import (
    RIDGE,
    best_temperature,
    best_temperature_and_bias,
    bias_step,
    fewer,
    isotonic_knots,
    mean_log_loss,
    probabilities_of,
    rising_steps,
    smooth_targets,
    step_of_both,
    valley,
)

SCORES = np.array([[1.0, -1.0, 0.5], [0.0, 2.0, 1.0], [-1.0, 0.0, 3.0], [2.0, 1.0, -1.0]])


def test_scores_become_shares_after_a_shift_and_a_stretch():
    bias = np.array([0.5, 0.0, -0.5])
    np.testing.assert_allclose(probabilities_of(SCORES, 2.0, bias), softmax((SCORES + bias) / 2, axis=1))
    one = probabilities_of(SCORES[:, :1], 2.0, 0.5)
    np.testing.assert_allclose(one[:, 1], expit((SCORES[:, 0] + 0.5) / 2))
    np.testing.assert_allclose(one.sum(axis=1), 1)


def test_smoothed_answers_leave_one_rows_worth_of_doubt():
    targets = smooth_targets(np.array([0, 2, 1]), 3)
    np.testing.assert_allclose(targets, [[0.8, 0.1, 0.1], [0.1, 0.1, 0.8], [0.1, 0.8, 0.1]])
    np.testing.assert_allclose(smooth_targets(np.array([1, 0]), 2), [[0.25, 0.75], [0.75, 0.25]])
    assert smooth_targets(np.array([0]), 1).tolist() == [[pytest.approx(2 / 3)]]


def test_the_loss_is_cross_entropy_weighted_and_never_infinite():
    p, targets = np.array([[0.5, 0.5], [0.25, 0.75]]), np.array([[1.0, 0.0], [0.5, 0.5]])
    each = [np.log(2), -(np.log(0.25) + np.log(0.75)) / 2]
    assert mean_log_loss(p, targets) == pytest.approx(np.mean(each))
    assert mean_log_loss(p, targets, np.array([3.0, 1.0])) == pytest.approx((3 * each[0] + each[1]) / 4)
    assert np.isfinite(mean_log_loss(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])))


@pytest.mark.parametrize("bottom", [-2.0, 0.1, 1.7, 3.0])
def test_the_bottom_of_a_valley_is_found_also_at_its_ends(bottom):
    calls = []

    def loss(x):
        calls.append(x)
        return abs(x - bottom) ** 1.5

    assert valley(loss, -2.0, 3.0) == pytest.approx(bottom, abs=1e-7)
    assert len(calls) < 50  # golden section: one new point a step


def test_temperature_is_where_scipy_finds_it():
    targets = smooth_targets(np.array([0, 2, 2, 1]), 3)
    weight = np.array([1.0, 2.0, 0.5, 1.0])

    def loss(log_t):
        return mean_log_loss(softmax(SCORES / np.exp(log_t), axis=1), targets, weight)

    grid = np.linspace(np.log(0.05), np.log(20), 2_001)
    best = np.exp(grid[np.argmin([loss(one) for one in grid])])
    assert best_temperature(SCORES, targets, weight) == pytest.approx(best, rel=5e-3)


@pytest.mark.parametrize("k", [1, 3])
def test_bias_and_temperature_are_the_minimum_under_a_slight_ridge(k):
    rng = np.random.default_rng(0)
    scores, weight = rng.normal(size=(60, k)) * 2, rng.uniform(0.5, 2, 60)
    targets = smooth_targets(rng.integers(0, max(k, 2), 60), max(k, 2))
    temperature, bias = best_temperature_and_bias(scores, targets, weight, rounds=200)

    def loss(bias):
        p = probabilities_of(scores, temperature, bias)
        return weight.sum() * mean_log_loss(p, targets, weight) + RIDGE * (bias @ bias) / (2 * temperature**2)

    found = minimize(loss, np.zeros(k), tol=1e-12)
    np.testing.assert_allclose(bias, found.x, atol=1e-3)
    assert temperature == pytest.approx(best_temperature(scores + bias, targets, weight), rel=1e-3)
    assert np.abs(bias_step(scores, temperature, bias, targets, weight)).max() < 1e-4


def test_a_step_of_the_biases_is_newtons_and_never_too_long():
    targets = np.eye(3)[[0, 1, 2, 2]]
    bias, temperature = np.array([0.2, -0.1, 0.0]), 1.5
    p = softmax((SCORES + bias) / temperature, axis=1)
    slope = (targets - p).sum(axis=0) - RIDGE * bias / temperature
    curve = np.diag(p.sum(axis=0)) - p.T @ p + RIDGE * np.eye(3)
    expected = temperature * np.linalg.solve(curve, slope)
    np.testing.assert_allclose(bias_step(SCORES, temperature, bias, targets, None), expected)
    far = bias_step(100 * SCORES, 1.5, bias, np.eye(3)[[1, 1, 1, 1]], None)
    assert far.tolist() == [-7.5, 7.5, -7.5]


def test_neighbours_that_fall_or_stand_still_are_pooled_by_mass():
    level, mass = np.array([0.1, 0.5, 0.3, 0.3, 0.9]), np.array([1.0, 3.0, 1.0, 2.0, 1.0])
    steps = rising_steps(level, mass)
    assert [step[:2] for step in steps] == [(0, 1), (1, 4), (4, 5)]
    assert steps[1][2] == pytest.approx((1.5 + 0.3 + 0.6) / 6) and steps[1][3] == 6.0
    assert step_of_both((0, 1, 0.5, 1.0), (1, 3, 0.2, 3.0)) == (0, 3, pytest.approx(0.275), 4.0)


def test_the_steps_that_are_merged_first_cost_least():
    steps = [(0, 1, 0.1, 1.0), (1, 2, 0.2, 9.0), (2, 3, 0.35, 1.0), (3, 4, 0.6, 1.0)]
    # Costs: .9 * .1^2 = .009, .9 * .15^2 = .020, .5 * .25^2 = .031
    three = fewer(steps, 3)
    assert [step[:2] for step in three] == [(0, 2), (2, 3), (3, 4)] and three[0][2] == pytest.approx(0.19)
    assert fewer(steps, 4) == steps and len(fewer(steps, 1)) == 1
    # With masses the other way round the last two are the cheapest.
    other = [(0, 1, 0.1, 9.0), (1, 2, 0.3, 9.0), (2, 3, 0.6, 0.1)]
    assert [step[:2] for step in fewer(other, 2)] == [(0, 1), (1, 3)]


def test_knots_are_the_ends_of_steps_within_half_a_row_of_nought_and_one():
    scores, answer = np.array([3.0, 1.0, 2.0, 4.0, 2.0, 5.0]), np.array([1, 0, 1, 1, 0, 1])
    x, y = isotonic_knots(scores, answer)
    assert x.tolist() == [1, 2, 3, 5] and y.tolist() == [pytest.approx(1 / 12), 0.5, *[pytest.approx(11 / 12)] * 2]
    weighted = isotonic_knots(scores, answer, np.array([1, 1, 3.0, 1, 1, 1]))[1]
    assert weighted[1] == pytest.approx(0.75)
    few = isotonic_knots(np.arange(40.0), np.arange(40) // 3 % 2, most=6)
    assert len(few[0]) <= 6


def test_biases_move_until_none_moves_any_more():
    """By symmetry the first class's bias stays where it is from the first step on; the others have a way to go."""
    targets = np.repeat(np.eye(3), [20, 36, 4], axis=0)
    scores = np.tile([[0.0, 1.0, -1.0], [0.0, -1.0, 1.0]], (30, 1))
    temperature, bias = best_temperature_and_bias(scores, targets, rounds=200)
    assert np.abs(bias_step(scores, temperature, bias, targets, None)).max() < 1e-5 * temperature
