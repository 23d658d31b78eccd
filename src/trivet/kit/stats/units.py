"""Independent units: what rows of one patient, machine or exact twins add up to, and how many units that is."""

import math

import numpy as np

from trivet.runtime.part import Array


def unit_sums(amount: Array, units: Array | None) -> Array:
    """(units,) the sum of each unit's amounts; (rows,) the amounts themselves where every row stands alone.

    amount: (rows,).  units: (rows,) int, equal for rows of one unit, or None.  The order of rows changes no bit.
    """
    if units is None:
        return amount
    order = np.lexsort((amount, units))
    first = np.flatnonzero(np.concatenate([[True], np.diff(units[order]) != 0])) if len(order) else order
    return np.add.reduceat(amount[order], first) if len(order) else amount


def effective_rows(weight: Array) -> float:
    """How many rows, or units, of equal weight carry as much information (Kish 1965); 0 when none has weight."""
    squares = math.fsum((weight * weight).tolist())
    return math.fsum(weight.tolist()) ** 2 / squares if squares else 0.0


def units_worth(weight: Array | None, units: Array | None, rows: int) -> float:
    """The effective number of independent units among so many rows."""
    if weight is None and units is None:
        return float(rows)
    return effective_rows(unit_sums(np.ones(rows) if weight is None else weight, units))
