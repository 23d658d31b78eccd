"""Whether a mean can be believed: how heavy the tail of the amounts is, and whether there are rows enough to see it."""

import math

import numpy as np

from trivet.runtime.part import Array

LEAST_UNITS = 400  # what one row in a hundred does is seen by so many with a probability of 98 %: 1 - 0.99^400
LEAST_INDEX = 2.25  # of a tail: below 2 the spread itself has no end; bench/certificates.py shows what a quarter spares
_INSTEAD = "p90-error and median-error can be proven"
_TOPS = (0.05, 0.01)  # shares of all amounts by which a tail is measured: a few gross ones hide in the larger share


def doubt_of(amount: Array) -> str:
    """Why rare large amounts may decide their mean without having been seen; "" where they do not.

    amount: (units,) of one sign, or 0.
    """
    if len(amount) < LEAST_UNITS:
        few = f"{len(amount)} independent rows say too little of rare large errors, from {LEAST_UNITS} on they may do"
        return f"{few}; {_INSTEAD}"
    index = min(tail_index(amount, top) for top in _TOPS)
    return f"rare large errors decide it, with a tail index of {index:.2g}; {_INSTEAD}" if index < LEAST_INDEX else ""


def tail_index(amount: Array, top: float) -> float:
    """How fast large amounts become rare: of amounts that are twice as large there are 2^index times fewer.

    amount: (units,).  top: the share of the largest ones that tells.  inf where these are all alike.
    Source: Hill 1975 (Ann. Statist. 3).
    """
    ordered = np.sort(np.abs(amount))[::-1]
    count = max(int(top * len(ordered)), 2)
    if len(ordered) <= count or ordered[count] <= 0:
        return 0.0
    excess = math.fsum(np.log(ordered[:count] / ordered[count]).tolist()) / count
    return 1 / excess if excess else math.inf
