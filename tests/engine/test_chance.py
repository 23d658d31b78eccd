"""The chance of being proven, worked by hand with scipy's normal distribution."""

import math
from dataclasses import replace

import pytest
from scipy.stats import binom, norm

from trivet.core.reading import Reading
from trivet.core.registry import parse_limit
from trivet.engine.chance import ENOUGH, Odds, Point, is_controlled

FIRST = 0.05 * 6 / math.pi**2 * 0.9  # the error of the first finalist of the first build at the usual `sure`
AUROC = parse_limit("auroc >= 0.85")


def point(*steps: str, value=0.9, low=0.88, high=0.94, n=400, **costs: float) -> Point:
    reading = Reading(gauge="auroc", value=value, low=low, high=high, n=n)
    return Point(route="r", steps=steps, candidate="c", readings={"auroc": reading}, costs=costs)


def odds(*limits: str, n_vault=400, looks=1) -> Odds:
    return Odds(limits=tuple(map(parse_limit, limits)), n_vault=n_vault, looks=looks)


@pytest.mark.parametrize(("n_vault", "times"), [(400, 1.0), (100, 2.0), (1600, 0.5), (0, 20.0)])
def test_the_error_on_the_vault_is_that_of_the_bad_side_by_the_root_of_the_rows(n_vault, times):
    above, below = AUROC, parse_limit("auroc <= 0.95")
    error = norm.ppf(0.975)
    made = odds(n_vault=n_vault)
    assert made.error_on_vault(point().readings["auroc"], above) == pytest.approx(0.02 / error * times)
    assert made.error_on_vault(point().readings["auroc"], below) == pytest.approx(0.04 / error * times)
    assert made.error_on_vault(replace(point().readings["auroc"], n=0), above) == pytest.approx(
        0.02 / error / math.sqrt(max(n_vault, 1))
    )


@pytest.mark.parametrize("looks", [1, 2, 5])
def test_the_bad_end_is_as_far_out_as_the_first_finalist_of_this_build_is_judged(looks):
    made = odds(n_vault=100, looks=looks)
    z = norm.isf(FIRST / looks**2)
    assert made.z(AUROC) == pytest.approx(z)
    assert made.half_width(point(), AUROC) == pytest.approx(z * 0.04 / norm.ppf(0.975))


def test_the_chance_of_a_reading_counts_the_errors_of_both_sets_of_rows():
    made, seen = odds("auroc >= 0.85", n_vault=100), 0.02 / norm.ppf(0.975)
    spread = math.hypot(seen, 2 * seen)
    by_hand = norm.cdf((0.9 - 0.85 - norm.isf(FIRST) * 2 * seen) / spread)
    assert made.spread(point(), AUROC) == pytest.approx(spread)
    assert made.chance_of(point(), AUROC) == pytest.approx(by_hand)
    assert 0.4 < by_hand < 0.7
    assert made.chance(point()) == pytest.approx(by_hand)
    twice = odds("auroc >= 0.85", "auroc >= 0.85", n_vault=100)
    assert twice.chance(point()) == pytest.approx(by_hand**2)


def test_a_gauge_without_spread_is_kept_or_not():
    flat = point(value=0.85, low=0.85, high=0.85)
    made = odds(n_vault=100)
    assert [made.chance_of(flat, parse_limit(f"auroc >= {bound}")) for bound in (0.84, 0.85, 0.86)] == [1.0, 1.0, 0.0]


def test_the_size_is_known_and_a_forecast_time_leaves_a_twentieth_and_a_doubt():
    made, one = odds(), point(**{"size": 1000.0, "p50-latency": 1.0})
    limits = [parse_limit(text) for text in ("size <= 1050 B", "size <= 1049 B", "p50-latency <= 1.05 ms")]
    assert [made.chance_of(one, limit) for limit in limits] == [1.0, 0.0, 1.0]
    assert made.chance_of(one, parse_limit("p50-latency <= 1.04 ms")) == pytest.approx(0.3)
    assert made.half_width(one, limits[2]) == pytest.approx(0.05)
    assert made.spread(one, limits[2]) == 0.0


def test_what_is_not_known_has_no_chance_and_falls_short_by_all():
    made, bare = odds("p99-latency <= 1 ms"), point()
    assert math.isnan(bare.number("p99-latency"))
    assert made.chance(bare) == 0.0
    assert made.shortfall(bare, made.limits[0]) == 1.0


def test_a_shortfall_is_what_the_bad_end_lacks_relative_to_the_bound():
    made, seen = odds(n_vault=400), 0.02 / norm.ppf(0.975)
    half = norm.isf(FIRST) * seen
    for bound in (0.85, 0.9, 0.95):
        limit = parse_limit(f"auroc >= {bound}")
        assert made.shortfall(point(), limit) == pytest.approx((half - (0.9 - bound)) / bound)
    assert made.shortfall(point(), parse_limit("auroc <= 0.92")) == pytest.approx((2 * half - 0.02) / 0.92)
    below_zero = Point(
        route="r", steps=(), candidate="c", costs={},
        readings={"r2": Reading(gauge="r2", value=-0.4, low=-0.4, high=-0.4, n=400)},
    )  # fmt: skip
    assert made.shortfall(below_zero, parse_limit("r2 >= -0.2")) == pytest.approx(0.2 / 0.2)


@pytest.mark.parametrize("chance", [0.5, 0.8])
def test_a_bound_that_is_likely_has_that_chance_and_a_tenth_of_the_interval_to_spare(chance):
    made, seen = odds(n_vault=100), 0.02 / norm.ppf(0.975)
    room = 1.1 * norm.isf(FIRST) * 2 * seen + norm.ppf(chance) * math.hypot(seen, 2 * seen)
    assert made.likely_bound(point(), AUROC, chance) == pytest.approx(0.9 - room)
    room = 2 * room  # that side is twice as wide
    assert made.likely_bound(point(), parse_limit("auroc <= 0.95"), chance) == pytest.approx(0.9 + room)
    assert made.likely_bound(point(size=1000.0), parse_limit("size <= 1 kB"), chance) == pytest.approx(1055)


def test_a_point_is_able_until_the_good_end_breaks_a_limit_or_the_size_does():
    one = point(**{"size": 1000.0, "p50-latency": 1.0})
    able = {
        "auroc >= 0.94": True, "auroc >= 0.95": False, "auroc <= 0.88": True, "auroc <= 0.87": False,
        "size <= 1000 B": True, "size <= 999 B": False, "p50-latency <= 0.1 ms": True,
    }  # fmt: skip
    assert {text: odds(text).is_able(one) for text in able} == able
    assert not odds("auroc >= 0.8", "size <= 999 B").is_able(one)


def test_what_the_vault_sets_is_kept_when_the_vault_has_the_rows_for_a_proof():
    one = point("guard-sets")
    limit = parse_limit("coverage >= 0.9")
    fewest = next(n for n in range(1, 200) if binom.pmf(0, n, 0.1) <= FIRST)
    for n_vault, chance in ((fewest, 1.0), (fewest - 1, 0.0)):
        made = odds("coverage >= 0.9", n_vault=n_vault)
        assert made.can_be_proven(limit) == bool(chance)
        assert made.chance(one) == chance
        assert made.is_able(one)
    assert odds(n_vault=fewest).shortfall(one, limit) == 0.0
    assert odds(n_vault=fewest - 1).shortfall(one, limit) == 1.0
    assert not odds(n_vault=fewest, looks=3).can_be_proven(limit)


def test_only_a_least_coverage_of_all_rows_is_set_by_the_vault():
    guarded, bare = point("fit-linear", "guard-sets"), point("fit-linear")
    controlled = {"coverage >= 0.9": True, "coverage <= 0.9": False, "coverage(among=sex) >= 0.9": False,
                  "auroc >= 0.9": False}  # fmt: skip
    assert {text: is_controlled(guarded, parse_limit(text)) for text in controlled} == controlled
    assert not is_controlled(bare, parse_limit("coverage >= 0.9"))


def test_the_limit_that_gives_way_is_the_one_that_the_likeliest_candidate_lacks_most_for():
    made = odds("auroc >= 0.99", "size <= 900 B")
    near, far = point(value=0.95, low=0.94, high=0.96, size=1000.0), point(size=500.0)
    assert made.violated([]) is None
    assert odds().violated([near]) is None
    assert made.violated([far]) == made.limits[0]
    assert odds("auroc >= 0.5", "size <= 900 B").violated([near]) == parse_limit("size <= 900 B")
    assert odds("auroc >= 0.5", "size <= 2 kB").violated([near]) is None
    assert odds("auroc >= 0.9", "size <= 900 B").violated([near, point(size=800.0)]) == parse_limit("auroc >= 0.9")


def test_likely_are_those_with_four_chances_of_five():
    sure, poor = point(), point(value=0.86, low=0.84, high=0.88)
    made = odds("auroc >= 0.85")
    assert made.chance(poor) < ENOUGH <= made.chance(sure)
    assert made.likely([poor, sure]) == [sure]
    even = point(size=1000.0)
    assert odds("size <= 2 kB").likely([even]) == [even]
