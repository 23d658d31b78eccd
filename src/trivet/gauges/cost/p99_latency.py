"""Latency of one row, 99th percentile: milliseconds from raw row to answer that 99 of 100 single calls stay below.

Better: lower.  Interval: for the 99th percentile of the next process that loads the file, from those of up to 20 fresh
processes of up to 500 calls each: order statistics where they are enough, else Student on the logarithm and no nearer
than the slowest.  Fewer than 19 processes prove no limit.  A busy machine makes it long and says so; `p99-cpu-time`
tells what the file itself takes.  Source: Hahn and Meeker 1991, Statistical Intervals, section 4.6.
"""

from trivet.core.value import value
from trivet.kit.stats.process_cost import ENOUGH, ProcessCost


@value
class P99Latency(ProcessCost):
    """Belongs to the machine it was measured on."""

    share = 0.99
    enough = ENOUGH
    needs_probes = ("latency",)
    unit = "ms"
    better = "<="
