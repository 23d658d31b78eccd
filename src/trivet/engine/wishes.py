"""Wishes that need no model to be answered: limits that contradict each other, ask for nothing, or cannot be kept.

Told in a second, before any row is fitted.
"""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

from trivet.core.errors import BadLimit, TrivetError
from trivet.core.limits import Limit
from trivet.core.registry import find_gauge
from trivet.core.task import Task
from trivet.core.units import show_amount
from trivet.core.value import value
from trivet.runtime.file.container import encode
from trivet.runtime.probes.stopwatch import children_usage

from .outcome import Infeasible

_ROOM = 0.9  # of what the empty runtime needs: another start may take a little less
_SMALLEST_MODEL = 4000  # bytes that reader, body and readings of the smallest real files take on top of their names
_EMPTY_RUNTIME = (
    "from trivet.runtime.specialist import Specialist; from trivet.runtime.probes.memory import peak_memory; "
    "print(peak_memory())"
)


@value
class Floor:
    """A proof that a limit cannot be kept by any candidate.  least: a bound that might be kept."""

    limit: Limit
    why: str
    least: str


def check_wishes(limits: Sequence[Limit], errors: list[TrivetError]) -> None:
    """Complains about limits that contradict each other and about limits that ask for nothing."""
    for gauge in dict.fromkeys(limit.gauge for limit in limits):
        own = [limit for limit in limits if limit.gauge == gauge]
        clash = contradiction(own)
        errors.extend([clash] if clash else [error for limit in own if (error := vacuous(limit)) is not None])


def contradiction(limits: Sequence[Limit]) -> BadLimit | None:
    """The complaint about limits on one gauge that no number keeps together."""
    lowest = max((limit for limit in limits if limit.must == ">="), key=lambda limit: limit.bound, default=None)
    highest = min((limit for limit in limits if limit.must == "<="), key=lambda limit: limit.bound, default=None)
    if lowest is None or highest is None or lowest.bound <= highest.bound:
        return None
    return BadLimit(
        "limit-contradiction",
        wanted=f"limits on {lowest.gauge} that some number keeps",
        found=f"{lowest} and {highest}",
        do=f"keep one of the two; {lowest.gauge} is better when it is {better(lowest.gauge)}",
    )


def vacuous(limit: Limit) -> BadLimit | None:
    """The complaint about a limit that a worse model keeps more easily, or that nothing can break."""
    gauge = find_gauge(limit.gauge)
    extreme = gauge.least if limit.must == ">=" else gauge.most
    if limit.must != gauge.better and gauge.family != "trust":
        found = f"{limit}, which a worse file keeps more easily: {limit.gauge} is better when {better(limit.gauge)}"
        do = f"write {limit.gauge} {gauge.better} {shown_bound(limit)}, or leave the limit out"
    elif limit.room(extreme) >= 0:
        found, do = f"{limit}, which every file keeps", "choose a bound that asks for something, or leave the limit out"
    else:
        return None
    return BadLimit("limit-vacuous", wanted="limits that a bad file would break", found=found, do=do)


def better(gauge: str) -> str:
    return "higher" if find_gauge(gauge).better == ">=" else "lower"


def shown_bound(limit: Limit) -> str:
    return show_amount(limit.bound, limit.unit) if limit.unit else f"{limit.bound:g}"


def floor_of(limits: Sequence[Limit]) -> Floor | None:
    """The first limit that no file for any table would keep on this machine; None when there is none."""
    least = len(encode({"limits": [one.as_json() for one in limits]}, {}, {}))
    for limit in limits:
        found = None
        if limit.gauge == "size":
            found = size_floor(limit, least, "the limits and the frame of a file")
        elif limit.gauge in ("peak-memory", "cold-start"):
            found = runtime_floor(limit, empty_runtime())
        if found is not None:
            return found
    return None


def floor_for(limits: Sequence[Limit], task: Task, bare_bytes: int) -> Floor | None:
    """The size limit that no file for this task would keep.  bare_bytes: of a file without model and documents."""
    what = f"a file for {len(task.inputs)} columns without any model would"
    floors = (size_floor(limit, bare_bytes, what) for limit in limits if limit.gauge == "size")
    return next((floor for floor in floors if floor is not None), None)


def size_floor(limit: Limit, least: int, what: str) -> Floor | None:
    """The limit on size that is below the least, if it is."""
    if limit.bound >= least:
        return None
    why = f"{limit} cannot be kept: {what} take {show_amount(least, 'B')}"
    return Floor(limit=limit, why=why, least=show_amount(least + _SMALLEST_MODEL, "B"))


def runtime_floor(limit: Limit, needs: Mapping[str, float]) -> Floor | None:
    """The limit on memory or start that the runtime without any file breaks on this machine."""
    least = needs[limit.gauge]
    if limit.bound >= _ROOM * least:
        return None
    what = show_amount(least, limit.unit)
    why = f"{limit} cannot be kept: Python, numpy and trivet's runtime take {what} here before any file is read"
    return Floor(limit=limit, why=why, least=show_amount(1.5 * least, limit.unit))


def empty_runtime() -> dict[str, float]:
    """{gauge: what a process takes at least that only imports the runtime}, measured now.

    Of the start the CPU time counts, where it is less: on a busy machine the wall proves nothing of what can be kept.
    """
    start, (cpu, _) = time.perf_counter(), children_usage()
    ended = subprocess.run([sys.executable, "-I", "-c", _EMPTY_RUNTIME], capture_output=True, text=True, check=True)
    wall = 1000 * (time.perf_counter() - start)
    return {"peak-memory": float(ended.stdout), "cold-start": min(wall, children_usage()[0] - cpu)}


def impossible(floor: Floor) -> Infeasible:
    """The honest no that needs no search."""
    return Infeasible(
        limit=floor.limit,
        closest=(),
        route="",
        why=floor.why,
        next_step=f"allow about {floor.limit.gauge} {floor.limit.must} {floor.least}, or leave the limit out",
        candidates=0,
        seconds=0.0,
    )
