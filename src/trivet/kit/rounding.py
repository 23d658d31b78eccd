"""Arrays in fewer bits: int8 with a scale per output, and float16 that changes no decision.

Source: Jacob et al. 2018, arXiv 1712.05877, section 2 (symmetric, zero stays zero).
"""

import numpy as np

from trivet.runtime.part import Array

MOST_INT8 = 127
MOST_FLOAT16 = 65_504.0


def to_int8(weights: Array, scale: Array) -> Array:
    """The nearest whole numbers of steps `scale`, -127 to 127; off by half a step at most."""
    return np.clip(np.rint(weights / scale), -MOST_INT8, MOST_INT8).astype(np.int8)


def step_of(largest: Array) -> Array:
    """(k,) float32 step with which int8 just reaches `largest` (k,); 1 where all is 0."""
    step = (np.asarray(largest, np.float64) / MOST_INT8).astype(np.float32)
    return np.where(step > 0, step, np.float32(1))


def fits_float16(array: Array) -> bool:
    """Whether no number overflows float16."""
    return bool(np.abs(array).max(initial=0) <= MOST_FLOAT16)


def float16_thresholds(threshold: Array, column: Array) -> tuple[Array, Array]:
    """(float16 thresholds, whether each decides every value of the column as before); both (thresholds,).

    threshold: (thresholds,) float32.  column: (rows,) float32 values met so far, NaN = missing.
    A value goes left when it is <= the threshold, so any number from the largest value on the left up to, without,
    the smallest on the right decides alike.  The float16 next to the threshold on either side is tried.
    """
    met = np.unique(column[~np.isnan(column)])
    at = np.searchsorted(met, threshold, side="right")
    padded = np.concatenate([[-np.inf], met, [np.inf]])
    low, high = padded[at], padded[at + 1]
    near = np.clip(threshold, -MOST_FLOAT16, MOST_FLOAT16).astype(np.float16)
    best, fits = near, (low <= near) & (near < high)
    for side in (-np.inf, np.inf):
        with np.errstate(over="ignore"):  # infinity, which is then not taken
            other = np.nextafter(near, np.float16(side))
        is_better = ~fits & np.isfinite(other) & (low <= other) & (other < high)
        best, fits = np.where(is_better, other, best), fits | is_better
    return best, fits
