"""Which rows certify: what a row is decides, never a seed, so that a table has one vault for ever.

A unit is in the vault when its keyed hash lies below the share.  So another seed, another order of the rows or another
file format changes nothing, and rows that are appended never move old ones; the share is kept on average, to within
sqrt(share (1 - share) / units).  Why: docs/decisions/0011-one-vault.md.
"""

import numpy as np

from trivet.core.row_keys import row_keys, spread_bits
from trivet.core.rows import Rows
from trivet.runtime.part import Array

_SALT = np.uint64(0x7472697665740007)  # never to be changed: every table would get another vault


def unit_hashes(rows: Rows) -> Array:
    """(rows,) uint64, evenly spread, equal for rows that certify together: those of a group, else exact twins."""
    keys = row_keys(rows) if rows.group is None else np.asarray(rows.group, np.int64).view(np.uint64)
    return np.asarray(spread_bits(keys ^ _SALT))


def certifies(rows: Rows, share: float) -> Array:
    """(rows,) bool: in the vault.  share: of all units, on average.

    Where the answer is a class, each class keeps a unit that teaches, and one on either side if it has two; the law
    that appended rows move none is then broken for that one unit, in classes that have a handful of units.
    """
    hashes = unit_hashes(rows)
    units, unit_of_row = np.unique(hashes, return_inverse=True)
    inside = units < np.uint64(min(int(share * 2**64), 2**64 - 1))
    if rows.truth.ndim == 1 and rows.truth.dtype.kind in "iu":
        with_each_class(inside, unit_of_row, rows.truth)
    return np.asarray(inside[unit_of_row])


def with_each_class(inside: Array, unit_of_row: Array, classes: Array) -> None:
    """Moves single units so that each class has one on either side, the rarest class first; changes `inside`.

    The only unit of a class teaches: without it there would be no model of these classes at all.

    inside: (units,) bool, in the order of their hashes.  unit_of_row, classes: (rows,) int.
    """
    count = np.bincount(classes)
    for one in np.argsort(count, kind="stable"):
        units = np.unique(unit_of_row[classes == one])
        if inside[units].all():
            inside[units[-1:]] = False
        elif len(units) > 1 and not inside[units].any():
            inside[units[0]] = True


def repeated(rest: Rows, vault: Rows) -> Array:
    """(rest rows,) bool: has the inputs of a row of the vault, as rows of two groups may."""
    return np.isin(row_keys(rest), row_keys(vault))
