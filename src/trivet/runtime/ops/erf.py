"""The error function in float32, by numpy alone."""

import numpy as np

from ..part import Array

_FACTORS = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)


def erf(x: Array) -> Array:
    """erf of x float32, off by at most 5e-7.

    Source: Abramowitz and Stegun 1964, formula 7.1.26.
    """
    size = np.minimum(np.abs(x), np.float32(4))  # erf(4) is 1 in float32
    t = np.float32(1) / (np.float32(1) + np.float32(0.3275911) * size)
    total = np.full_like(t, _FACTORS[4])
    for factor in _FACTORS[3::-1]:
        total = total * t + np.float32(factor)
    return np.copysign(np.float32(1) - total * t * np.exp(-size * size), x)
