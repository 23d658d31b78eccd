"""From the reader's numbers to inputs for sums: standardised numbers, marks for missing ones, one column per word."""

from collections.abc import Collection

import numpy as np

from trivet.runtime.batch import Batch
from trivet.runtime.part import Array, Part
from trivet.runtime.program import body_scores

CLIP = 6.0  # standard deviations; farther outliers would rule a sum
MOST_WORDS = 64  # one-hot columns per category
LEAST_ROWS = 10  # rows with a word before it gets a column of its own


def make_expand(x: Array, codes: Collection[int]) -> Part:
    """A part of kind `expand` for numbers x (rows, d) float32, fitted on them; `codes` are the columns of categories.

    The code of a category also counts as a number: its order carries the target.
    """
    fitted = [(column, *centre_and_scale(x[:, column])) for column in range(x.shape[1])]
    kept = [row for row in fitted if row[2] > 0] or [(0, 0.0, 1.0)]  # nothing varies: one column, for the shape
    hot = [(column, code) for column in sorted(codes) for code in frequent_codes(x[:, column])]
    arrays: dict[str, Array] = {
        "number": np.array([column for column, _, _ in kept], np.uint16),
        "shift": np.array([centre for _, centre, _ in kept], np.float32),
        "scale": np.array([scale for _, _, scale in kept], np.float32),
        "missing": np.flatnonzero(np.isnan(x).any(axis=0)).astype(np.uint16),
        "hot": np.array([column for column, _ in hot], np.uint16),
        "hot_code": np.array([code for _, code in hot], np.float32),
    }
    return Part(kind="expand", config={"clip": CLIP}, arrays=arrays)


def centre_and_scale(column: Array) -> tuple[float, float]:
    """(mean, 1 / standard deviation) without the farthest hundredth; scale 0 where nothing varies."""
    known = column[~np.isnan(column)].astype(np.float64)
    if len(known) == 0:
        return 0.0, 0.0
    calm = np.clip(known, *np.quantile(known, [0.005, 0.995]))
    calm = calm if calm.std() > 0 else known  # a rare value is all that varies
    with np.errstate(over="ignore", divide="ignore"):
        scale = np.float32(1 / calm.std()) if calm.std() > 0 else np.float32(0)
    return float(calm.mean()), float(scale) if np.isfinite(scale) else 0.0


def frequent_codes(column: Array) -> Array:
    """The codes that come often enough for a column of their own, ascending; at most MOST_WORDS."""
    found, counts = np.unique(column[~np.isnan(column)], return_counts=True)
    often = np.flatnonzero(counts >= min(LEAST_ROWS, len(column) / 10))
    most = often[np.argsort(-counts[often], kind="stable")[:MOST_WORDS]]
    return np.sort(found[most])


def expanded_numbers(expand: Part, x: Array) -> Array:
    """(rows, m) float64: what the runtime will make of the numbers."""
    return body_scores(expand, Batch(numbers=np.asarray(x, np.float32))).astype(np.float64)
