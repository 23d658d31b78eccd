"""Estimates of shares, means, rankings and quantiles worked by hand, or by the same formula with scipy's laws."""

import math

import numpy as np
import pytest
from scipy.stats import beta, binom, t

from trivet.core.registry import find_gauge
from trivet.kit.stats.bounded import bounded_ends
from trivet.kit.stats.error_quantiles import quantile_estimate
from trivet.kit.stats.intervals import (
    Estimate,
    clopper_pearson,
    correlation,
    effective_trials,
    first_where,
    logit_interval,
    mean_estimate,
    mean_of_shares,
    median_estimate,
    open_mean,
    quantile_interval,
    share_estimate,
    share_of_logit,
    skewed_interval,
    unskewed,
)
from trivet.kit.stats.ranking import ranking_estimate
from trivet.kit.stats.tails import LEAST_UNITS, doubt_of, tail_index
from trivet.kit.stats.units import effective_rows, unit_sums, units_worth

HIT = np.array([True, True, False, True, False, True, True, True])


def ends(estimate: Estimate) -> tuple[float, float, float]:
    return estimate.value, estimate.low, estimate.high


# Units


def test_what_rows_of_a_unit_add_up_to():
    amount, units = np.array([1.0, 2.0, 4.0, 8.0]), np.array([7, 3, 7, 5])
    assert unit_sums(amount, units).tolist() == [2.0, 8.0, 5.0]  # of the units 3, 5 and 7
    assert unit_sums(amount, None) is amount
    assert unit_sums(amount[:0], units[:0]).tolist() == []
    assert unit_sums(amount[:1], units[:1]).tolist() == [1.0]


def test_how_many_rows_of_equal_weight_are_worth_as_much():
    assert effective_rows(np.array([1.0, 3.0])) == pytest.approx(16 / 10)
    assert units_worth(None, None, 5) == 5.0
    assert units_worth(np.array([1.0, 3.0]), None, 2) == pytest.approx(1.6)
    assert units_worth(None, np.array([0, 0, 0, 1]), 4) == pytest.approx(16 / 10)
    assert units_worth(np.array([1.0, 2.0, 1.0]), np.array([0, 0, 1]), 3) == pytest.approx(16 / 10)


# Shares


def test_a_share_of_plain_rows_is_exact():
    found = share_estimate(HIT, None, 0.95)
    assert found.trials == 8 and ends(found) == (0.75, *clopper_pearson(6, 8, 0.95))
    some = share_estimate(HIT, None, 0.95, among=np.arange(8) < 4)
    assert some.trials == 4 and ends(some) == (0.75, *clopper_pearson(3, 4, 0.95))


@pytest.mark.parametrize("weight", [None, np.full(8, 0.3), np.full(8, 7.0)])
@pytest.mark.parametrize("units", [None, np.array([5, 1, 3, 0, 2, 4, 9, 7])])
def test_equal_weights_and_units_of_one_row_leave_it_exact(weight, units):
    assert share_estimate(HIT, weight, 0.9, units=units) == share_estimate(HIT, None, 0.9)


def test_weighted_and_clustered_rows_count_by_the_sums_of_their_units():
    weight, units = np.array([1.0, 2, 1, 3, 1, 1, 2, 1]), np.array([0, 0, 1, 1, 2, 2, 3, 4])
    total, mass = np.array([3.0, 3, 1, 2, 1]), np.array([3.0, 4, 2, 2, 1])
    found = share_estimate(HIT, weight, 0.9, units=units)
    assert ends(found) == (pytest.approx(10 / 12), *bounded_ends(total, mass, 0.05, least=0.0, most=1.0))
    spread = sum((z - 10 / 12 * w) ** 2 for z, w in zip(total, mass))
    assert found.trials == pytest.approx(10 / 12 * 2 / 12 * 144 / spread)
    alone = share_estimate(HIT, weight, 0.9)
    assert alone.value == pytest.approx(10 / 12) and alone.trials != pytest.approx(found.trials)
    together = share_estimate(HIT, None, 0.9, units=units)
    assert together.value == 0.75 and together.trials == pytest.approx(
        0.75 * 0.25 * 64 / sum((z - 0.75 * w) ** 2 for z, w in zip([2, 1, 1, 1, 1], [2, 2, 2, 1, 1]))
    )
    among = np.arange(8) < 6
    assert share_estimate(HIT, weight, 0.9, among=among, units=units) == share_estimate(
        HIT[among], weight[among], 0.9, units=units[among]
    )


def test_rows_without_weight_play_no_part_and_no_rows_say_nothing():
    weight = np.array([1.0, 2, 1, 3, 0, 1, 2, 0])
    found, without = share_estimate(HIT, weight, 0.95), share_estimate(HIT[weight > 0], weight[weight > 0], 0.95)
    assert ends(found) == ends(without)
    for nothing in (share_estimate(HIT[:0], None, 0.95), share_estimate(HIT, np.zeros(8), 0.95)):
        assert math.isnan(nothing.value) and (nothing.low, nothing.high) == (0.0, 1.0)
    assert share_estimate(HIT[:0], np.zeros(0), 0.95).low == 0.0


def test_units_that_all_agree_count_as_rows_of_their_weight():
    assert effective_trials(np.array([2.0, 1.0]), np.array([2.0, 1.0])) == pytest.approx(9 / 5)
    assert effective_trials(np.zeros(3), np.ones(3)) == 3.0
    assert effective_trials(np.array([1.0, 0, 0, 1]), np.ones(4)) == pytest.approx(4.0)


def test_the_mean_of_shares_moves_by_the_root_of_the_summed_squares():
    one, two = (Estimate(value=v, low=low, high=high, how="") for v, low, high in ((0.6, 0.3, 0.7), (0.8, 0.4, 0.9)))
    found = mean_of_shares([one, two], "how")
    assert ends(found) == (
        pytest.approx(0.7), pytest.approx(0.7 - 0.5 / 2), pytest.approx(0.7 + math.sqrt(0.1**2 + 0.1**2) / 2)
    )  # fmt: skip
    alike = np.array([[1.0, 0.5], [0.5, 1.0]])
    found = mean_of_shares([one, two], "how", alike)
    assert found.low == pytest.approx(0.7 - math.sqrt(0.09 + 0.16 + 0.3 * 0.4) / 2)
    assert found.high == pytest.approx(0.7 + math.sqrt(0.01 + 0.01 + 0.01) / 2)
    found = mean_of_shares([one, two], "how", alike, least_above=0.8)
    assert found.low == pytest.approx(0.7 - math.sqrt(0.09 + 0.16 + 0.3 * 0.4) / 2)
    assert found.high == pytest.approx(0.7 + math.sqrt(0.02 + 2 * 0.8 * 0.01) / 2)


def test_errors_of_classes_are_as_alike_as_their_moves():
    moves = np.array([[1.0, 0.0, 1.0], [1.0, 1.0, 0.0], [0.0, 0.0, 0.0], [-2.0, 0.0, -2.0]])
    expected = [[1, 0.5, 0, -1], [0.5, 1, 0, -0.5], [0, 0, 1, 0], [-1, -0.5, 0, 1]]
    np.testing.assert_allclose(correlation(moves), expected, atol=1e-12)


# Means


def test_a_bounded_mean_takes_the_sums_of_units():
    amount, weight, units = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 1.0, 2.0, 1.0]), np.array([0, 0, 1, 2])
    found = mean_estimate(amount, weight, 0.9, least=0, most=5, units=units)
    low, high = bounded_ends(np.array([3.0, 6.0, 4.0]), np.array([2.0, 2.0, 1.0]), 0.05, least=0, most=5)
    assert ends(found) == (pytest.approx(13 / 5), low, high) and not found.doubt
    assert mean_estimate(amount, None, 0.9, least=0, most=5).value == 2.5
    assert mean_estimate(amount, None, 0.9, least=0, most=math.inf) == open_mean(
        amount, np.ones(4), 0.9, least=0, most=math.inf
    )
    assert mean_estimate(amount, None, 0.9, least=-math.inf, most=5).how.startswith("Student")


def test_an_open_mean_of_one_unit_or_of_units_that_agree():
    one = open_mean(np.array([6.0]), np.array([2.0]), 0.95, least=0.0, most=math.inf)
    assert ends(one) == (3.0, 0.0, math.inf)
    two = open_mean(np.array([6.0, 3.0]), np.array([2.0, 1.0]), 0.95, least=0.0, most=math.inf)
    assert ends(two) == (3.0, 3.0, 3.0) and two.doubt  # only two have been seen
    signed = open_mean(np.array([6.0, 3.0]), np.array([2.0, 1.0]), 0.95, least=-math.inf, most=math.inf)
    assert not signed.doubt


def test_an_open_mean_is_halls_interval_of_what_each_unit_adds():
    total, mass = np.array([1.0, 6.0, 2.0, 9.0]), np.array([1.0, 2.0, 1.0, 1.0])
    mean = 18 / 5
    found = open_mean(total, mass, 0.9, least=0.0, most=math.inf)
    low, high = skewed_interval((total - mean * mass) * 4 / 5, 0.9)
    assert ends(found) == (pytest.approx(mean), pytest.approx(mean + low), pytest.approx(mean + high))
    assert found.doubt
    many = np.random.default_rng(0).random(LEAST_UNITS)
    assert not open_mean(many, np.ones(LEAST_UNITS), 0.9, least=0.0, most=math.inf).doubt


def test_halls_cubic_by_hand():
    rows = np.array([-1.0, -1.0, -1.0, 3.0])
    deviation = math.sqrt(12 / 4)
    skew, n = sum((x / deviation) ** 3 for x in rows) / 4, 4
    step, far = math.sqrt(12 / 3 / 4), t.ppf(0.95, 3)

    def cubic(z):
        # T + skew T^2 / 3 root(n) + skew^2 T^3 / 27 n + skew / 6 root(n) = z, solved for T.
        root = math.sqrt(n)
        return 3 * root / skew * (math.cbrt(1 + skew * (z / root - skew / (6 * n))) - 1)

    assert skewed_interval(rows, 0.9) == (pytest.approx(-step * cubic(far)), pytest.approx(-step * cubic(-far)))
    assert skewed_interval(np.zeros(5), 0.9) == (0.0, 0.0)
    found = unskewed(2.0, 0.5, 100)
    back = found + 0.5 * found**2 / 30 + 0.25 * found**3 / 2700 + 0.5 / 60  # Hall's equation for n = 100
    assert back == pytest.approx(2.0)
    assert unskewed(2.0, 1e-7, 100) == 2.0
    assert unskewed(2.0, 2e-6, 100) == pytest.approx(2.0, abs=1e-5)


def test_ends_on_the_scale_of_log_odds_are_students():
    low, high = logit_interval(0.8, 0.05, 9, 0.95)
    far = t.ppf(0.975, 9) * 0.05 / 0.16
    assert math.log(low / (1 - low)) == pytest.approx(math.log(4) - far)
    assert math.log(high / (1 - high)) == pytest.approx(math.log(4) + far)
    assert [share_of_logit(x) for x in (-800.0, 0.0, 800.0)] == [0.0, 0.5, 1.0]
    assert share_of_logit(-1.0) == pytest.approx(1 - share_of_logit(1.0)) == pytest.approx(1 / (1 + math.e))


# Rankings


def test_an_area_has_students_interval_on_log_odds_with_the_heaviest_unit_counted_twice():
    influence = np.array([0.03, -0.02, 0.01, -0.02])
    found = ranking_estimate(0.7, influence, 200.0, 0.95, "how")
    error = math.sqrt(9e-4 + 4e-4 + 1e-4 + 4e-4 + 9e-4)
    low, high = logit_interval(0.7, error, 199, 0.95)
    assert ends(found) == (0.7, pytest.approx(low), pytest.approx(high))
    plain = ranking_estimate(0.7, influence, 200.0, 0.95, "how", again=0)
    assert plain.high == pytest.approx(logit_interval(0.7, math.sqrt(18e-4), 199, 0.95)[1])


@pytest.mark.parametrize("rarest", [2.0, 8.0, 50.0])
def test_units_that_were_too_rare_to_be_seen_leave_room_below(rarest):
    found = ranking_estimate(0.99, np.full(4, 1e-6), rarest, 0.95, "how")
    unseen = (1 - 0.025 ** (1 / rarest)) * (0.5 + 3 / rarest)
    assert found.low == pytest.approx(max(0.99 * (1 - unseen), 0.0), abs=1e-6)
    assert found.high > 0.99


def test_a_faultless_area_is_bounded_by_chance_alone():
    faultless = ranking_estimate(1.0, np.full(4, 0.01), 20.0, 0.9, "how")
    assert ends(faultless) == (1.0, pytest.approx(0.05 ** (1 / 20)), 1.0)
    upside_down = ranking_estimate(0.0, np.full(4, 0.01), 20.0, 0.9, "how")
    assert ends(upside_down) == (0.0, 0.0, pytest.approx(1 - 0.05 ** (1 / 20)))
    still = ranking_estimate(0.6, np.zeros(4), 20.0, 0.9, "how")  # no spread: its own value is inside
    assert ends(still) == (0.6, 0.6, 1.0)
    assert ends(ranking_estimate(0.5, np.zeros(4), 3.0, 0.9, "how")) == (0.5, 0.0, pytest.approx(1 - 0.05 ** (1 / 3)))
    assert ends(ranking_estimate(0.9, np.full(4, 0.01), 1.99, 0.9, "how")) == (0.9, 0.0, 1.0)
    assert ranking_estimate(0.9, np.full(4, 0.01), 2.0, 0.9, "how").high < 1.0


# Quantiles


@pytest.mark.parametrize(("n", "share", "sure"), [(12, 0.5, 0.9), (80, 0.8, 0.9), (300, 0.99, 0.95), (6, 0.5, 0.95)])
def test_ends_of_a_quantile_are_the_outermost_ranks_that_err_rarely_enough(n, share, sure):
    tail = (1 - sure) / 2
    low, high = quantile_interval(np.arange(1.0, n + 1)[::-1], share, sure)
    ranks = [k for k in range(1, n + 1) if binom.cdf(k - 1, n, share) <= tail]  # P(fewer than k below it)
    assert low == (max(ranks) if ranks else -math.inf)
    ranks = [k for k in range(1, n + 1) if binom.sf(k - 1, n, share) <= tail]  # P(k or more below it)
    assert high == (min(ranks) if ranks else math.inf)


def test_a_median_of_few_repeats_says_how_little_it_knows():
    assert median_estimate(np.arange(1.0, 7), 0.95)[1] == () and ends(median_estimate(np.arange(1.0, 7), 0.95)[0]) == (
        3.5, 1.0, 6.0
    )  # fmt: skip
    estimate, notes = median_estimate(np.array([3.0, 1.0, 2.0, 9.0, 4.0]), 0.95)
    assert ends(estimate) == (3.0, 1.0, 9.0)
    assert notes == ("5 repeats: lowest to highest holds the median with probability 0.938",)


def test_the_first_number_from_which_something_is_true():
    for first in range(6):
        assert first_where(lambda k: k >= first, 5) == first  # noqa: B023
    assert first_where(lambda k: False, 5) == 5


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_the_error_that_a_share_stays_within_is_bounded_by_shares_of_rows(share):
    amount = np.random.default_rng(1).permutation(np.arange(1.0, 101))
    found = quantile_estimate(amount, share, None, 0.95)
    assert found.value == 100 * share
    high = next(k for k in range(1, 101) if beta.ppf(0.025, k, 101 - k) >= share)
    low = next(k for k in range(1, 101) if (beta.ppf(0.975, k + 1, 100 - k) if k < 100 else 1.0) > share)
    assert (found.low, found.high) == (low, high)


def test_ends_of_an_error_that_the_rows_cannot_reach():
    few = quantile_estimate(np.array([3.0, 1.0, 2.0]), 0.9, None, 0.95)
    assert ends(few) == (3.0, 1.0, math.inf)  # that nothing lies below 1 may well be true of less than 90 %
    assert ends(quantile_estimate(np.array([3.0]), 0.9, None, 0.95)) == (3.0, 0.0, math.inf)
    alike = quantile_estimate(np.full(200, 5.0), 0.5, None, 0.95)
    assert ends(alike) == (5.0, 5.0, 5.0)
    weighted = quantile_estimate(np.array([1.0, 2.0, 3.0]), 0.5, np.array([1.0, 5.0, 1.0]), 0.95)
    assert weighted.value == 2.0
    assert quantile_estimate(np.arange(1.0, 11), 0.3, None, 0.95).value == 3.0  # .3 of ten rows are three, to the bit


# Tails


def test_a_pareto_tail_has_its_index():
    amounts = (np.arange(1, 10_001) / 10_000) ** (-1 / 3.0)  # P(X > x) = x^-3
    assert tail_index(amounts, 0.05) == pytest.approx(3.0, rel=0.02)
    assert tail_index(-amounts, 0.01) == pytest.approx(3.0, rel=0.06)
    assert tail_index(np.array([8.0, 4.0, 2.0, 1.0]), 0.5) == pytest.approx(1 / (math.log(4 * 2) / 2))
    assert tail_index(np.ones(100), 0.05) == math.inf
    assert tail_index(np.array([1.0, 1.0]), 0.05) == 0.0  # nothing is below the largest two
    assert tail_index(np.array([1.0, 1.0, 0.0]), 0.05) == 0.0


@pytest.mark.parametrize(("index", "rows", "is_so"), [
    (2.6, 2000, False), (1.9, 2000, True), (2.6, LEAST_UNITS, False), (9.0, LEAST_UNITS - 1, True),
])  # fmt: skip
def test_a_mean_is_open_ended_of_a_heavy_tail_or_of_few_rows(index, rows, is_so):
    assert bool(doubt_of((np.arange(1, rows + 1) / rows) ** (-1 / index))) is is_so


def test_a_few_gross_amounts_hide_in_no_tail():
    amounts = np.random.default_rng(0).random(1000) + 1
    assert not doubt_of(amounts)
    amounts[:9] = 10.0 ** np.arange(1, 10)
    assert doubt_of(amounts)


def test_an_estimate_becomes_a_reading_within_what_the_gauge_can_be():
    gauge = find_gauge("accuracy")
    made = Estimate(value=0.9, low=-0.2, high=1.3, how="h", doubt="why", trials=5.0).reading(
        gauge, n=7, sure=0.9, notes=["a"]
    )
    assert (made.low, made.value, made.high) == (0.0, 0.9, 1.0)
    assert (made.gauge, made.n, made.sure, made.how, made.notes) == ("accuracy", 7, 0.9, "h", ("a", "why"))
    assert made.approximate and made.trials == 5.0
    inside = Estimate(value=0.9, low=0.95, high=0.85, how="h").reading(gauge, n=7, sure=0.9)
    assert (inside.low, inside.high) == (0.9, 0.9) and not inside.approximate


@pytest.mark.parametrize(("gross", "is_so"), [(50, True), (60, False), (10, True), (11, True)])
def test_a_tail_is_measured_by_the_largest_twentieth_and_hundredth(gross, is_so):
    """Tenfold amounts that are just the tail that is looked at are far out; of more of them the largest are alike."""
    assert bool(doubt_of(np.r_[np.full(gross, 10.0), np.ones(1000 - gross)])) is is_so


def test_the_doubt_of_few_rows_and_of_a_heavy_tail_say_so():
    assert doubt_of(np.ones(399)).startswith("399 independent rows say too little") and doubt_of(np.ones(400)) == ""
    heavy = (np.arange(1, 2001) / 2000) ** (-1 / 1.5)
    index = min(tail_index(heavy, 0.05), tail_index(heavy, 0.01))
    assert f"with a tail index of {index:.2g};" in doubt_of(heavy)


def test_units_are_the_evidence_that_nothing_lies_below_the_smallest_error():
    amount, units = np.arange(1.0, 11), np.arange(10) // 2
    # Of five units that all err by more, 1 - .025^(1/5) = 52 % may err by less; of ten rows 31 %.
    assert quantile_estimate(amount, 0.4, None, 0.95, units).low == 0.0
    assert quantile_estimate(amount, 0.4, None, 0.95).low == 1.0
