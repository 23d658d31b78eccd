"""Where a build runs, how much memory there is, and which libraries have a hand in it."""

import os
import platform
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from math import inf
from pathlib import Path

from trivet import __version__
from trivet.core.errors import BadUse
from trivet.core.reading import Machine
from trivet.core.units import parse_amount, show_amount

_WORKERS_SHARE = 0.8  # of the memory, for all workers together; the rest is for the build itself and the system
_LEAST_MEMORY = 3e8  # bytes; Python, numpy and the libraries of a fit take two thirds of it


@cache  # of one process: nothing of it changes, and workers ask before every step
def this_machine() -> Machine:
    """A short description of the machine that measures."""
    cpu = platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        cpu = models[0] if models else cpu
    except OSError:
        pass  # not Linux: the architecture is all we know
    return Machine(
        cpu=cpu,
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
    )


def memory_share(workers: int) -> float:
    """Bytes that one of the workers may take: an equal share of most of what the machine, or its container, has."""
    return _WORKERS_SHARE * memory_bytes() / workers


def memory_bytes() -> float:
    """Bytes of memory that this process and its children may take at most; infinite where nobody says."""
    known = [inf]
    with suppress(OSError, ValueError):
        known.append(float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")))
    with suppress(OSError, ValueError):  # "max" for a container without a limit
        known.append(float(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii")))
    return min(known)


def parse_memory(text: str) -> float:
    """Bytes from e.g. "4 GB"; refuses less than a worker takes before it sees a row."""
    n_bytes = parse_amount(text, "B", what="memory")
    if n_bytes < _LEAST_MEMORY:
        wanted = f"memory for one step, {show_amount(_LEAST_MEMORY, 'B')} at least"
        raise BadUse("bad-arguments", wanted=wanted, found=repr(text), do="write, for example, '4 GB'")
    return n_bytes


@cache  # it is asked for with every key, and reads the metadata of every library from the disk
def libraries() -> dict[str, str]:
    """Versions of everything that had a hand in the model."""
    found = {"trivet": __version__}
    for name in ("numpy", "scikit-learn", "lightgbm", "interpret-core", "optuna", "onnxruntime"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
