"""The bound for the next process: order statistics by hand, Student's by the formula, misses by simulation."""

import math

import numpy as np
import pytest

from trivet.kit.stats.next_process import next_process, quantile_per_process
from trivet.kit.stats.quantiles import student_quantile


def test_quantiles_are_taken_within_processes():
    amounts, process = np.array([1.0, 10, 2, 20, 3, 30]), np.array([0, 1, 0, 1, 0, 1])
    assert quantile_per_process(amounts, process, 0.5).tolist() == [2, 20]
    assert quantile_per_process(amounts, None, 0.5).tolist() == [6.5]


@pytest.mark.parametrize(
    ("processes", "sure", "low", "high"),
    [
        (39, 0.95, 1, 39),  # one of 40 exchangeable processes is the slowest with probability 1/40
        (79, 0.95, 2, 78),  # 2 of 80
        (19, 0.90, 1, 19),
        (9, 0.50, 2, 8),  # floor(10 * .25) = 2 from either side
    ],
)
def test_enough_processes_are_their_own_bound(processes, sure, low, high):
    found = next_process(np.random.default_rng(0).permutation(np.arange(1.0, processes + 1)), sure)
    assert (found.low, found.high) == (low, high) and "order statistics" in found.how


def test_too_few_processes_are_bounded_by_student_on_the_logarithm():
    each = np.exp([0.0, 0.1, 0.2])
    far = student_quantile(0.975, 2) * 0.1 * math.sqrt(1 + 1 / 3)
    found = next_process(each, 0.95)
    assert found.high == pytest.approx(math.exp(0.1 + far)) and found.low == pytest.approx(math.exp(0.1 - far))
    assert found.value == pytest.approx(math.exp(0.1))


def test_no_end_lies_nearer_than_the_outermost_process():
    each = np.array([1.0] * 19 + [1000.0])
    assert next_process(each, 0.91).high == 1000 and next_process(each, 0.91).low <= 1


def test_one_process_and_nothing_worse_than_nought():
    assert (next_process(np.array([3.0]), 0.95).low, next_process(np.array([3.0]), 0.95).high) == (0, math.inf)
    with np.errstate(all="raise"):
        found = next_process(np.array([0.0, 0.0, 5.0]), 0.999)
    assert found.low == 0 and found.high == math.inf  # a logarithm of nothing bounds nothing


def test_scale_moves_all_ends_alike_and_a_higher_level_never_narrows():
    each = np.random.default_rng(3).lognormal(size=20)
    one, other = next_process(each, 0.95), next_process(1000 * each, 0.95)
    assert np.allclose([other.low, other.value, other.high], 1000 * np.array([one.low, one.value, one.high]))
    highs = [next_process(each, sure).high for sure in (0.5, 0.8, 0.9, 0.905, 0.95, 0.99, 0.999)]
    assert highs == sorted(highs)


def lognormal(rng, shape):
    return rng.lognormal(sigma=0.3, size=shape)


def in_bursts(rng, shape):
    """One process in eight meets a burst, and takes ten times as long."""
    return rng.lognormal(sigma=0.1, size=shape) * np.where(rng.random(shape) < 1 / 8, 10, 1)


def seldom_bursts(rng, shape):
    return rng.lognormal(sigma=0.05, size=shape) * np.where(rng.random(shape) < 1 / 20, 50, 1)


def far_out(rng, shape):
    return np.exp(0.2 * rng.standard_t(2, size=shape))


@pytest.mark.parametrize("draw", [lognormal, in_bursts, seldom_bursts, far_out])
def test_the_next_process_passes_the_high_end_in_one_case_of_twenty_at_most(draw):
    """Whatever the distribution: 1 of 21 exchangeable processes is the slowest."""
    rng, cases = np.random.default_rng(7), 2000
    seen, later = draw(rng, (cases, 20)), draw(rng, cases)
    passed = np.mean([new > next_process(each, 0.95).high for each, new in zip(seen, later)])
    assert passed <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / cases)
    below = np.mean([new < next_process(each, 0.95).low for each, new in zip(seen, later)])
    assert below <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / cases)
    if draw is lognormal:
        assert passed == pytest.approx(0.025, abs=0.012)  # what was asked for
