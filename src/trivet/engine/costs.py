"""What a packaged file costs: its size, and what probes measure of it in fresh processes that have only the runtime.

Costs need no truth, so they are measured on rows that compare: before the vault is opened, and at no charge to it.
The processes run one at a time, so that they do not disturb each other.  What a busy machine disturbed is measured
again after a while; all numbers of a try count, and the last try is the one that is read.
"""

import json
import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path

import numpy as np

from trivet.core.gauges import Gauge, Samples
from trivet.core.rows import Rows
from trivet.kit.stats.process_cost import ProcessCost
from trivet.runtime.file.sections import Bytes
from trivet.runtime.part import canonical_json
from trivet.runtime.probes import PROBES, Probe
from trivet.runtime.probes.stopwatch import Taken, runnable_per_core
from trivet.storage.disk import Storage

from .clean_process import run_probe
from .machine import this_machine
from .measure import probes_for

FEW = 3  # processes for what is told but not limited, and whatever the clock
PAUSES = (1.0, 4.0)  # seconds before a second and a third try on a busy machine
PATIENCE = 30.0  # seconds that a first try may take, however short the time; after them no further try is begun


def costs_of(
    data: Bytes,
    rows: Rows,
    gauges: Sequence[Gauge],
    folder: Path,
    storage: Storage,
    *,
    until: float = inf,
    limited: Collection[str] | None = None,
) -> Mapping[str, Samples]:
    """{probe: what it measured of the file}, for the probes that these gauges need, and the "size" of the file.

    folder: an empty one, left as it was.  limited: the gauges (as text) that a verdict hangs on; None for all.  The
    others are told from a few processes, and no busy machine is waited for.  until: moment of `time.monotonic` from
    which nothing is tried again, and no process is started but what `FEW` and `PATIENCE` allow.
    """
    patient_until = time.monotonic() + PATIENCE
    costs = {"size": Samples(numbers=np.array([float(len(data))]), unit="B")}
    grave = [gauge for gauge in gauges if limited is None or str(gauge) in limited]
    counts = {name: min(PROBES[name].processes, FEW) for name in probes_for(gauges) if name in PROBES}
    counts |= {name: PROBES[name].processes for name in probes_for(grave) if name in PROBES}
    if not counts:
        return costs
    file, sent = folder / "finalist.trivet", folder / "rows.jsonl"
    storage.publish(file, data, private=True)
    storage.publish(sent, lines_of(rows), private=True)
    stand = Stand(file=file, sent=sent, n_rows=len(rows), storage=storage, until=max(until, patient_until))
    costs |= stand.measure(counts)
    for pause in PAUSES:
        again = {name: counts[name] for name in disturbed(costs, grave)}
        if not again or time.monotonic() + pause > min(until, patient_until):
            break
        time.sleep(pause)
        costs |= stand.measure(again)
    for path in (file, sent):
        storage.remove(path)
    return costs


def disturbed(costs: Mapping[str, Samples], gauges: Sequence[Gauge]) -> list[str]:
    """The probes that measured while the machine was busy, so far as one of the gauges would be moved by it."""
    timed = [gauge for gauge in gauges if isinstance(gauge, ProcessCost)]
    return [*dict.fromkeys(name for gauge in timed for name in gauge.needs_probes if gauge.busy(costs[name]))]


def lines_of(rows: Rows) -> bytes:
    """The raw rows as the clean process reads them, one JSON object in each line."""
    return b"".join(canonical_json(row) + b"\n" for row in rows.dicts())


@dataclass(frozen=True, kw_only=True)
class Stand:
    """Where a file is measured.  file, sent: the file and its rows on the disk.

    until: moment of `time.monotonic` from which no process is started but the first few.
    """

    file: Path
    sent: Path
    n_rows: int
    storage: Storage
    until: float

    def measure(self, counts: Mapping[str, int]) -> dict[str, Samples]:
        """{probe: samples} of so many processes for each probe, as far as the time allows; probes share processes."""
        pieces: dict[str, list[tuple[Taken, float]]] = defaultdict(list)
        for turn in range(max(counts.values())):
            if turn >= FEW and time.monotonic() > self.until:
                break
            probes = {name: PROBES[name]() for name, count in counts.items() if turn < count}
            for name, piece in self.turn(probes, turn).items():
                pieces[name].append(piece)
        return {name: samples_of(PROBES[name].unit, found) for name, found in pieces.items()}

    def turn(self, probes: Mapping[str, Probe], turn: int) -> dict[str, tuple[Taken, float]]:
        """{probe: (what it took, the load meanwhile)}: one process for what is seen within, one for each watched."""
        inside = {name: probe for name, probe in probes.items() if not probe.is_watched}
        found = self.within(inside, turn) if inside else {}
        for name, probe in probes.items():
            if probe.is_watched:
                load = runnable_per_core()
                taken = probe.watch(lambda: run_probe([*self.words, "--first"]))
                found[name] = taken, (load + runnable_per_core()) / 2
        return found

    def within(self, probes: Mapping[str, Probe], turn: int) -> dict[str, tuple[Taken, float]]:
        """What the probes see in one fresh process; each process takes other rows, where not all are needed."""
        asked = [word for name, probe in probes.items() for word in ("--probe", f"{name}={probe.times}")]
        needed = [probe.rows for probe in probes.values()]
        most = self.n_rows if None in needed else min(self.n_rows, max(rows for rows in needed if rows is not None))
        first = turn * most % max(1, self.n_rows - most + 1)
        run_probe([*self.words, *asked, "--rows", f"{first}:{most}", "--silent"])
        found = json.loads(self.storage.read(self.got))
        self.storage.remove(self.got)
        return {name: (Taken(**found["costs"][name]), found["load"]) for name in probes}

    @property
    def words(self) -> list[str]:
        return [str(self.file), str(self.sent), str(self.got)]

    @property
    def got(self) -> Path:
        return self.file.with_name("costs.jsonl")


def samples_of(unit: str, pieces: Sequence[tuple[Taken, float]]) -> Samples:
    """The numbers of all processes, one process after the other, with the clocks and the load beside them."""
    taken = [piece for piece, _ in pieces]
    counts = [len(one.numbers) for one in taken]
    is_timed = all(len(one.cpu) == count for one, count in zip(taken, counts))
    return Samples(
        numbers=np.array([number for one in taken for number in one.numbers], np.float64),
        unit=unit,
        where=this_machine(),
        process=np.repeat(np.arange(len(taken)), counts),
        wall=np.array([ms for one in taken for ms in one.wall]) if is_timed else None,
        cpu=np.array([ms for one in taken for ms in one.cpu]) if is_timed else None,
        forced=np.array([times for one in taken for times in one.forced]) if is_timed else None,
        load=np.array([load for _, load in pieces]),
    )
