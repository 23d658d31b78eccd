import numpy as np
import pytest

from trivet.kit.linear.expand import expanded_numbers, make_expand


def test_numbers_become_mean_0_and_spread_1():
    x = np.random.default_rng(0).normal(50, 7, (500, 1)).astype(np.float32)
    wide = expanded_numbers(make_expand(x, ()), x)
    assert wide.mean() == pytest.approx(0, abs=0.02) and wide.std() == pytest.approx(1, abs=0.05)


def test_one_wild_value_does_not_squeeze_the_others():
    x = np.random.default_rng(0).normal(size=(500, 1)).astype(np.float32)
    x[7] = 1e30
    wide = expanded_numbers(make_expand(x, ()), x)
    assert 0.9 < np.delete(wide, 7).std() < 1.1 and np.isfinite(wide).all()


def test_missing_numbers_are_marked_and_stand_at_the_mean():
    x = np.array([[1.0], [np.nan], [3.0]], np.float32)
    wide = expanded_numbers(make_expand(x, ()), x)
    assert wide[1].tolist() == [0, 1] and wide[0, 1] == 0


def test_each_frequent_code_gets_a_column_and_a_constant_none():
    x = np.array([[1, 5], [2, 5]] * 20 + [[3, 5]], np.float32)
    expand = make_expand(x, {0})
    assert expand.arrays["hot_code"].tolist() == [1, 2] and expand.arrays["number"].tolist() == [0]


def test_rows_in_which_nothing_varies_still_have_a_shape():
    x = np.full((3, 2), np.nan, np.float32)
    assert expanded_numbers(make_expand(x, {1}), x).shape == (3, 3)
