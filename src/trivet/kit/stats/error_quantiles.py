"""Quantiles of the size of errors, exactly: how many rows stay below the true one is binomial, whatever their law."""

import math

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.value import value
from trivet.runtime.part import Array

from .intervals import Estimate, first_where, share_estimate
from .trials import expect_answers, rows_of, units_of, weights_of


@value
class ErrorQuantile(Gauge):
    """Base of the gauges of an error that a share of all rows stays within."""

    better = "<="
    least = 0.0

    def share(self) -> float:
        """Of the rows, or of their weight."""
        raise NotImplementedError

    def applies(self, sketch: Sketch) -> None:
        """Answers that are numbers."""
        expect_answers(sketch, "values", for_=self)

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """The smallest error that the share of the rows does not exceed; no end that the rows cannot reach."""
        truth, values = rows_of(trial, "values", for_=self)
        off = np.abs(values - truth)
        estimate = quantile_estimate(off, self.share(), weights_of(trial), sure, units_of(trial))
        return estimate.reading(self, n=len(off), sure=sure)


def quantile_estimate(
    amount: Array, share: float, weight: Array | None, sure: float, units: Array | None = None
) -> Estimate:
    """The amount that `share` of the weight does not exceed, with the amounts between which it surely lies.

    amount: (rows,).  weight, units: as for a share.  An amount is a high end when the rows that do not exceed it are a
    share that is `share` at least for sure; it is a low end when those below it are a share that is not above it.
    Source: David and Nagaraja 2003, Order Statistics, section 7.1; Woodruff 1952 (with weights and units).
    """
    plain = np.ones(len(amount)) if weight is None else weight
    order = np.lexsort((plain, amount))
    up_to = np.cumsum(plain[order])
    middle = float(amount[order][np.searchsorted(up_to, share * up_to[-1] * (1 - 1e-12))])
    distinct = np.unique(amount)

    def within(at: int) -> Estimate:
        return share_estimate(amount <= distinct[at], weight, sure, units=units)

    high = first_where(lambda at: within(at).low >= share, len(distinct))
    low = first_where(lambda at: within(at).high > share, len(distinct))
    none = share_estimate(amount < distinct[0], weight, sure, units=units)
    return Estimate(
        value=middle,
        low=middle if low == len(distinct) else 0.0 if none.high > share else float(distinct[low]),
        high=float(distinct[high]) if high < len(distinct) else math.inf,
        how="order statistics" if weight is None and units is None else "order statistics of units",
    )
