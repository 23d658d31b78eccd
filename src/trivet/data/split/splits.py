"""Splits rows into fit, tune, choose and vault so that nothing leaks across a border."""

import numpy as np

from trivet.core.deal import deal, quotas, strata_of
from trivet.core.errors import BadData
from trivet.core.folds import position_by_content, unit_of
from trivet.core.registry import find_goal
from trivet.core.rows import Dataset, Rows
from trivet.core.shares import PARTS, usual_shares
from trivet.core.task import Task
from trivet.runtime.part import Array

from .membership import certifies, repeated, unit_hashes

VAULT, LEFT_OUT = 3, -1
LEAST_ROWS = 40  # below this even the best split leaves parts of a handful of rows
_BY_NATURE = 0.05  # of the rows that teach: more twins of vault rows in other groups than this are no copies


def split(
    rows: Rows, task: Task, *, seed: int, shares: tuple[float, float, float, float] | None = None
) -> tuple[Dataset, Rows]:
    """The rows in four parts: a Dataset of fit, tune and choose, and the rows for the vault.

    shares: of fit, tune, choose, vault; None takes `usual_shares`.
    The vault does not depend on the seed, the order of the rows or rows that come later (`membership.py`); with time it
    is the last part of it.  Laws: no row is in two parts; rows with equal inputs, or of one group, stay together;
    without time fit, tune and choose have the classes (or answer deciles) of all three; with time no row of an earlier
    part is later than the cut.  A row is left out when a vault row of another group has its inputs, unless
    inputs repeat by nature.
    Refuses fewer than 40 rows, nearly as many classes as rows, a class without a row in fit, missing answers or times,
    and too few groups to fill four parts.
    """
    refuse_unfit(rows)
    goal = find_goal(task.goal)
    goal.check_rows(rows, task)
    share = np.array(shares or usual_shares(len(rows)), float)
    if share.shape != (4,) or (share <= 0).any() or abs(share.sum() - 1) > 1e-6:
        raise ValueError(f"shares: four positive numbers that sum to 1, not {shares}")
    part = parts_by_time(rows, share) if rows.time is not None else parts_by_hash(rows, task, share, seed)
    refuse_empty(part, unit_of(rows), rows)
    fit, tune, choose, vault = (rows.take(np.flatnonzero(part == number)) for number in range(4))
    goal.check_fit(fit, rows, task)
    return Dataset(splits={"fit": fit, "tune": tune, "choose": choose}), vault


def parts_by_hash(rows: Rows, task: Task, shares: Array, seed: int) -> Array:
    """(rows,) the part of each row; -1 for one that is left out."""
    part = np.full(len(rows), VAULT)
    inside = certifies(rows, float(shares[VAULT]))
    rest = np.flatnonzero(~inside)
    if not 0 < len(rest) < len(rows):
        return np.where(inside, VAULT, 0)
    if rows.group is not None:
        copies = repeated(rows.take(rest), rows.take(inside))
        if copies.mean() <= _BY_NATURE:
            part[rest[copies]] = LEFT_OUT
            rest = rest[~copies]
    taught = rows.take(rest)
    rng = np.random.Generator(np.random.PCG64(seed))
    strata = find_goal(task.goal).strata(taught.truth)
    part[rest] = deal(strata, unit_of(taught), shares[:VAULT] / shares[:VAULT].sum(), rng)
    return part


def subsample(rows: Rows, n: int, seed: int) -> Rows:
    """`n` of the rows in the order of the source, each class by its share and at least once; all rows when n is enough.

    A class is an integer answer; a number is drawn by its decile.
    """
    if n >= len(rows):
        return rows
    rng = np.random.Generator(np.random.PCG64(seed))
    strata = strata_of(rows.truth)
    share = n / len(rows)
    quota = quotas(np.bincount(strata)[:, None] * np.array([share, 1 - share]))[:, 0]
    order = np.argsort(position_by_content(rows), kind="stable")
    chosen = [rng.permutation(order[strata[order] == s])[: quota[s]] for s in range(len(quota))]
    return rows.take(np.sort(np.concatenate(chosen)))


def parts_by_time(rows: Rows, shares: Array) -> Array:
    """(rows,) the part of each row: later units go to later parts.

    The time of a unit is that of its last row, so fit never holds a row from after its cut; a group that spans a cut
    goes to the later part, old rows included.  Units of one moment are ordered by their hashes.
    """
    units = unit_of(rows)
    size = np.bincount(units)
    last, hashes = np.full(len(size), -np.inf), np.zeros(len(size), np.uint64)
    np.maximum.at(last, units, np.asarray(rows.time))
    np.maximum.at(hashes, units, unit_hashes(rows))
    order = np.lexsort((hashes, last))
    reached = np.cumsum(size[order])
    cuts = np.searchsorted(reached, np.rint(np.cumsum(shares)[:VAULT] * len(rows)), side="right")
    cuts = np.array([between_moments(last[order], int(cut)) for cut in cuts])
    part_of_unit = np.empty(len(size), np.int64)
    part_of_unit[order] = np.searchsorted(cuts, np.arange(len(size)), side="right")
    return part_of_unit[units]


def between_moments(moments: Array, cut: int) -> int:
    """The cut, moved to the nearer end of a run of equal times; a run of over 2 % of all units is cut through."""
    if cut >= len(moments):
        return cut
    start, end = np.searchsorted(moments, moments[cut], "left"), np.searchsorted(moments, moments[cut], "right")
    if end - start > len(moments) / 50:
        return cut
    return int(start if cut - start <= end - cut else end)


def refuse_unfit(rows: Rows) -> None:
    """Refuses rows that cannot be split whatever the seed."""
    if len(rows) < LEAST_ROWS:
        raise BadData(
            "too-few-rows",
            wanted=f"at least {LEAST_ROWS} rows, to fit, tune, choose and certify on",
            found=f"{len(rows)} rows",
            do="collect more rows; limits on a small vault stay UNPROVEN below a few hundred",
        )
    refuse_missing("answer", "answer-missing", is_unanswered(rows.truth), rows)
    if rows.time is not None:
        refuse_missing("time", "time-missing", np.isnan(rows.time), rows)


def is_unanswered(truth: Array) -> Array:
    """(rows,) bool: NaN anywhere, or the index -1."""
    unknown = truth < 0 if truth.dtype.kind == "i" else np.isnan(truth)
    return np.asarray(unknown.reshape(len(truth), -1).any(axis=1))


def refuse_missing(what: str, code: str, is_missing: Array, rows: Rows) -> None:
    if is_missing.any():
        raise BadData(
            code,
            wanted=f"a known {what} in every row",
            found=f"{int(is_missing.sum())} rows without, the first at row {int(rows.ids[is_missing].min())}",
            do=f"fill in the {what}, or leave those rows out",
        )


def refuse_empty(part: Array, units: Array, rows: Rows) -> None:
    """Refuses a split in which a part got no row."""
    empty = [name for number, name in enumerate(PARTS) if not (part == number).any()]
    if not empty:
        return
    size = np.bincount(units)
    tied = "different rows" if rows.group is None else "groups"
    raise BadData(
        "too-few-groups",
        wanted=f"enough {tied} to fill fit, tune, choose and vault without tearing one apart",
        found=f"{len(size)} {tied}, the largest with {size.max() / len(rows):.0%} of all rows; "
        f"nothing left for {', '.join(empty)}",
        do="give rows of more groups" if rows.group is not None else "give more columns, or more different rows",
    )
