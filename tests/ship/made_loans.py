"""A made-up table with a weight, a group and a day for each row."""

import numpy as np

STEPS = ["prepare-table", "fit-linear", "fit-temperature"]
START = 19_700  # days since 1970: 2023-12-09


def loans(n_rows, seed, *, group="g", start=START):
    """Two numbers and the class that their sum decides; rows near the border are hard, and weigh twenty times more."""
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=n_rows), rng.normal(size=n_rows)
    days = np.datetime64("1970-01-01") + (start + np.arange(n_rows) // 10).astype("timedelta64[D]")
    return {
        "a": a.tolist(),
        "b": b.tolist(),
        "y": np.where(a + b + rng.normal(scale=0.5, size=n_rows) > 0, "yes", "no").tolist(),
        "exposure": np.where(np.abs(a + b) > 0.5, 1.0, 20.0).tolist(),
        "customer": [f"{group}{number}" for number in rng.integers(0, 60, n_rows)],
        "day": [str(day) for day in days],
    }


def first(columns, n_rows):
    return {name: cells[:n_rows] for name, cells in columns.items()}
