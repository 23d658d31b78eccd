"""Cold start: milliseconds from the start of a process to its first answer, of the start in the middle.

Better: lower.  Interval: for the next start, from up to 20: order statistics where they are enough, else Student on the
logarithm and no nearer than the slowest.  Fewer than 19 prove no limit.
Source: Hahn and Meeker 1991, Statistical Intervals, section 4.6.
"""

from trivet.core.value import value
from trivet.kit.stats.process_cost import ENOUGH, ProcessCost


@value
class ColdStart(ProcessCost):
    """What a program waits for that loads the file once per question."""

    enough = ENOUGH
    needs_probes = ("cold-start",)
    unit = "ms"
    better = "<="
