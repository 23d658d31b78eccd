"""Intervals: exact laws, and known answers."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivet.kit.stats.intervals import (
    Estimate,
    clopper_pearson,
    effective_rows,
    mean_estimate,
    mean_of_shares,
    quantile_interval,
    skewed_interval,
    wilson,
)
from trivet.kit.stats.quantiles import beta_quantile, beta_share, binomial_share, student_quantile


@given(st.integers(1, 400), st.floats(0, 1), st.sampled_from([0.8, 0.95, 0.999]))
def test_clopper_pearson_ends_are_where_the_tails_are_just_as_likely(of, share, sure):
    hits = round(share * of)
    low, high = clopper_pearson(hits, of, sure)
    tail = (1 - sure) / 2
    if hits:
        assert 1 - binomial_share(hits - 1, of, low) == pytest.approx(tail, rel=1e-6)
    if hits < of:
        assert binomial_share(hits, of, high) == pytest.approx(tail, rel=1e-6)


def test_clopper_pearson_covers_at_every_true_share():
    n = 30
    intervals = [clopper_pearson(hits, n, 0.9) for hits in range(n + 1)]
    for share in np.linspace(0.01, 0.99, 50):
        chance = [math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]
        low_wrong = sum(c for c, (low, _) in zip(chance, intervals) if low > share)
        high_wrong = sum(c for c, (_, high) in zip(chance, intervals) if high < share)
        assert max(low_wrong, high_wrong) <= 0.05 + 1e-12


def test_no_rows_say_nothing():
    assert clopper_pearson(0, 0, 0.95) == (0, 1)


@given(st.floats(0.001, 0.999), st.floats(0.1, 500), st.floats(0.1, 500))
def test_beta_quantile_undoes_the_share(share, a, b):
    x = beta_quantile(share, a, b)
    step = math.ulp(x) * 2
    assert beta_share(x - step, a, b) - 1e-9 <= share <= beta_share(min(x + step, 1.0), a, b) + 1e-9


def test_student_quantile_is_symmetric_and_ends_normal():
    assert student_quantile(0.975, 4) == -student_quantile(1 - 0.975, 4) == pytest.approx(2.7764451, abs=1e-6)
    assert student_quantile(0.975, 1e6) == pytest.approx(1.9599664, abs=1e-5)


def test_equal_weights_are_no_weights_to_the_effective_number():
    assert effective_rows(np.full(17, 3.0)) == pytest.approx(17)
    assert effective_rows(np.array([1.0, 0.0, 0.0])) == 1
    assert effective_rows(np.zeros(3)) == 0


def test_mean_interval_reaches_further_on_the_side_of_the_long_tail():
    loss = np.array([0.0] * 90 + [5.0] * 10)
    estimate = mean_estimate(loss, None, 0.95, least=0, most=math.inf)
    assert estimate.high - estimate.value > 1.2 * (estimate.value - estimate.low)


def test_symmetric_rows_get_students_interval():
    rows = np.arange(-10.0, 11.0)
    low, high = skewed_interval(rows, 0.95)
    half = student_quantile(0.975, 20) * rows.std(ddof=1) / math.sqrt(21)
    assert (low, high) == (pytest.approx(-half), pytest.approx(half))


def test_equal_weights_do_not_change_a_mean():
    rows = np.random.default_rng(0).exponential(size=50)
    plain = mean_estimate(rows, None, 0.95, least=0, most=9)
    weighted = mean_estimate(rows, np.full(50, 2.0), 0.95, least=0, most=9)
    assert [weighted.low, weighted.value, weighted.high] == pytest.approx([plain.low, plain.value, plain.high])


def test_the_mean_of_one_share_is_that_share():
    share = Estimate(value=0.4, low=0.2, high=0.7, how="made")
    mean = mean_of_shares([share], "made")
    assert (mean.value, mean.low, mean.high) == (pytest.approx(0.4), pytest.approx(0.2), pytest.approx(0.7))


def test_shares_that_err_together_leave_a_wider_mean():
    shares = [Estimate(value=0.5, low=0.4, high=0.6, how="made")] * 4
    apart, together = mean_of_shares(shares, ""), mean_of_shares(shares, "", alike=np.ones((4, 4)))
    assert apart.high - apart.low == pytest.approx(0.1)
    assert together.high - together.low == pytest.approx(0.2)


def test_quantile_interval_covers_exactly():
    for n, share in product((12, 80), (0.5, 0.8)):
        low, high = quantile_interval(np.arange(1.0, n + 1), share, 0.9)
        below = 0.0 if low == -math.inf else binomial_share(int(low) - 1, n, share)
        above = 0.0 if high == math.inf else 1 - binomial_share(int(high) - 1, n, share)
        assert max(below, above) <= 0.05


def test_wilson_takes_parts_of_rows():
    low, high = wilson(0.3, 10.5, 0.95)
    assert wilson(0.3, 10, 0.95)[0] < low < 0.3 < high < wilson(0.3, 10, 0.95)[1]
