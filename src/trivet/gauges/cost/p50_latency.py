"""Latency of one row, 50th percentile: milliseconds from raw row to answer that half of all single calls stay below.

Better: lower.  Interval: for the 50th percentile of the next process that loads the file, from those of up to 20 fresh
processes of up to 500 calls each: order statistics where they are enough, else Student on the logarithm and no nearer
than the slowest.  Fewer than 19 processes prove no limit.
Source: Hahn and Meeker 1991, Statistical Intervals, section 4.6.
"""

from trivet.core.value import value
from trivet.kit.stats.process_cost import ENOUGH, ProcessCost


@value
class P50Latency(ProcessCost):
    """Belongs to the machine it was measured on."""

    enough = ENOUGH
    needs_probes = ("latency",)
    unit = "ms"
    better = "<="
