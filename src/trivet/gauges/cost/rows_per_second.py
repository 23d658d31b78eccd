"""Throughput: rows answered per second when they come in batches, median of the repeats.

Better: higher.  Interval: order statistics of the repeats; below 6 repeats the lowest to the highest, with a note.
Source: David and Nagaraja 2003, Order Statistics, section 7.1.
"""

from trivet.core.value import value
from trivet.kit.stats.median_cost import MedianCost


@value
class RowsPerSecond(MedianCost):
    """Belongs to batches: a row by itself takes longer than its share of one."""

    needs_probes = ("throughput",)
    unit = "rows/s"
    better = ">="
