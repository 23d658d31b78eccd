"""The share of some rows of a trial that hit, with its interval; a reading also where there is no such row."""

import math
from collections.abc import Sequence

import numpy as np

from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.runtime.part import Array

from .intervals import Estimate, share_estimate
from .trials import units_of, weights_of


def share_reading(
    gauge: Gauge, trial: Trial, hit: Array, sure: float, *, among: Array, without: float, notes: Sequence[str] = ()
) -> Reading:
    """The share of hits among some of the rows that `rows_of` gives.

    hit, among: (rows,) bool.  without: what is said where no row counts, with an interval that says nothing, so that a
    limit on it is UNPROVEN.
    """
    found = share_estimate(hit, weights_of(trial), sure, among=among, units=units_of(trial))
    n = int(np.count_nonzero(among))
    if math.isnan(found.value):
        found, n = Estimate(value=without, low=gauge.least, high=gauge.most, how="no row that counts"), len(hit)
    return found.reading(gauge, n=n, sure=sure, notes=notes)
