"""Cold start: milliseconds from the start of a process to its first answer, median of the repeats.

Better: lower.  Interval: order statistics of the repeats; below 6 repeats the lowest to the highest, with a note.
Source: David and Nagaraja 2003, Order Statistics, section 7.1.
"""

from trivet.core.value import value
from trivet.kit.stats.median_cost import MedianCost


@value
class ColdStart(MedianCost):
    """What a program waits for that loads the file once per question."""

    needs_probes = ("cold-start",)
    unit = "ms"
    better = "<="
