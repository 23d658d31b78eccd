"""Settings proven by exact tests in a fixed order: hand-worked, against brute force, and the claim by simulation."""

import numpy as np
import pytest
from scipy.stats import binomtest

from trivet.kit.conformal.control import last_proven, most_misses, most_useful, proven_floor, useful_order

ALPHA = 0.05 * 6 / np.pi**2 * 0.9  # of the first finalist of a first build


def test_the_fewest_rows_that_prove_a_coverage_of_nine_tenths():
    # .9^28 = .0523 and .9^29 = .0471; one miss: .9^46 + 46 * .1 * .9^45 = .0480, with 45 rows .0524.
    assert [most_misses(rows, 0.9, 0.05) for rows in (28, 29, 45, 46)] == [None, 0, 0, 1]


def test_the_floor_is_the_next_row_after_those_that_may_be_missed():
    missed = np.array([0.30, 0.10, 0.20, *[0.9] * 43])  # 46 rows, of which one may be missed
    assert proven_floor(missed, 0.9, 0.05) == 0.20
    assert proven_floor(missed[:28], 0.9, 0.05) is None
    assert proven_floor(np.array([0.1, *[np.inf] * 45]), 0.9, 0.05) == np.inf


def test_no_rows_prove_nothing_and_everything_proves_a_coverage_of_nothing():
    assert most_misses(0, 0.5, 0.05) is None
    assert most_misses(10, 0.0, 0.05) == 9
    assert most_misses(10_000, 1.0, 0.05) is None


@pytest.mark.parametrize("alpha", [0.05, ALPHA, 0.001])
@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9, 0.95])
@pytest.mark.parametrize("rows", [17, 60, 143])
def test_the_floor_equals_a_search_over_all_floors_with_scipys_test(rows, coverage, alpha):
    rng = np.random.default_rng(rows)
    missed = rng.integers(0, 40, rows) / 40  # many ties
    assert proven_floor(missed, coverage, alpha) == searched_floor(missed, coverage, alpha)


def searched_floor(missed, coverage, alpha):
    """The highest floor such that all floors up to it are rejected by the exact test of "covers less"."""
    best = None
    for floor in [*np.unique(missed), np.inf]:
        wrong = int((missed < floor).sum())
        if binomtest(wrong, len(missed), 1 - coverage, alternative="less").pvalue > alpha:
            break
        best = float(floor)
    return best


@pytest.mark.parametrize(("rows", "coverage"), [(60, 0.9), (143, 0.9), (300, 0.95), (1000, 0.8)])
def test_a_false_proof_is_as_rare_as_it_says(rows, coverage):
    """Scores are uniform, so a floor truly misses its own share of rows."""
    draws = 20_000
    rng = np.random.default_rng(1)
    most = most_misses(rows, coverage, ALPHA)
    floors = np.partition(rng.random((draws, rows)), most, axis=1)[:, most]
    false = (floors > 1 - coverage).mean()
    assert false <= ALPHA + 3 * np.sqrt(ALPHA / draws)
    assert false >= 0.3 * ALPHA  # nothing is given away: the next row would be too many


def test_a_false_proof_of_coverage_stays_rare_where_scores_are_tied():
    rng = np.random.default_rng(2)
    steps = rng.integers(0, 20, (4000, 200))  # a floor of k / 20 misses a share of k / 20
    false = [proven_floor(row / 20, 0.9, ALPHA) > 0.1 + 1e-9 for row in steps]
    assert np.mean(false) <= ALPHA + 3 * np.sqrt(ALPHA / 4000)


def test_settings_are_tried_from_the_safest_on_and_each_is_more_useful_than_all_before():
    margins, use = [3.0, 2.0, 2.5, 1.0, 1.0, -1.0, -np.inf], [0.1, 0.5, 0.05, 0.6, 0.7, 0.9, 1.0]
    assert useful_order(margins, use) == [0, 1, 3, 4, 5]


def test_the_walk_ends_at_the_first_setting_that_is_not_proven():
    assert last_proven([4, 2, 7, 1], lambda at: at != 7) == 2
    assert last_proven([4, 2], lambda at: False) is None
    assert last_proven([], lambda at: True) is None


def test_tune_rows_choose_the_most_useful_setting_with_room_to_spare_or_the_safest():
    assert most_useful([2.0, 1.2, 0.9], [0.1, 0.5, 0.8], 1.0) == 1
    assert most_useful([0.2, 0.5, 0.4], [0.1, 0.5, 0.8], 1.0) == 1


def test_one_row_proves_what_one_row_can():
    assert most_misses(1, 0.02, 0.05) == 0 and most_misses(1, 0.02, 0.01) is None
    assert most_misses(2, 0.02, 0.05) == 1  # .98^2 = .96 of the time both are missed, .02^2 neither
