import numpy as np
import pytest

from trivet.kit.conformal.calibrate import (
    best_temperature,
    best_temperature_and_bias,
    fewer,
    isotonic_knots,
    mean_log_loss,
    probabilities_of,
    rising_steps,
    smooth_targets,
)


def made_scores(rows, k, seed=0):
    """(scores, answer) with answers drawn from the scores' own probabilities."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(rows, k)) * 2
    p = probabilities_of(scores)
    return scores, (p.cumsum(axis=1) < rng.uniform(size=(rows, 1))).sum(axis=1)


@pytest.mark.parametrize("k", [1, 4])
@pytest.mark.parametrize("true", [0.3, 1.0, 3.0])
def test_temperature_finds_by_how_much_scores_were_stretched(k, true):
    scores, answer = made_scores(4000, k)
    targets = np.eye(max(k, 2))[answer]
    assert best_temperature(scores * true, targets) == pytest.approx(true, rel=0.1)


def test_temperature_is_the_minimum():
    scores, answer = made_scores(300, 3, seed=1)
    targets = np.eye(3)[answer]
    best = best_temperature(scores, targets)
    at_best = mean_log_loss(probabilities_of(scores, best), targets)
    grid = [mean_log_loss(probabilities_of(scores, t), targets) for t in np.geomspace(0.05, 20, 500)]
    assert at_best <= min(grid) + 1e-12


@pytest.mark.parametrize("k", [1, 3])
def test_weights_count_like_repeated_rows(k):
    scores, answer = made_scores(80, k, seed=2)
    targets = np.eye(max(k, 2))[answer]
    times = np.random.default_rng(0).integers(1, 4, 80)
    again = np.repeat(np.arange(80), times)
    one = best_temperature(scores, targets, times.astype(float))
    assert one == pytest.approx(best_temperature(scores[again], targets[again]), rel=1e-5)


def test_temperature_stays_within_its_bounds():
    scores = np.array([[3.0], [-3.0]] * 50)
    right, wrong = np.array([1, 0] * 50), np.array([0, 1] * 50)
    assert best_temperature(scores, np.eye(2)[right]) == pytest.approx(0.05, rel=1e-5)
    assert best_temperature(scores, np.eye(2)[wrong]) == pytest.approx(20, rel=1e-5)
    assert 0.5 < best_temperature(scores, smooth_targets(right, 2)) < 1


@pytest.mark.parametrize("k", [1, 3])
def test_bias_finds_a_shift_of_the_scores(k):
    scores, answer = made_scores(5000, k, seed=3)
    shift = np.linspace(-1, 1, k) if k > 1 else np.array([0.8])
    temperature, bias = best_temperature_and_bias(scores * 2 - shift, np.eye(max(k, 2))[answer])
    assert temperature == pytest.approx(2, rel=0.1)
    np.testing.assert_allclose(bias - (bias.mean() if k > 1 else 0), shift, atol=0.2)


def test_bias_stays_finite_for_a_class_without_rows():
    scores, answer = made_scores(200, 3, seed=4)
    _, bias = best_temperature_and_bias(scores, np.eye(3)[np.minimum(answer, 1)])
    assert np.isfinite(bias).all()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("is_weighted", [False, True])
def test_isotonic_equals_scikit_learn(seed, is_weighted):
    from sklearn.isotonic import IsotonicRegression

    rng = np.random.default_rng(seed)
    scores = np.round(rng.normal(size=400), 2).astype(np.float32)  # rounded: there are ties
    answer = (rng.uniform(size=400) < probabilities_of(scores[:, None])[:, 1]).astype(int)
    weight = rng.uniform(0.5, 2, 400) if is_weighted else None
    x, y = isotonic_knots(scores, answer, weight, most=10_000)
    theirs = IsotonicRegression(out_of_bounds="clip").fit(scores, answer, sample_weight=weight)
    # At the rows themselves; between a knot that was clipped and the next, the two lines differ by the clip.
    expected = np.clip(theirs.predict(scores), 1 / 800, 1 - 1 / 800)
    np.testing.assert_allclose(np.interp(scores, x, y), expected, atol=1e-6)  # theirs computes in float32


def test_isotonic_knots_rise_and_are_few():
    scores, answer = made_scores(5000, 1, seed=5)
    x, y = isotonic_knots(scores[:, 0], answer)
    assert len(x) <= 64
    assert (np.diff(x) > 0).all() and (np.diff(y) >= 0).all()
    assert y.min() > 0 and y.max() < 1


def test_merging_steps_keeps_mass_and_mean():
    steps = rising_steps(np.arange(20) / 20, np.ones(20))
    few = fewer(steps, 4)
    assert len(few) == 4
    assert sum(s[3] for s in few) == 20
    assert sum(s[2] * s[3] for s in few) == pytest.approx(sum(s[2] * s[3] for s in steps))
