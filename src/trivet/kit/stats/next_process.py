"""What the next process will take, from a few that were measured: a prediction interval, not one for a mean.

A user's process is none of those that were measured, and calls within one process are alike: how fast a process is
depends on where its memory lies and on what else ran.  So processes are the evidence, not calls.
"""

import math

import numpy as np

from trivet.runtime.part import Array

from .intervals import Estimate
from .quantiles import student_quantile

_TINY, _HUGE = 1e-300, 1e300


def quantile_per_process(amounts: Array, process: Array | None, share: float) -> Array:
    """(processes,) the quantile of the amounts (repeats,) within each process, in the order of their numbers."""
    if process is None:
        return np.array([np.quantile(amounts, share)])
    return np.array([np.quantile(amounts[process == one], share) for one in np.unique(process)])


def next_process(each: Array, sure: float) -> Estimate:
    """The middle of the processes, and two ends that the next one passes with probability (1 - sure) / 2 each.

    each: (processes,) amounts, at least 0; one process says nothing of the next.  Where the processes are enough, the
    ends are two of them: the r-th of K from outside is passed by an exchangeable next one with probability r / (K + 1),
    whatever the distribution.  Where they are too few for `sure`, the ends lie as far out as Student's prediction bound
    on the logarithms says, and no nearer than the lowest and the highest.
    Source: David and Nagaraja 2003, Order Statistics, section 7.3; Hahn and Meeker 1991, Statistical Intervals, 4.6.
    """
    ordered, n, tail = np.sort(each), len(each), (1 - sure) / 2
    middle = float(np.median(ordered))
    if n < 2:
        return Estimate(value=middle, low=0.0, high=math.inf, how="one process says nothing of the next")
    rank = math.floor((n + 1) * tail + 1e-9)  # of the end, counted from outside; 1 is the outermost
    if rank >= 1:
        low, high = float(ordered[rank - 1]), float(ordered[n - rank])
        return Estimate(value=middle, low=low, high=high, how=f"{n} processes: order statistics for the next")
    logs = np.log(np.clip(ordered, _TINY, _HUGE))
    far = student_quantile(1 - tail, n - 1) * float(logs.std(ddof=1)) * math.sqrt(1 + 1 / n)
    centre = float(logs.mean())
    return Estimate(
        value=middle,
        low=min(float(ordered[0]), exponential(centre - far)),
        high=max(float(ordered[-1]), exponential(centre + far)),
        how=f"{n} processes: Student on the logarithm for the next",
    )


def exponential(number: float) -> float:
    """exp, infinite beyond what a float holds."""
    return math.exp(number) if number < 700 else math.inf
