"""Made rows that look like real ones, for a teacher to label.

Source: Bucila, Caruana and Niculescu-Mizil 2006, "Model compression", section 3 (MUNGE).
"""

from collections.abc import Collection

import numpy as np

from trivet.core.extras import need
from trivet.runtime.part import Array

MOST_LIBRARY = 20_000  # rows among which neighbours are looked for


def made_rows(
    x: Array,
    rows: int,
    *,
    rng: np.random.Generator,
    codes: Collection[int] = (),
    swap: float = 0.5,
    spread: float = 2.0,
) -> Array:
    """(rows, d) float32: each a real row of x (n, d) some of whose cells come from its nearest neighbour.

    swap: probability that a cell is taken over.  codes: columns that hold categories, which are copied as they are;
    a number is drawn around the neighbour's, with the difference between the two / spread as standard deviation.
    """
    library = x[rng.permutation(len(x))[:MOST_LIBRARY]]
    pick = rng.integers(len(library), size=rows)
    made, near = library[pick], library[nearest(library)[pick]]
    drawn = near + rng.standard_normal(made.shape) * np.abs(made - near) / spread
    drawn = np.where(np.isnan(drawn), near, drawn)  # one of the two is missing: take the neighbour's cell
    drawn[:, sorted(codes)] = near[:, sorted(codes)]
    return np.where(rng.random(made.shape) < swap, drawn, made).astype(np.float32)


def nearest(x: Array) -> Array:
    """(rows,) index of the nearest other row; columns standardised, missing cells at the mean."""
    if len(x) < 2:
        return np.zeros(len(x), np.int64)
    known = np.ma.masked_invalid(x.astype(np.float64))
    scale = known.std(axis=0).filled(0)
    near = ((known - known.mean(axis=0)) / np.where(scale > 0, scale, 1)).filled(0)
    neighbours = need("sklearn.neighbors", for_="distil").NearestNeighbors(n_neighbors=2, n_jobs=1)
    pairs = neighbours.fit(near).kneighbors(near, return_distance=False)
    # Twins come in any order: take whichever of the two is not the row itself.
    own = np.arange(len(x))
    return np.where(pairs[:, 0] == own, pairs[:, 1], pairs[:, 0])
