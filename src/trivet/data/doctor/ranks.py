"""Ranks of a column: robust to scale and to outliers."""

import numpy as np

from trivet.runtime.part import Array


def rank_correlation(one: Array, other: Array) -> float:
    """Spearman's correlation, -1..1; 0 where one of the two is constant."""
    if distinct(one) < 2 or distinct(other) < 2:
        return 0.0
    return float(np.corrcoef(ranks(one), ranks(other))[0, 1])


def ranks(numbers: Array) -> Array:
    """(rows,) ranks from 1; equal numbers share the mean of theirs, missing ones are one number above all."""
    _, which, count = np.unique(numbers, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2)[which])


def jittered_ranks(column: Array, rng: np.random.Generator) -> Array:
    """(rows,) ranks in 0..1; equal values are spread over the ranks that they take together.

    So a rounded column has an even density as well, and no two rows are equal because of rounding (the distributional
    transform, Rueschendorf 2009, J. Statistical Planning and Inference 139).  Missing values are one value, above all.
    """
    _, which, times = np.unique(column, return_inverse=True, return_counts=True)
    below = np.cumsum(times) - times
    return np.asarray((below[which] + times[which] * rng.random(len(column))) / len(column))


def distinct(numbers: Array) -> int:
    return len(np.unique(numbers))
