"""Folds and units: which rows must stay together, and parts that look alike without tearing them."""

import numpy as np

from trivet.runtime.part import Array

from .deal import deal, strata_of
from .row_keys import row_keys
from .rows import Rows


def folds_of(rows: Rows, n_folds: int, seed: int | np.random.Generator, *, strata: Array | None = None) -> Array:
    """(rows,) fold of each row, 0..n_folds-1: stratified; rows with equal inputs and groups are never torn.

    strata: (rows,) int; None takes those of the truth.  The same content gives the same folds in any order of rows.
    """
    spread = strata_of(rows.truth) if strata is None else strata
    return deal(spread, unit_of(rows), np.full(n_folds, 1 / n_folds), np.random.default_rng(seed))


def unit_of(rows: Rows) -> Array:
    """(rows,) int, 0..n-1: rows that must stay together share a number.

    Together are rows with equal inputs and rows of one group, and whoever is tied to them through others.
    Units are numbered by their content, so the numbering does not depend on the order of the rows.
    """
    position = position_by_content(rows)
    unit = first_in(np.unique(row_keys(rows), return_inverse=True)[1], position)
    if rows.group is not None:
        group = np.unique(rows.group, return_inverse=True)[1]
        before = None
        while before is None or (before != unit).any():
            before = unit
            unit = first_in(np.unique(unit, return_inverse=True)[1], first_in(group, unit))
    return np.unique(unit, return_inverse=True)[1]


def first_in(which: Array, number: Array) -> Array:
    """(rows,) the least of `number` among the rows that share `which`."""
    least = np.full(int(which.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(least, which, number)
    return least[which]


def position_by_content(rows: Rows) -> Array:
    """(rows,) the place of each row in an order that only content decides; rows of equal content keep their order."""
    order = np.lexsort((*rows.truth.reshape(len(rows), -1).T, row_keys(rows)))
    position = np.empty(len(rows), np.int64)
    position[order] = np.arange(len(rows))
    return position
