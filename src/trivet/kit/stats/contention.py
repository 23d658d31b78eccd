"""Whether a cost tells of the file or of a busy machine: the clocks and the queue that were read beside it.

A file that is slow by itself spends CPU time, or waits of its own accord.  A busy machine takes the CPU away from a
process that has work to do (an involuntary context switch), and has more threads that want to run than it has cores.
"""

import numpy as np

from trivet.core.gauges import Samples
from trivet.core.units import show_amount
from trivet.runtime.part import Array

from .next_process import quantile_per_process

HELD_UP = 2.0  # wall over CPU time from which a process was held up; below, the clocks themselves make the difference
FEW = 0.1  # share of the processes that may be held up on a calm machine: something always runs now and then
QUEUE = 1.0  # threads for each core, our own among them: from here on somebody waits


def contention(samples: Samples, share: float) -> str:
    """Why the quantile at `share` may tell more of the machine than of the file, in words; "" on a calm machine."""
    if samples.wall is None or samples.cpu is None or len(samples.wall) == 0:
        return ""
    queue = 0.0 if samples.load is None else float(np.median(samples.load))
    if queue <= QUEUE and held_up(samples, share).mean() < FEW:
        return ""
    name, (wall, cpu) = f"p{100 * share:g}", (float(np.quantile(of, share)) for of in (samples.wall, samples.cpu))
    waiting = f"; {queue:.1f} threads for each core" if queue > QUEUE else ""
    return f"this machine was busy: CPU {name} {show_amount(cpu, 'ms')}, wall {show_amount(wall, 'ms')}{waiting}"


def held_up(samples: Samples, share: float) -> Array:
    """(processes,) bool: at this quantile it waited much longer than it worked, and had the CPU taken away."""
    wall, cpu, process = samples.wall, samples.cpu, samples.process
    assert wall is not None and cpu is not None
    forced = np.zeros(len(wall)) if samples.forced is None else samples.forced
    process = np.zeros(len(wall), int) if process is None else process
    walls, cpus = (quantile_per_process(of, process, share) for of in (wall, cpu))
    pairs = zip(np.unique(process), walls)
    was_taken_away = np.array([bool(forced[(process == one) & (wall >= slow)].any()) for one, slow in pairs])
    return (walls > HELD_UP * cpus) & was_taken_away
