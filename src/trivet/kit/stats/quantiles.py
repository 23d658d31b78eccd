"""Quantiles of the beta, Student, normal and binomial distributions, with the standard library alone."""

import math
from statistics import NormalDist

_TINY = 1e-300
_NEAR = 1e-14  # relative to the quantile, or to what is left to 1: the share itself is known no better
_MOST_STEPS = 500  # by halves the smallest float is reached after 1,100; quantiles below 1e-150 are told as that
_EXP_CAP = 700.0  # of what a float can hold


def normal_quantile(share: float) -> float:
    """The point that a standard normal number stays below with probability `share`, in (0, 1)."""
    return NormalDist().inv_cdf(share)


def student_quantile(share: float, freedom: float) -> float:
    """The point that a Student number with `freedom` > 0 degrees of freedom stays below with probability `share`."""
    if share < 0.5:
        return -student_quantile(1 - share, freedom)
    inside = beta_quantile(2 * share - 1, 0.5, freedom / 2)
    return math.sqrt(freedom * inside / (1 - inside)) if inside < 1 else math.inf


def beta_quantile(share: float, a: float, b: float) -> float:
    """The point in [0, 1] that a beta(a, b) number stays below with probability `share`.

    a, b: above 0.  Equals scipy.stats.beta.ppf to 1e-10 (tests/reference).
    """
    share, a, b = float(share), float(a), float(b)  # of numpy's numbers, an overflow would warn
    if share <= 0 or share >= 1:
        return float(share >= 1)
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    low, high, x = 0.0, 1.0, a / (a + b)
    for _ in range(_MOST_STEPS):
        gap = beta_share(x, a, b) - share
        low, high = (x, high) if gap < 0 else (low, x)
        density = math.exp(min(front + (a - 1) * math.log(x) + (b - 1) * math.log1p(-x), _EXP_CAP))
        found = x - gap / density if density > 0 else low  # Newton's step, unless it leaves what is known
        if not low < found < high:
            found = (low + high) / 2
        if abs(found - x) <= _NEAR * min(x, 1 - x) or found in (low, high, x):
            return found
        x = found
    return x


def beta_share(x: float, a: float, b: float) -> float:
    """Probability that a beta(a, b) number is at most x: the regularised incomplete beta function."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    # The fraction converges quickly only on this side of the mean; the other side is its mirror image.
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_share(1 - x, b, a)
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(front) * _beta_fraction(x, a, b) / a


def _beta_fraction(x: float, a: float, b: float) -> float:
    """Continued fraction of the incomplete beta function (DLMF 8.17.22), evaluated by Lentz's method."""
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, 100_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for step in (even, odd):
            d = 1 / _away_from_zero(1 + step * d)
            c = _away_from_zero(1 + step / c)
            fraction *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return fraction


def _away_from_zero(number: float) -> float:
    return number if abs(number) > _TINY else _TINY


def binomial_share(k: int, n: int, p: float) -> float:
    """Probability of at most k hits in n independent tries that each hit with probability p."""
    if k < 0 or k >= n:
        return float(k >= n)
    return beta_share(1 - p, n - k, k + 1)
