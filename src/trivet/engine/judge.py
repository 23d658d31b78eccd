"""The judge: measures a packaged file on vault rows, in a clean process that has only the runtime.

Finalists are judged in an order that was fixed before the vault was opened.  The k-th of them is judged at level
1 - (1 - sure) / 2**k, counted from 0, and each limit uses one side of a two-sided interval, so the chance that any
file is wrongly said to hold stays below 1 - sure over the whole sequence (weighted Bonferroni).  That all limits hold
is an intersection-union test (Berger 1982) and needs no further correction.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Collection, Sequence
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from trivet.core.candidate import Candidate
from trivet.core.errors import BadData, NotApplicable, TrivetError
from trivet.core.gauges import Costs, Gauge, Trial
from trivet.core.limits import Limit
from trivet.core.reading import Reading
from trivet.core.registry import usable
from trivet.core.rows import Rows
from trivet.core.task import Task
from trivet.runtime.batch import Answers
from trivet.runtime.file.sections import Bytes
from trivet.runtime.part import canonical_json
from trivet.storage.disk import Storage

from .machine import this_machine
from .outcome import Judged
from .worker_process import CALM

CALLS, REPEATS, COLD_STARTS = 2000, 7, 6  # six repeats are the fewest whose lowest and highest hold the median at 95 %


class ProbeFailed(TrivetError):
    """The clean process could not run the packaged file: our fault."""

    exit_code = 1


def level(sure: float, turn: int) -> float:
    """Two-sided level at which the finalist of this turn (0, 1, ...) is judged."""
    return 1 - (1 - sure) / 2**turn


def try_file(
    data: Bytes, rows: Rows, folder: Path, storage: Storage, *, costs: bool = True, until: float = inf
) -> tuple[Answers, Costs]:
    """What the file answers on raw rows and what it costs, seen from a clean process.

    until: moment of `time.monotonic` by which cold starts, six processes more, have to be over; else there are none.
    """
    file, sent, got = folder / "finalist.trivet", folder / "rows.jsonl", folder / "answers.jsonl"
    storage.publish(file, data, private=True)
    storage.publish(sent, b"".join(canonical_json(row) + b"\n" for row in rows.dicts()), private=True)
    counts = (CALLS, REPEATS) if costs else (1, 1)
    run_probe([str(file), str(sent), str(got), "--calls", str(counts[0]), "--repeats", str(counts[1])])
    found = json.loads(storage.read(got))
    started = cold_starts(file, sent, got, until) if costs else []
    for path in (file, sent, got):
        storage.remove(path)
    return answers_from_json(found), Costs(
        bytes_on_disk=len(data),
        latency_ms=np.asarray(found["latency_ms"]),
        rows_per_second=np.asarray(found["rows_per_second"]),
        peak_memory=float(found["peak_memory"]),
        cold_start_ms=np.asarray(started),
        machine=this_machine(),
    )


def run_probe(arguments: Sequence[str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-I", "-m", "trivet.runtime.probe", *arguments],
        env={**os.environ, **CALM},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise ProbeFailed(
            "probe-failed",
            wanted="answers from the packaged file in a clean process",
            found=ended.stderr.strip().rpartition("\n")[2] or f"exit code {ended.returncode}",
            do="report this with the recipe; the candidates in the store are intact",
        )


def cold_starts(file: Path, rows: Path, out: Path, until: float) -> list[float]:
    """Milliseconds of each of six starts; none when there is no time for all of them."""
    taken: list[float] = []
    while len(taken) < COLD_STARTS:
        left = COLD_STARTS - len(taken)
        if time.monotonic() + left * max(taken, default=0.0) / 1000 > until:
            return []
        taken.append(cold_start_ms(file, rows, out))
    return taken


def cold_start_ms(file: Path, rows: Path, out: Path) -> float:
    """Milliseconds from starting a process to its first answer."""
    start = time.perf_counter()
    run_probe([str(file), str(rows), str(out), "--cold"])
    return 1000 * (time.perf_counter() - start)


def answers_from_json(found: dict[str, Any]) -> Answers:
    """The arrays that the probe wrote."""
    return Answers({name: np.asarray(array, dtype) for name, (dtype, array) in found["answers"].items()})


def measure_all(
    candidate: Candidate,
    trial: Trial,
    *,
    sure: float,
    wanted: Collection[str] = (),
    families: Sequence[str] = ("quality", "cost", "trust"),
) -> tuple[Reading, ...]:
    """Every registered gauge of the families that applies, in the order of their names.

    Raises BadData where the rows cannot tell the value of a wanted gauge; the others are then left out.
    """
    readings = []
    for kind in usable("gauge").values():
        gauge: Gauge = kind()
        if gauge.family not in families or (gauge.family == "cost" and trial.costs is None):
            continue
        try:
            gauge.applies(candidate.sketch)
            readings.append(gauge.measure(trial, sure=sure))
        except NotApplicable:
            continue
        except BadData:  # these rows cannot tell, e.g. all of one class
            if gauge.name in wanted:
                raise
    return tuple(readings)


def trial_of(task: Task, rows: Rows, answers: Answers, costs: Costs | None) -> Trial:
    """What gauges are given."""
    return Trial(task=task, answers=answers, truth=rows.truth, weight=rows.weight, costs=costs)


def verdicts(limits: Sequence[Limit], readings: Sequence[Reading]) -> tuple[Judged, ...]:
    """Each limit with the reading of its gauge and the verdict."""
    by_gauge = {reading.gauge: reading for reading in readings}
    judged = []
    for limit in limits:
        reading = by_gauge[limit.gauge]
        judged.append(Judged(limit=limit, reading=reading, verdict=limit.judge(reading)))
    return tuple(judged)
