"""How many rows would prove a limit that is UNPROVEN, if its value stays: with a chance of 80 %, not by luck alone.

The value of other rows errs too, so rows that make the interval as narrow as the room would prove it every second time
only.  n80 = n (w / room)^2 ((z + 0.84) / z)^2 for an interval that reaches w beyond the value; for a share the exact
interval is solved instead.
"""

import math
from functools import lru_cache

from trivet.core.limits import Limit
from trivet.core.reading import Reading
from trivet.core.shares import PARTS, STEPS, usual_shares

from .intervals import first_where
from .quantiles import beta_share, binomial_share, normal_quantile

CHANCE = 0.8
"""Of proving the limit with the rows that are named."""
_MOST = 10**8  # more rows than this are no advice
_EXACT = 10**5  # up to about so many tries the exact interval is solved; beyond, the normal law is near enough


def rows_needed(limit: Limit, reading: Reading) -> int | None:
    """Rows in all to measure on, as many as give the limit HOLDS with a chance of 80 %.

    None where no number of rows does: the value breaks the limit, the interval is approximate or without an end, or
    the reading is a cost, which rows say nothing about.
    """
    room, width = limit.room(reading.value), abs(reading.value - limit.worst(reading))
    is_cost = reading.where is not None or reading.unit == "B"
    if not room > 0 or not math.isfinite(width) or reading.n < 1 or reading.approximate or is_cost:
        return None
    if reading.trials:
        tries = tries_needed(reading.value, limit.bound, limit.must == ">=", reading.sure)
        return None if tries is None else math.ceil(tries * reading.n / reading.trials)
    z = normal_quantile((1 + reading.sure) / 2)
    needed = reading.n * (width / room * (z + normal_quantile(CHANCE)) / z) ** 2
    return math.ceil(needed) if needed <= _MOST else None


@lru_cache(maxsize=256)
def tries_needed(share: float, bound: float, is_least: bool, sure: float) -> int | None:
    """Independent rows with which a true `share` is proven to keep its bound with a chance of 80 %; None for too many.

    >>> tries_needed(1.0, 0.9, True, 0.95)
    36
    """
    if not is_least:
        share, bound = 1 - share, 1 - bound
    if bound <= 0:
        return 1
    about = tries_by_normal(share, bound, sure)
    if about > _EXACT:
        return math.ceil(about) if about <= _MOST else None
    tail = (1 - sure) / 2

    def is_enough(tries: int) -> bool:
        # The fewest hits of which Clopper and Pearson's low end keeps the bound, which is where the bound would give as
        # many with a chance of `tail`; and how often the true share gives as many.
        hits = first_where(lambda k: k > 0 and beta_share(bound, k, tries - k + 1) <= tail, tries + 1)
        return hits <= tries and 1 - binomial_share(hits - 1, tries, share) >= CHANCE

    high = 1
    while not is_enough(high):
        high *= 2
    low = high // 2
    # Whole hits make the chance rise in a saw: this finds a number at a rising edge, a few rows from the least one.
    return low + 1 + first_where(lambda more: is_enough(low + 1 + more), high - low - 1)


def tries_by_normal(share: float, bound: float, sure: float) -> float:
    """The same by the normal law of shares: what the bound and the true share each leave open has to fit the room."""
    if share <= bound:
        return math.inf
    open_at = normal_quantile((1 + sure) / 2) * math.sqrt(bound * (1 - bound))
    return ((open_at + normal_quantile(CHANCE) * math.sqrt(share * (1 - share))) / (share - bound)) ** 2


def rows_needed_text(rows: int | None) -> str:
    """What is said of the rows to add; empty where none would do."""
    return f"about {rows:,} more rows in the table would prove it, with a chance of {CHANCE:.0%}" if rows else ""


def rows_to_add(limit: Limit, reading: Reading, table: int | None = None) -> int | None:
    """Rows to add to the table, so that its vault proves the limit with a chance of 80 %; None as for `rows_needed`.

    reading: on the rows of the vault.  table: rows of the table today; None guesses it from the vault's.
    """
    needed = rows_needed(limit, reading)
    if needed is None:
        return None
    now = table or table_of(reading.n)
    return max(table_with(max(needed, reading.n + 1), at_least=now) - now, 1)


def table_of(vault: int) -> int:
    """About how many rows the table has whose vault has so many."""
    return table_with(vault, at_least=0)


def table_with(vault: int, *, at_least: int) -> int:
    """The fewest rows, not below `at_least`, of a table whose vault has `vault` rows on average."""
    for start, shares in STEPS:
        table = max(math.ceil(vault / shares[PARTS.index("vault")]), at_least, start)
        if usual_shares(table) == shares:
            return table
    return table
