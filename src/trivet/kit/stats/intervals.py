"""Estimates with intervals that keep their word on small samples: shares, means, quantiles, averages of shares.

Every interval is two-sided at level `sure`: each end is wrong with probability (1 - sure) / 2.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np

from trivet.core.gauges import Gauge
from trivet.core.reading import Machine, Reading
from trivet.core.value import value
from trivet.runtime.part import Array

from .quantiles import beta_quantile, binomial_share, normal_quantile, student_quantile


@value
class Estimate:
    """A number, an interval for the truth behind it, and how the interval was obtained."""

    value: float
    low: float
    high: float
    how: str

    def reading(
        self, gauge: Gauge, *, n: int, sure: float, where: Machine | None = None, notes: Sequence[str] = ()
    ) -> Reading:
        """The estimate as a reading of the gauge, inside what the gauge can be."""
        return Reading(
            gauge=str(gauge),
            value=self.value,
            low=max(min(self.low, self.value), gauge.least),
            high=min(max(self.high, self.value), gauge.most),
            unit=gauge.unit,
            n=n,
            sure=sure,
            how=self.how,
            where=where,
            notes=tuple(notes),
        )


def clopper_pearson(hits: float, of: float, sure: float) -> tuple[float, float]:
    """Exact interval for a share from `hits` of `of` independent rows; of = 0 says nothing: (0, 1).

    Source: Clopper and Pearson 1934; equals statsmodels proportion_confint(method="beta") to 1e-10 (tests/reference).

    >>> low, high = clopper_pearson(3, 100, 0.95)
    >>> round(low, 4), round(high, 4)
    (0.0062, 0.0852)
    """
    tail = (1 - sure) / 2
    low = beta_quantile(tail, hits, of - hits + 1) if hits else 0.0
    high = beta_quantile(1 - tail, hits + 1, of - hits) if hits < of else 1.0
    return low, high


def wilson(share: float, of: float, sure: float) -> tuple[float, float]:
    """Interval for a share seen on `of` > 0 rows, which need not be a whole number.

    Source: Wilson 1927; equals statsmodels proportion_confint(method="wilson") to 1e-12 (tests/reference).
    """
    z = normal_quantile((1 + sure) / 2)
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def effective_rows(weight: Array) -> float:
    """How many rows of equal weight carry as much information (Kish 1965); 0 when no row has weight."""
    squares = math.fsum((weight * weight).tolist())
    return math.fsum(weight.tolist()) ** 2 / squares if squares else 0.0


def share_estimate(hit: Array, weight: Array | None, sure: float, *, among: Array | None = None) -> Estimate:
    """The share of rows that hit: exact without weights, Wilson on the effective number of rows with them.

    hit: (rows,) bool.  weight: (rows,) or None.  among: (rows,) bool, the rows that count; None for all.
    No rows, or no weight, give NaN within (0, 1).
    """
    if among is not None:
        hit, weight = hit[among], None if weight is None else weight[among]
    if weight is None:
        hits, of = int(hit.sum()), len(hit)
        low, high = clopper_pearson(hits, of, sure)
        return Estimate(value=hits / of if of else math.nan, low=low, high=high, how="Clopper-Pearson")
    rows = effective_rows(weight)
    if rows == 0:
        return Estimate(value=math.nan, low=0.0, high=1.0, how="no rows")
    share = math.fsum(weight[hit].tolist()) / math.fsum(weight.tolist())
    low, high = wilson(share, rows, sure)
    return Estimate(value=share, low=low, high=high, how=f"Wilson, {rows:.0f} effective rows")


def mean_of_shares(shares: Sequence[Estimate], how: str, alike: Array | None = None) -> Estimate:
    """The plain mean of several shares, from the distances between each share and its own ends.

    alike: (shares, shares) correlations, None for independent shares.  Zero errors still leave a width, because the
    interval of each share does.  Source: Zou and Donner 2008 (MOVER), equation 9; Newcombe 1998 for two shares.
    """
    middle = np.array([share.value for share in shares])
    below = middle - np.array([share.low for share in shares])
    above = np.array([share.high for share in shares]) - middle
    alike = np.eye(len(shares)) if alike is None else alike
    down, up = (math.sqrt(max(float(gap @ alike @ gap), 0.0)) / len(shares) for gap in (below, above))
    mean = math.fsum(middle.tolist()) / len(shares)
    return Estimate(value=mean, low=mean - down, high=mean + up, how=how)


def mean_estimate(amount: Array, weight: Array | None, sure: float, *, least: float, most: float) -> Estimate:
    """The mean of the rows' amounts, each within [least, most].

    amount: (rows,) finite.  weight: (rows,) or None.  Rows that all agree say only how rare others must be.
    """
    plain = np.ones(len(amount)) if weight is None else weight
    total = math.fsum(plain.tolist())
    mean = math.fsum((plain * amount).tolist()) / total
    if len(amount) < 2:
        return Estimate(value=mean, low=least, high=most, how="one row says nothing of the spread")
    if np.ptp(amount) == 0:
        return agreeing_rows(float(amount[0]), len(amount), sure, least=least, most=most)
    low, high = skewed_interval(plain * (amount - mean) * (len(amount) / total), sure)
    return Estimate(value=mean, low=mean + low, high=mean + high, how="Student, corrected for skewness")


def agreeing_rows(amount: float, rows: int, sure: float, *, least: float, most: float) -> Estimate:
    """The mean when every row says the same: rows that differ are rarer than could have been missed by chance."""
    unseen = 1 - ((1 - sure) / 2) ** (1 / rows)
    low = amount - unseen * (amount - least) if math.isfinite(least) else amount
    high = amount + unseen * (most - amount) if math.isfinite(most) else amount
    return Estimate(value=amount, low=low, high=high, how="all rows agree: room for unseen ones")


def skewed_interval(influence: Array, sure: float) -> tuple[float, float]:
    """How far the truth may lie below and above an estimate that moves by influence / rows with each row.

    influence: (rows,) with mean 0 (two rows or more).  Returns (low, high) relative to the estimate.
    Student's interval misses three times as often on the side of the long tail as it says; this one does not.
    Source: Hall 1992, "On the removal of skewness by transformation", section 2 (the monotone cubic).
    """
    rows = len(influence)
    squares = math.fsum((influence**2).tolist())
    if squares == 0:
        return 0.0, 0.0
    deviation = math.sqrt(squares / rows)
    skew = math.fsum(((influence / deviation) ** 3).tolist()) / rows
    step = math.sqrt(squares / (rows - 1) / rows)
    t = student_quantile((1 + sure) / 2, rows - 1)
    return -step * unskewed(t, skew, rows), -step * unskewed(-t, skew, rows)


def unskewed(t: float, skew: float, rows: int) -> float:
    """The quantile of a Student ratio of skewed rows that stands where t stands for symmetric ones."""
    if abs(skew) < 1e-6:
        return t
    root = math.sqrt(rows)
    return 3 * root / skew * (math.cbrt(1 + skew * (t / root - skew / (6 * rows))) - 1)


def logit_interval(share: float, error: float, freedom: float, sure: float) -> tuple[float, float]:
    """Student's interval on the scale log(share / (1 - share)), so that both ends stay in (0, 1).

    share: strictly between 0 and 1.  error: its standard error.
    """
    far = student_quantile((1 + sure) / 2, freedom) * error / (share * (1 - share))
    middle = math.log(share / (1 - share))
    return share_of_logit(middle - far), share_of_logit(middle + far)


def share_of_logit(logit: float) -> float:
    """The share whose log odds these are."""
    odds = math.exp(-abs(logit))
    return 1 / (1 + odds) if logit > 0 else odds / (1 + odds)


def quantile_interval(sample: Array, share: float, sure: float) -> tuple[float, float]:
    """Interval for the quantile that a `share` of all calls stays below; an end the sample cannot reach is infinite.

    sample: (calls,).  Exact for any distribution: how many calls stay below the true quantile is binomial.
    Source: David and Nagaraja 2003, Order Statistics, section 7.1.
    """
    ordered, n, tail = np.sort(sample), len(sample), (1 - sure) / 2
    below = _first(lambda k: binomial_share(k, n, share) > tail, n)  # rank of the low end, counted from 1
    above = _first(lambda k: binomial_share(k, n, share) >= 1 - tail, n) + 1
    low = float(ordered[below - 1]) if below > 0 else -math.inf
    high = float(ordered[above - 1]) if above <= n else math.inf
    return low, high


def _first(holds: Callable[[int], bool], most: int) -> int:
    """The smallest whole number in [0, most] from which on `holds` is true."""
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def median_estimate(sample: Array, sure: float) -> tuple[Estimate, tuple[str, ...]]:
    """The median of a few repeats with a note when they are too few for `sure`: then lowest to highest."""
    middle = float(np.median(sample))
    low, high = quantile_interval(sample, 0.5, sure)
    if math.isfinite(low) and math.isfinite(high):
        return Estimate(value=middle, low=low, high=high, how="order statistics"), ()
    reached = 1 - 2 * 0.5 ** len(sample)
    note = f"{len(sample)} repeats: lowest to highest holds the median with probability {reached:.3g}"
    return Estimate(value=middle, low=float(sample.min()), high=float(sample.max()), how="lowest to highest"), (note,)
