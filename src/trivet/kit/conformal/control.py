"""Settings that are proven, not merely measured: the most useful one that exact tests in a fixed order let stand.

A setting (a floor, a pad, a threshold) is a hypothesis: "with it, some limit is broken".  Hypotheses are tested from
the safest setting to the most useful one, each at the full error alpha, until one is not rejected.  The chance that the
setting which is then taken breaks a limit is at most alpha: for that, the first broken setting in the order would have
to be rejected, and its test errs with at most alpha.  The order has to be fixed before the rows are looked at.
Source: Angelopoulos, Bates, Candes, Jordan and Lei 2021, "Learn then Test", arXiv 2110.01052 (fixed sequence);
Laufer-Goldshtein et al. 2023, "Efficiently controlling multiple risks with Pareto testing", arXiv 2210.07913 (an order
from other rows, for several limits).
"""

from collections.abc import Callable, Sequence
from math import inf, isfinite

import numpy as np

from trivet.core.errors import BadData, NotApplicable
from trivet.core.gauges import Gauge, Trial
from trivet.core.limits import Limit, Verdict
from trivet.core.reading import Reading
from trivet.core.registry import find_gauge
from trivet.kit.stats.quantiles import binomial_share
from trivet.runtime.part import Array

Alpha = Callable[[Limit], float]
"""The chance with which a limit may wrongly be found to be kept."""


def most_misses(rows: int, coverage: float, alpha: float) -> int | None:
    """With how many misses among `rows` independent rows `coverage` is still proven; None when even 0 are too many.

    The exact binomial test of "less than `coverage`" rejects with so many misses or fewer: P(misses <= m) <= alpha,
    which is Clopper-Pearson's low end for rows - m hits, one-sided at alpha, being at least `coverage`.

    >>> most_misses(100, 0.9, 0.05), most_misses(29, 0.9, 0.05), most_misses(28, 0.9, 0.05)
    (4, 0, None)
    """
    missing = 1 - coverage
    if rows < 1 or binomial_share(0, rows, missing) > alpha:
        return None
    low, high = 0, rows  # with `low` it is proven; with `high` it is not, unless every share is
    if binomial_share(rows, rows, missing) <= alpha:
        return rows
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if binomial_share(middle, rows, missing) <= alpha else (low, middle)
    return low


def proven_floor(missed_above: Array, coverage: float, alpha: float) -> float | None:
    """The highest floor with which `coverage` of all rows is proven, on independent rows that count alike.

    missed_above: (rows,) the floor above which a row is missed; inf for one that never is.  Returns the (m + 1)-th
    smallest of them, m by `most_misses`; inf when no floor misses too many rows; None when there are too few rows.

    >>> proven_floor(np.arange(100) / 100, 0.9, 0.05)
    0.04
    """
    most = most_misses(len(missed_above), coverage, alpha)
    if most is None:
        return None
    return float(np.partition(missed_above, most)[most]) if most < len(missed_above) else inf


def reading_or_none(gauge: Gauge, trial: Trial, sure: float) -> Reading | None:
    """The reading; None where these rows or answers cannot tell."""
    try:
        return gauge.measure(trial, sure=sure)
    except (BadData, NotApplicable):
        return None


def holds(trial: Trial, limits: Sequence[Limit], alpha: Alpha) -> bool:
    """Whether every limit is proven on the rows of the trial, each at its own error."""
    for limit in limits:
        reading = reading_or_none(find_gauge(limit.gauge), trial, 1 - 2 * alpha(limit))
        if reading is None or limit.judge(reading) is not Verdict.HOLDS:
            return False
    return True


def margin(trial: Trial, limits: Sequence[Limit], alpha: Alpha) -> float:
    """How surely all limits are kept: the least room in units of the distance to the bad end of the interval.

    1 or above: each is proven.  Below 0: a value breaks its limit.  -inf: some limit cannot be told.
    """
    found = inf
    for limit in limits:
        reading = reading_or_none(find_gauge(limit.gauge), trial, 1 - 2 * alpha(limit))
        if reading is None or not isfinite(reading.value):
            return -inf
        room, half = limit.room(reading.value), abs(reading.value - limit.worst(reading))
        found = min(found, room / half if half > 0 else (inf if room >= 0 else -inf))
    return found


def useful_order(margins: Sequence[float], use: Sequence[float]) -> list[int]:
    """The settings to test, safest first, each more useful than all before it.

    margins, use: of each setting, on rows other than those that will test them.
    """
    ranked = sorted(range(len(margins)), key=lambda at: (-margins[at], use[at], at))
    order, best = list[int](), -inf
    for at in ranked:
        if use[at] > best and margins[at] > -inf:
            order.append(at)
            best = use[at]
    return order


def last_proven(order: Sequence[int], is_proven: Callable[[int], bool]) -> int | None:
    """The last setting of the order before the first that is not proven; None when the first is not."""
    last = None
    for at in order:
        if not is_proven(at):
            break
        last = at
    return last


def most_useful(margins: Sequence[float], use: Sequence[float], wanted: float) -> int:
    """The most useful setting with the wanted margin; the safest where none has it."""
    able = [at for at in range(len(margins)) if margins[at] >= wanted]
    return max(able, key=lambda at: (use[at], margins[at])) if able else int(np.argmax(margins))
