"""Means of bounded numbers: against the beta law, Clopper and Pearson, random weights, and by the laws of scale."""

import math

import numpy as np
import pytest
from scipy.stats import beta, norm

from trivet.kit.stats.bounded import bounded_ends, crossing, high_end, saddlepoint, surprise
from trivet.kit.stats.intervals import clopper_pearson


@pytest.mark.parametrize(("gains", "losses"), [(1, 1), (1, 20), (3, 40), (40, 3), (150, 200)])
@pytest.mark.parametrize("cost", [0.02, 0.3, 1.0, 4.0])
def test_the_surprise_is_that_of_a_beta_number(gains, losses, cost):
    """sum of gains * E > cost * sum of the others has the probability that a beta number is above cost / (1 + cost)."""
    exact = beta.sf(cost / (1 + cost), gains, losses)
    found = norm.sf(surprise(np.array([1.0] * gains + [-cost] * losses)))
    if 1e-9 < exact < 1 - 1e-9:
        # Of one term on a side it is up to 6 % too large, which is the careful side; of more within 3 %.
        assert 0.97 <= min(found, 1 - found) / min(exact, 1 - exact) <= (1.06 if min(gains, losses) == 1 else 1.03)


def test_what_cannot_be_or_has_to_be_is_no_or_every_surprise():
    assert surprise(np.array([-1.0, -2.0])) == math.inf and surprise(np.array([-1.0, 0.0])) == math.inf
    assert surprise(np.array([1.0, 2.0])) == -math.inf and surprise(np.array([1.0, 0.0])) == -math.inf
    assert surprise(np.array([1.0, -1.0])) == 0.0
    assert abs(surprise(np.array([1.0, -1.0 + 1e-9]))) < 1e-3  # next to the middle nothing is divided by nothing


def test_the_saddlepoint_is_where_the_slope_is_none():
    factor = np.array([1.0, 0.5, -0.25, -2.0, -0.1])
    found = saddlepoint(factor, -0.5, 1.0)
    assert (factor / (1 - found * factor)).sum() == pytest.approx(0, abs=1e-10)


@pytest.mark.parametrize("root", [0.1, 0.5, 1.7, 1.999])
def test_a_crossing_is_found_however_the_function_bends(root):
    for rises in (lambda x: x - root, lambda x: math.exp(30 * (x - root)) - 1, lambda x: 1 - math.exp(30 * (root - x))):
        found = crossing(rises, 0.0, 2.0, 1e-9)
        assert found == pytest.approx(root, abs=1e-8) and rises(found) >= 0  # the careful side
    assert crossing(lambda x: x, 0.5, 2.0, 1e-9) == 0.5  # it begins above


@pytest.mark.parametrize("tail", [0.025, 0.001])
@pytest.mark.parametrize(("hits", "of"), [(1, 10), (3, 40), (20, 40), (39, 40), (250, 1000)])
def test_noughts_and_ones_have_the_interval_of_clopper_and_pearson(hits, of, tail):
    found = bounded_ends(np.array([1.0] * hits + [0.0] * (of - hits)), np.ones(of), tail, least=0, most=1)
    exact = clopper_pearson(hits, of, 1 - 2 * tail)
    width = exact[1] - exact[0]
    assert found == (pytest.approx(exact[0], abs=0.01 * width), pytest.approx(exact[1], abs=0.01 * width))


@pytest.mark.parametrize("of", [1, 2, 20])
def test_units_that_all_agree_say_how_rare_others_are_exactly(of):
    low, high = bounded_ends(np.zeros(of), np.ones(of), 0.025, least=0, most=1)
    assert low == 0 and high == pytest.approx(clopper_pearson(0, of, 0.95)[1], abs=1e-12)
    low, high = bounded_ends(np.full(of, 3.0), np.ones(of), 0.025, least=1, most=7)
    rare = 1 - 0.025 ** (1 / of)
    assert (low, high) == (pytest.approx(3 - 2 * rare), pytest.approx(3 + 4 * rare))
    assert bounded_ends(np.ones(of), np.ones(of), 0.025, least=0, most=1)[1] == 1


@pytest.mark.parametrize("seed", range(3))
def test_ends_are_where_random_weights_put_the_mean_in_so_many_cases(seed):
    """The definition: mean with one more number at the bound, under weights that are drawn like exponential numbers."""
    rng = np.random.default_rng(seed)
    amount, mass = rng.beta(0.5, 1.5, 30), rng.uniform(0.5, 2, 30)
    low, high = bounded_ends(amount * mass, mass, 0.05, least=0, most=1)
    weight = rng.exponential(size=(80_000, 31)) * np.append(mass, mass.max())
    for end, bound in ((low, 0.0), (high, 1.0)):
        drawn = weight @ np.append(amount, bound) / weight.sum(axis=1)
        beyond = (drawn < end if bound == 0 else drawn > end).mean()
        assert beyond == pytest.approx(0.05, abs=0.004)


def test_ends_do_not_depend_on_the_scale_of_numbers_or_weights_or_on_the_order():
    rng = np.random.default_rng(4)
    amount, mass = rng.random(50), rng.uniform(0.5, 2, 50)
    low, high = bounded_ends(amount * mass, mass, 0.025, least=0, most=1)
    assert low < (amount @ mass) / mass.sum() < high
    moved = bounded_ends((3 * amount - 7) * mass, mass, 0.025, least=-7, most=-4)
    assert moved == (pytest.approx(3 * low - 7), pytest.approx(3 * high - 7))
    assert bounded_ends(10 * amount * mass, 10 * mass, 0.025, least=0, most=1) == (
        pytest.approx(low), pytest.approx(high)
    )  # fmt: skip
    turned = bounded_ends((1 - amount) * mass, mass, 0.025, least=0, most=1)
    assert turned == (pytest.approx(1 - high), pytest.approx(1 - low))
    order = rng.permutation(50)
    assert bounded_ends((amount * mass)[order], mass[order], 0.025, least=0, most=1) == (low, high)


def test_a_smaller_tail_or_a_wider_range_reaches_further():
    amount, mass = np.random.default_rng(5).random(40), np.ones(40)
    highs = [high_end(amount, mass, tail, 1.0) for tail in (0.1, 0.025, 0.001)]
    assert highs == sorted(highs) and len(set(highs)) == 3
    assert high_end(amount, mass, 0.025, 2.0) > high_end(amount, mass, 0.025, 1.0)
    assert high_end(np.full(3, 1.0), np.ones(3), 0.025, 1.0) == 1.0
    heavier = mass.copy()
    heavier[0] = 5.0  # one unseen unit may be as heavy as the heaviest
    assert high_end(amount * heavier, heavier, 0.025, 1.0) > high_end(amount, mass, 0.025, 1.0)
