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

from .bounded import bounded_ends
from .quantiles import beta_quantile, binomial_share, normal_quantile, student_quantile
from .tails import doubt_of
from .units import effective_rows as effective_rows
from .units import unit_sums


@value
class Estimate:
    """A number, an interval for the truth behind it, and how the interval was obtained.

    doubt: why the interval is only approximate; "" where it is not.  trials: as a reading has them.
    """

    value: float
    low: float
    high: float
    how: str
    doubt: str = ""
    trials: float = 0.0

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
            notes=(*notes, *([self.doubt] if self.doubt else [])),
            approximate=bool(self.doubt),
            trials=self.trials,
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


def share_estimate(
    hit: Array, weight: Array | None, sure: float, *, among: Array | None = None, units: Array | None = None
) -> Estimate:
    """The share of rows that hit: exact for rows that stand alone and count alike.

    hit: (rows,) bool.  weight: (rows,) > 0, or None.  among: (rows,) bool, the rows that count; None for all.
    units: (rows,) int, equal for rows that are no independent evidence; None where each row is.
    With weights or units it is the bounded mean of the units, of which the exact interval is the simplest case.
    No rows, or no weight, give NaN within (0, 1).
    """
    if among is not None:
        hit, weight, units = hit[among], *(None if one is None else one[among] for one in (weight, units))
    if weight is not None and len(weight) and np.ptp(weight) == 0 and weight[0] > 0:
        weight = None
    if units is not None and len(np.unique(units)) == len(units):
        units = None
    if weight is None and units is None:
        hits, of = int(hit.sum()), len(hit)
        low, high = clopper_pearson(hits, of, sure)
        share = hits / of if of else math.nan
        return Estimate(value=share, low=low, high=high, how="Clopper-Pearson", trials=float(of))
    plain = np.ones(len(hit)) if weight is None else weight
    total, mass = unit_sums(plain * hit, units), unit_sums(plain, units)
    total, mass = total[mass > 0], mass[mass > 0]
    if not len(mass):
        return Estimate(value=math.nan, low=0.0, high=1.0, how="no rows")
    share = math.fsum(total.tolist()) / math.fsum(mass.tolist())
    low, high = bounded_ends(total, mass, (1 - sure) / 2, least=0.0, most=1.0)
    trials = effective_trials(total, mass)
    return Estimate(value=share, low=low, high=high, how=f"Gaffke, {trials:.0f} effective rows", trials=trials)


def effective_trials(total: Array, mass: Array) -> float:
    """How many independent rows of equal weight tell as much of a share: p (1 - p) (sum w)^2 / sum (z - p w)^2.

    total, mass: (units,) the weight of a unit's hits z, and of all its rows w.  If all agree, a unit is a row.
    Source: Kish 1965, section 8.2 (the design effect).
    """
    share = math.fsum(total.tolist()) / math.fsum(mass.tolist())
    spread = math.fsum(((total - share * mass) ** 2).tolist())
    if spread == 0:
        return effective_rows(mass)
    return share * (1 - share) * math.fsum(mass.tolist()) ** 2 / spread


def mean_of_shares(
    shares: Sequence[Estimate], how: str, alike: Array | None = None, *, least_above: float = 0.0
) -> Estimate:
    """The plain mean of several shares, from the distances between each share and its own ends.

    alike: (shares, shares) correlations, None for independent shares.  Zero errors still leave a width, because the
    interval of each share does.  least_above: the correlation that the high ends have at least: shares of small classes
    are skewed, so that many of them are too low together (found by simulation).
    Source: Zou and Donner 2008 (MOVER), equation 9; Newcombe 1998 for two shares.
    """
    middle = np.array([share.value for share in shares])
    below = middle - np.array([share.low for share in shares])
    above = np.array([share.high for share in shares]) - middle
    alike = np.eye(len(shares)) if alike is None else alike
    ways = (below, alike), (above, np.maximum(alike, least_above))
    down, up = (math.sqrt(max(float(gap @ matrix @ gap), 0.0)) / len(shares) for gap, matrix in ways)
    mean = math.fsum(middle.tolist()) / len(shares)
    return Estimate(value=mean, low=mean - down, high=mean + up, how=how)


def correlation(moves: Array) -> Array:
    """(classes, classes) correlation of the classes' errors; 1 on the diagonal, 0 beside a class that has none."""
    length = np.sqrt((np.sort(moves**2, axis=1)).sum(axis=1))
    turned = moves / np.where(length == 0, 1, length)[:, None]
    alike = np.array([[math.fsum((one * other).tolist()) for other in turned] for one in turned])
    np.fill_diagonal(alike, 1.0)
    return alike


def mean_estimate(
    amount: Array, weight: Array | None, sure: float, *, least: float, most: float, units: Array | None = None
) -> Estimate:
    """The mean of the rows' amounts, each within [least, most].

    amount: (rows,) finite.  weight: (rows,) > 0, or None.  units: as for a share.  Between two bounds nothing else is
    taken for granted; without one on either side, see `open_mean`.
    """
    plain = np.ones(len(amount)) if weight is None else weight
    total, mass = unit_sums(plain * amount, units), unit_sums(plain, units)
    if not (math.isfinite(least) and math.isfinite(most)):
        return open_mean(total, mass, sure, least=least, most=most)
    low, high = bounded_ends(total, mass, (1 - sure) / 2, least=least, most=most)
    mean = math.fsum(total.tolist()) / math.fsum(mass.tolist())
    return Estimate(value=mean, low=low, high=high, how="Gaffke, from the bounds alone")


def open_mean(total: Array, mass: Array, sure: float, *, least: float, most: float) -> Estimate:
    """A mean of amounts that may be of any size: nothing can be proven of it unless their tail is a light one.

    total, mass: (units,).  Approximate where rare large amounts could decide and have not been seen: of few units, or
    of a heavy tail.  Units that all agree leave no width; without a least amount they are taken for what they are.
    """
    whole, units = math.fsum(mass.tolist()), len(mass)
    mean = math.fsum(total.tolist()) / whole
    if units < 2:
        return Estimate(value=mean, low=least, high=most, how="one row says nothing of the spread")
    each = total / mass
    if np.ptp(each) == 0:
        doubt = doubt_of(each) if math.isfinite(least) else ""
        return Estimate(value=mean, low=mean, high=mean, how="all rows agree", doubt=doubt)
    low, high = skewed_interval((total - mean * mass) * (units / whole), sure)
    how = "Student, corrected for skewness"
    return Estimate(value=mean, low=mean + low, high=mean + high, how=how, doubt=doubt_of(each))


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
    below = first_where(lambda k: binomial_share(k, n, share) > tail, n)  # rank of the low end, counted from 1
    above = first_where(lambda k: binomial_share(k, n, share) >= 1 - tail, n) + 1
    low = float(ordered[below - 1]) if below > 0 else -math.inf
    high = float(ordered[above - 1]) if above <= n else math.inf
    return low, high


def first_where(holds: Callable[[int], bool], most: int) -> int:
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
