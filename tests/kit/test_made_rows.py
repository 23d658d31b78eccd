import numpy as np

from trivet.kit.made_rows import made_rows, nearest


def table(n=300, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 4)).astype(np.float32)
    x[:, 1] = 3 * x[:, 0] + 0.1 * x[:, 1]  # two columns that go together
    x[:, 3] = rng.integers(0, 5, n)
    return x


def test_without_swaps_rows_are_real_ones():
    x = table()
    made = made_rows(x, 100, rng=np.random.default_rng(0), swap=0.0)
    real = {tuple(row) for row in x.tolist()}
    assert all(tuple(row) in real for row in made.tolist())


def test_codes_stay_codes_and_numbers_keep_their_company():
    x = table(2000)
    made = made_rows(x, 4000, rng=np.random.default_rng(0), codes=[3])
    assert set(made[:, 3]) <= set(x[:, 3])
    assert abs(np.corrcoef(made[:, 0], made[:, 1])[0, 1] - np.corrcoef(x[:, 0], x[:, 1])[0, 1]) < 0.02
    assert np.abs(made[:, :3].std(axis=0) / x[:, :3].std(axis=0) - 1).max() < 0.1


def test_gaps_stay_gaps_at_the_same_rate():
    x = table(2000)
    x[np.random.default_rng(1).random(x.shape) < 0.2] = np.nan
    made = made_rows(x, 4000, rng=np.random.default_rng(0), codes=[3])
    assert abs(np.isnan(made).mean() - 0.2) < 0.03


def test_one_row_and_a_constant_column_are_no_trouble():
    x = np.ones((1, 3), np.float32)
    assert (made_rows(x, 5, rng=np.random.default_rng(0)) == 1).all()
    x = np.c_[np.ones(20), np.full(20, np.nan)].astype(np.float32)
    assert made_rows(x, 5, rng=np.random.default_rng(0)).shape == (5, 2)


def test_the_nearest_row_is_another_one_also_among_twins():
    x = np.array([[0.0], [0.0], [0.0], [9.0], [9.1]], np.float32)
    near = nearest(x)
    assert (near != np.arange(5)).all()
    assert near[3] == 4 and near[4] == 3
