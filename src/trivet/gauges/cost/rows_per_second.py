"""Throughput: rows answered per second when they come in batches, in the process in the middle.

Better: higher.  Interval: for the next process that loads the file, from up to 7 fresh ones that answer all rows at
once: order statistics where they are enough, else Student on the logarithm and no nearer than the slowest.
Source: Hahn and Meeker 1991, Statistical Intervals, section 4.6.
"""

from trivet.core.value import value
from trivet.kit.stats.process_cost import ProcessCost


@value
class RowsPerSecond(ProcessCost):
    """Belongs to batches: a row by itself takes longer than its share of one."""

    needs_probes = ("throughput",)
    unit = "rows/s"
    better = ">="
