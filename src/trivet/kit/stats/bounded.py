"""Ends of an interval for a mean of bounded numbers, from their bounds alone: no shape is assumed.

The high end at tail probability a is where the mean of the sample, with one more number at the upper bound and with
random weights (Dirichlet, all alike), stays below it with probability 1 - a.  For numbers that are 0 or 1 this is the
interval of Clopper and Pearson; for many numbers it is as narrow as Student's.  The number at the bound stands for what
was too rare to be seen, so twenty faultless rows prove no more than twenty faultless rows can.
That it covers is proven for two values and conjectured for all bounded numbers; no counterexample is known, and
bench/certificates.py looked for some.
Source: Gaffke 2005 (Math. Methods Statist. 14); Learned-Miller and Thomas 2019, arXiv 1905.06208; Phan, Thomas and
Learned-Miller 2021, arXiv 2106.03163.  Quantiles by saddlepoint: Lugannani and Rice 1980; Barndorff-Nielsen 1986.
"""

import math
from collections.abc import Callable

import numpy as np

from trivet.runtime.part import Array

from .quantiles import normal_quantile

_CLOSE = 1e-9  # relative to the range of the numbers
_STEPS = 200


def bounded_ends(total: Array, mass: Array, tail: float, *, least: float, most: float) -> tuple[float, float]:
    """(low, high) for sum(total) / sum(mass); each end is wrong with probability `tail` at most.

    total, mass: (units,) what an independent unit adds up to, and its weight > 0; every total / mass is within
    [least, most], both finite.  One unseen unit, as heavy as the heaviest one seen, is added at the bound.
    """
    return -high_end(-total, mass, tail, -least), high_end(total, mass, tail, most)


def high_end(total: Array, mass: Array, tail: float, most: float) -> float:
    """The high end alone."""
    order = np.lexsort((mass, total))  # sums then do not depend on the order of the units
    total, mass = total[order], mass[order]
    mean = float(total.sum() / mass.sum())
    if mean >= most:
        return most
    if np.ptp(mass) == 0 and np.ptp(total) == 0:  # units that all agree: how rare others must be, without rounding
        return most - tail ** (1 / len(mass)) * (most - mean)
    heaviest, wanted = float(mass.max()), normal_quantile(1 - tail)

    def beyond(end: float) -> float:
        return surprise(np.append(total - end * mass, heaviest * (most - end))) - wanted

    return crossing(beyond, mean, most, _CLOSE * max(most - mean, 1e-300))


def surprise(factor: Array) -> float:
    """How many standard deviations of a normal number are as unlikely as sum(factor * E) > 0, for exponential E.

    factor: (terms,).  As a probability it is right to 3 % (measured against the beta distribution); with one term alone
    on a side it is up to 6 % too large, which is the careful side.
    """
    most, least = float(factor.max()), float(factor.min())
    if most <= 0 or least >= 0:
        return math.inf if most <= 0 else -math.inf
    slope = saddlepoint(factor, 1 / least, 1 / most)
    spare = 1 - slope * factor
    bend = slope * math.sqrt(float(np.sum((factor / spare) ** 2)))
    root = math.copysign(math.sqrt(max(2 * float(np.log(spare).sum()), 0.0)), slope)
    if abs(bend) < 1e-4 or root == 0:
        return 0.0
    return root + math.log(bend / root) / root


def saddlepoint(factor: Array, low: float, high: float) -> float:
    """Where the derivative of -sum(log(1 - s factor)) by s is 0; it rises from low to high."""
    slope = 0.0
    for _ in range(_STEPS):
        ratio = factor / (1 - slope * factor)
        rise = float(ratio.sum())
        low, high = (low, slope) if rise > 0 else (slope, high)
        better = slope - rise / float((ratio * ratio).sum())
        better = better if low < better < high else (low + high) / 2
        if abs(better - slope) <= 1e-13 * (abs(slope) + abs(better)) or better == slope:
            break
        slope = better
    return slope


def crossing(rises: Callable[[float], float], low: float, high: float, close: float) -> float:
    """Where a rising function passes 0, between low and high, which it never passes before; by false position.

    The end that stays has its value halved (Illinois: Dowell and Jarratt 1971), or one end would creep to the root.
    """
    at_low, at_high, stays = rises(low), math.inf, 0
    if at_low >= 0:
        return low
    for _ in range(_STEPS):
        if high - low <= close:
            break
        share = at_low / (at_low - at_high) if math.isfinite(at_high - at_low) else 0.25
        at = low + (high - low) * min(max(share, 1e-6), 1 - 1e-6)
        value = rises(at)
        if value < 0:
            low, at_low, at_high, stays = at, value, at_high / (2 if stays == 1 else 1), 1
        else:
            high, at_high, at_low, stays = at, value, at_low / (2 if stays == -1 else 1), -1
    return high
