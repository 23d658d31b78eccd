import numpy as np
import pytest

from trivet.kit.conformal.floors import (
    class_floors,
    conformal_quantile,
    coverage_law,
    interval_pad,
    least_rows,
    pooled_floor,
    raised_coverage,
)


def test_the_quantile_is_the_textbook_rank():
    scores = np.arange(1, 10) / 10
    assert conformal_quantile(scores, 0.8) == 0.8  # ceil(10 * 0.8) = 8th of 9
    assert conformal_quantile(scores, 0.9) == 0.9
    assert conformal_quantile(scores[:8], 0.9) == np.inf


@pytest.mark.parametrize("coverage", [0.5, 0.7, 0.8, 0.9, 0.95, 0.99])
def test_least_rows_is_the_first_count_with_a_finite_quantile(coverage):
    least = least_rows(coverage)
    assert np.isfinite(conformal_quantile(np.zeros(least), coverage))
    assert conformal_quantile(np.zeros(least - 1), coverage) == np.inf


@pytest.mark.parametrize(("rows", "coverage"), [(99, 0.9), (150, 0.9), (300, 0.8)])
def test_coverage_follows_its_exact_beta_law(rows, coverage):
    """The coverage of a threshold on uniform scores is the threshold itself, so no test rows are needed."""
    from scipy.stats import beta, kstest

    rng = np.random.default_rng(0)
    covered = [conformal_quantile(rng.uniform(size=rows), coverage) for _ in range(2000)]
    assert kstest(covered, beta(*coverage_law(rows, coverage)).cdf).pvalue > 0.01


def test_class_floors_cover_each_class_over_200_splits():
    rng = np.random.default_rng(1)
    covered = []
    for _ in range(200):
        answer = rng.choice(3, 600, p=[0.6, 0.3, 0.1])
        scores = rng.normal(size=(600, 3)) + 1.5 * np.eye(3)[answer] * [2, 1, 0.3]
        p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        floors = class_floors(p[:300], answer[:300], 0.8)
        hit = p[300:][np.arange(300), answer[300:]] >= floors[answer[300:]]
        covered.append([hit[answer[300:] == c].mean() for c in range(3)])
    assert np.abs(np.mean(covered, axis=0) - 0.8).max() < 0.035  # up to 1/(n_c + 1) above, n_c about 30


def test_a_class_with_too_few_rows_takes_the_floor_of_all_rows():
    rng = np.random.default_rng(2)
    p = rng.dirichlet([2, 1, 1], 200)
    answer = np.r_[np.full(190, 0), np.full(10, 1)]
    floors = class_floors(p, answer, 0.95)
    pooled = pooled_floor(p[np.arange(200), answer], 0.95)
    assert floors[1] == floors[2] == pooled
    assert floors[0] == pooled_floor(p[:190, 0], 0.95) != pooled


@pytest.mark.parametrize("margin", [1, 2, 4])
def test_a_margin_never_asks_for_more_than_the_strangest_row(margin):
    scores = np.random.default_rng(3).normal(size=30)
    raised = raised_coverage(0.9, 30, margin)
    assert raised > 0.9
    assert np.isfinite(conformal_quantile(scores, raised))


def test_a_margin_lets_the_judge_see_the_whole_interval_above_most_of_the_time():
    from scipy.stats import beta

    rng, rows, judged, proven = np.random.default_rng(4), 500, 750, 0
    for _ in range(300):
        q = conformal_quantile(rng.uniform(size=rows), raised_coverage(0.9, rows, 1.5))
        kept = rng.binomial(judged, q)
        proven += beta.ppf(0.025, kept, judged - kept + 1) >= 0.9
    assert proven / 300 > 0.9


def test_quantile_intervals_may_shrink():
    truth = np.linspace(0, 1, 101)
    scores = np.column_stack([truth, truth - 1, truth + 1])
    assert interval_pad(scores, truth, 0.9) == pytest.approx(-1)


def test_equal_weights_count_as_none_and_heavy_rows_as_several():
    scores = np.random.default_rng(5).normal(size=60)
    assert conformal_quantile(scores, 0.85, np.full(60, 3.0)) == conformal_quantile(scores, 0.85)
    heavy = np.where(scores > 1, 5.0, 1.0)
    assert conformal_quantile(scores, 0.8, heavy) > conformal_quantile(scores, 0.8)


@pytest.mark.parametrize(("rows", "coverage"), [(9, 0.8), (9, 0.9), (99, 0.9), (19, 0.95), (8, 0.9)])
def test_equal_weights_skip_no_rank_where_the_share_is_met_to_the_bit(rows, coverage):
    scores = np.random.default_rng(6).permutation(np.arange(1.0, rows + 1))
    assert conformal_quantile(scores, coverage, np.full(rows, 0.7)) == conformal_quantile(scores, coverage)


@pytest.mark.parametrize(("coverage", "rows", "margin"), [(0.9, 1000, 1.5), (0.8, 60, 2.0), (0.9, 300, 1e-6)])
def test_the_raised_coverage_by_hand(coverage, rows, margin):
    judged = 1.5 * rows
    needed = coverage + 1.96 * np.sqrt(coverage * (1 - coverage) / judged)
    aim = needed + margin * np.sqrt(needed * (1 - needed) * (1 / rows + 1 / judged))
    assert raised_coverage(coverage, rows, margin) == pytest.approx(min(aim, rows / (rows + 1)))


def test_the_raised_coverage_stays_below_what_can_be_had():
    assert raised_coverage(0.9, 1000, 0.0) == 0.9
    assert raised_coverage(0.998, 1000, 1.0) == 0.999 == raised_coverage(0.9, 10**6, 500.0)
    assert raised_coverage(0.9995, 1000, 1.0) == 0.9995  # as it was asked, where that is more
    assert raised_coverage(0.9, 20, 3.0) == pytest.approx(20 / 21)
