"""Dealing units into parts: rows, strata, and the large and the small units each by their share."""

import numpy as np
import pytest

from trivet.core.deal import added_by, deal

SHARES = (0.60, 0.15, 0.25)


def dealt(sizes, seed=0, shares=SHARES):
    """(part of each row, unit of each row) of two classes that units lean towards."""
    rng = np.random.default_rng(seed)
    units = np.repeat(np.arange(len(sizes)), sizes)
    leaning = (rng.random(len(sizes)) < 0.3)[units]
    strata = np.where(rng.random(len(units)) < 0.5, leaning, rng.random(len(units)) < 0.3).astype(int)
    return deal(strata, units, np.array(shares), np.random.default_rng(seed)), units, strata


def worth(sizes):
    """As how many units of one size these count."""
    return sizes.sum() ** 2 / np.square(sizes).sum()


@pytest.mark.parametrize("seed", range(10))
def test_units_stay_whole_and_every_part_takes_its_share_of_large_and_small_ones(seed):
    sizes = np.random.default_rng(seed).geometric(0.1, 400)
    part, units, strata = dealt(sizes, seed)
    of_unit = part[np.unique(units, return_index=True)[1]]
    assert (of_unit[units] == part).all()
    large = sizes >= np.quantile(sizes, 0.9)
    for number, share in enumerate(SHARES):
        here = sizes[of_unit == number]
        assert here.sum() / sizes.sum() == pytest.approx(share, abs=0.01)
        assert strata[part == number].mean() == pytest.approx(strata.mean(), abs=0.02)
        assert worth(here) / (share * worth(sizes)) == pytest.approx(1, abs=0.1)
        assert sizes[large & (of_unit == number)].sum() / sizes[large].sum() == pytest.approx(share, abs=0.06)


@pytest.mark.parametrize("seed", range(5))
def test_folds_are_worth_alike(seed):
    sizes = np.ceil(np.exp(np.random.default_rng(seed).normal(1, 1, 400))).astype(int)
    part, units, _ = dealt(sizes, seed, (0.2,) * 5)
    of_unit = part[np.unique(units, return_index=True)[1]]
    values = [worth(sizes[of_unit == fold]) for fold in range(5)]
    assert min(values) > 0.6 * max(values)


def test_a_unit_too_large_for_its_share_goes_to_the_largest_part():
    part, units, _ = dealt(np.array([400, *[2] * 300]))
    assert (part[units == 0] == 0).all()
    assert [(part == number).mean() for number in range(3)] == pytest.approx(SHARES, abs=0.05)


def test_what_more_rows_add_worked_out_by_hand():
    # (10 - 4)**2 / 20 - 10**2 / 20 = -3.2, and (4**2 - 2 * 4 * 10) / 20 is the same.
    assert added_by(np.array(4.0), np.array(10.0), np.array(20.0)) == pytest.approx(-3.2)


def test_single_rows_are_dealt_as_before_by_strata_within_two_rows():
    part, _, strata = dealt(np.ones(1000, int))
    count = np.array([np.bincount(strata[part == number], minlength=2) for number in range(3)])
    assert np.abs(count - np.array(SHARES)[:, None] * np.bincount(strata)).max() <= 2
