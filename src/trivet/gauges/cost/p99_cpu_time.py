"""CPU time of one row, 99th percentile: milliseconds of work, from raw row to answer, in 99 of 100 single calls.

What the process works and not what it waits, so that neighbours hardly move it: on a calm machine it is the latency.
Better: lower.  Interval: for the next process that loads the file, as that of `p99-latency`.
Source: Hahn and Meeker 1991, Statistical Intervals, section 4.6; the CPU clock of the process (POSIX clock_gettime).
"""

import numpy as np

from trivet.core.gauges import Samples
from trivet.core.value import value
from trivet.kit.stats.process_cost import ENOUGH, ProcessCost
from trivet.runtime.part import Array


@value
class P99CpuTime(ProcessCost):
    """Belongs to the processor it was measured on."""

    share = 0.99
    enough = ENOUGH
    needs_probes = ("latency",)
    unit = "ms"
    better = "<="

    def amounts(self, samples: Samples) -> Array:
        """The time on the CPU; on the wall where the probe read no other clock."""
        return samples.numbers if samples.cpu is None else np.asarray(samples.cpu, np.float64)
