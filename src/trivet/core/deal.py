"""Deals units of rows into parts so that every part looks like the whole."""

import numpy as np

from trivet.runtime.part import Array


def deal(strata: Array, units: Array, shares: Array, rng: np.random.Generator) -> Array:
    """(rows,) the part of each row, 0..parts-1; a unit is never torn, each stratum is spread by the shares.

    strata: (rows,) int >= 0.  units: (rows,) int, 0..n_units-1.  shares: (parts,) summing to 1.
    Units of several rows go first, the largest first, each to the part where it hurts least; single rows then fill
    what is wanting, so that without such units every stratum is within two rows of its share in every part.
    """
    size = np.bincount(units)
    single = size[units] == 1
    part = np.zeros(len(units), np.int64)
    missing = np.bincount(strata)[:, None] * shares  # (strata, parts) rows still wanted
    deal_large(part, strata, units, missing, rng)
    open_places = np.bincount(strata[single], minlength=len(missing))
    quota = quotas(filling(missing, shares, open_places))
    for stratum in np.flatnonzero(open_places):
        members = np.flatnonzero(single & (strata == stratum))
        members = members[np.argsort(units[members], kind="stable")]  # by content, whatever the order of the source
        part[rng.permutation(members)] = np.repeat(np.arange(len(shares)), quota[stratum])
    return part


def deal_large(part: Array, strata: Array, units: Array, missing: Array, rng: np.random.Generator) -> None:
    """Places the units of several rows; changes `part` and `missing`.

    The part is the one that adds least to sum((missing)**2 / wanted) over strata and parts, and over one stratum more,
    in which a unit counts by the square of its size: a big unit goes to a big part, a small one where rows are wanted
    most, and every part takes its share of large units.  Rows of a unit are alike, so an answer on a part is worth
    rows**2 / sum(sizes**2) independent rows (Kish 1965); a part that got the large units alone would be worth little.
    """
    wanted = missing.copy()
    by_unit = np.argsort(units, kind="stable")
    size = np.bincount(units)
    start = np.cumsum(size) - size
    large = np.flatnonzero(size > 1)
    bulk = np.square(size) * (len(units) / max(int(np.square(size[large]).sum()), 1))  # in rows, summing to all
    bulk_wanted = wanted.sum(axis=0)
    bulk_missing = bulk_wanted.copy()
    order = large[np.lexsort((rng.permutation(len(large)), -size[large]))]
    for unit in order:
        members = by_unit[start[unit] : start[unit] + size[unit]]
        which, count = np.unique(strata[members], return_counts=True)
        added = added_by(count[:, None], missing[which], wanted[which]).sum(axis=0)
        best = int((added + added_by(bulk[unit], bulk_missing, bulk_wanted)).argmin())
        part[members] = best
        missing[which, best] -= count
        bulk_missing[best] -= bulk[unit]


def added_by(count: Array, missing: Array, wanted: Array) -> Array:
    """What `count` more rows in a part add to (missing)**2 / wanted."""
    return np.asarray((count**2 - 2 * count * missing) / wanted)


def filling(missing: Array, shares: Array, open_places: Array) -> Array:
    """(strata, parts) how many single rows each part wants, each stratum summing to its number of single rows."""
    wanting = np.maximum(missing, 0)
    total = wanting.sum(axis=1, keepdims=True)
    share = np.where(total > 0, wanting / np.where(total > 0, total, 1), shares)
    return np.asarray(share * open_places[:, None])


def quotas(wanted: Array) -> Array:
    """Whole numbers near `wanted` (strata, parts): rows keep their sums, and rounding errors do not add up.

    What rounding took from a part in one stratum is owed to it in the next; otherwise a hundred classes of three rows
    would leave the small parts empty.  The first part gets at least one row of each stratum that has any.
    """
    quota = np.zeros(wanted.shape, np.int64)
    owed = np.zeros(wanted.shape[1])
    for stratum in np.argsort(-wanted.sum(axis=1), kind="stable"):
        goal = np.maximum(wanted[stratum] + owed, 0)
        places = round(float(wanted[stratum].sum()))
        quota[stratum] = whole(goal, places)
        if places and wanted[stratum, 0] > 0 and quota[stratum, 0] == 0:
            quota[stratum, quota[stratum].argmax()] -= 1
            quota[stratum, 0] = 1
        owed += wanted[stratum] - quota[stratum]
    return quota


def whole(goal: Array, places: int) -> Array:
    """Whole numbers that sum to `places`, each near its goal: the largest fractions are rounded up."""
    goal = goal * (places / goal.sum()) if goal.sum() > 0 else goal
    low = np.floor(goal).astype(np.int64)
    up = np.argsort(low - goal, kind="stable")[: places - int(low.sum())]
    low[up] += 1
    return low


def strata_of(truth: Array) -> Array:
    """(rows,) int: the class of an index, the decile of a number (fewer when values are tied), else one stratum."""
    if truth.ndim > 1:
        return np.zeros(len(truth), np.int64)
    if truth.dtype.kind in "iub":
        return np.asarray(truth, np.int64)
    edges = np.unique(np.quantile(truth, np.arange(1, 10) / 10))
    return np.unique(np.searchsorted(edges, truth, side="left"), return_inverse=True)[1]
