"""Peak memory: the most bytes that a process held resident while it loaded the file and answered all rows at once.

Better: lower.  Interval: for the next process, from up to 5: Student on the logarithm, and no nearer than the largest.
Source: getrusage, ru_maxrss; Hahn and Meeker 1991, Statistical Intervals, section 4.6.
"""

from trivet.core.value import value
from trivet.kit.stats.process_cost import ProcessCost


@value
class PeakMemory(ProcessCost):
    """Includes Python, numpy and ONNX Runtime themselves."""

    needs_probes = ("memory",)
    unit = "B"
    better = "<="
