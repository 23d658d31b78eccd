"""The judge: measures a packaged file in a clean process that has only the runtime, and gives the verdicts.

Costs come first, on rows that compared candidates: they need no unseen rows.  Then the vault.  Finalists are judged in
an order that was fixed before the vault was opened; each look at a vault has its own small share of the error that a
limit allows (`core.levels`).  That all limits hold is an intersection-union test (Berger 1982) and needs no further
correction.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from trivet.core.errors import TrivetError
from trivet.core.gauges import Gauge, Samples
from trivet.core.levels import Look
from trivet.core.limits import Limit
from trivet.core.reading import Reading
from trivet.core.registry import find_gauge
from trivet.core.rows import Rows
from trivet.core.task import Task
from trivet.core.value import value
from trivet.runtime.batch import Answers
from trivet.runtime.file.sections import Bytes
from trivet.runtime.part import canonical_json
from trivet.runtime.probes import PROBES
from trivet.storage.disk import Storage

from .machine import this_machine
from .measure import PLAIN_QUESTION, Question, probes_for, questions
from .outcome import Judged
from .worker_process import CALM


class ProbeFailed(TrivetError):
    """The clean process could not run the packaged file: our fault."""

    exit_code = 1


@value
class Seen:
    """What a clean process saw of a file.  answers: by question.  costs: by the name of the probe, and its "size"."""

    answers: Mapping[Question, Answers]
    costs: Mapping[str, Samples]

    @property
    def plain(self) -> Answers:
        """The answers on the rows as they are."""
        return self.answers[PLAIN_QUESTION]


def try_file(
    data: Bytes, task: Task, rows: Rows, gauges: Sequence[Gauge], folder: Path, storage: Storage, *, until: float = inf
) -> Seen:
    """What the file answers on raw rows, and what it costs, as far as these gauges want to know.

    until: moment of `time.monotonic` by which processes that are watched from outside have to be over; else none is.
    """
    costs = costs_of(data, rows, gauges, folder, storage, until)
    return Seen(answers=answers_of(data, task, rows, gauges, folder, storage), costs=costs)


def answers_of(
    data: Bytes, task: Task, rows: Rows, gauges: Sequence[Gauge], folder: Path, storage: Storage
) -> dict[Question, Answers]:
    """What the file answers to the rows, and to whatever the gauges ask besides."""
    asked = {PLAIN_QUESTION: rows, **questions(gauges, task, rows)}
    sent = [folder / f"rows-{at}.jsonl" for at in range(len(asked))]
    file, got = folder / "finalist.trivet", folder / "answers.jsonl"
    storage.publish(file, data, private=True)
    for path, some in zip(sent, asked.values()):
        storage.publish(path, lines_of(some), private=True)
    run_probe([str(file), str(sent[0]), str(got), *(word for path in sent[1:] for word in ("--ask", str(path)))])
    found = json.loads(storage.read(got))
    for path in (file, got, *sent):
        storage.remove(path)
    return dict(zip(asked, map(answers_from_json, [found["answers"], *found["asked"]])))


def costs_of(
    data: Bytes, rows: Rows, gauges: Sequence[Gauge], folder: Path, storage: Storage, until: float = inf
) -> dict[str, Samples]:
    """{probe: what it measured of the file on these rows, "size": its bytes}, as far as the gauges want to know.

    until: as in `try_file`.
    """
    machine = this_machine()
    costs = {"size": Samples(numbers=np.array([float(len(data))]), unit="B")}
    probes = {name: PROBES[name]() for name in probes_for(gauges) if name in PROBES}
    if not probes:
        return costs
    file, sent, got = folder / "finalist.trivet", folder / "rows.jsonl", folder / "costs.jsonl"
    storage.publish(file, data, private=True)
    storage.publish(sent, lines_of(rows), private=True)
    asked = [word for name, probe in probes.items() for word in ("--probe", f"{name}={probe.times}")]
    run_probe([str(file), str(sent), str(got), *asked])
    found = json.loads(storage.read(got))["costs"]

    def start() -> None:
        run_probe([str(file), str(sent), str(got), "--first"])

    for name, probe in probes.items():
        numbers = np.asarray([*found[name], *probe.watch(start, until)], np.float64)
        costs[name] = Samples(numbers=numbers, unit=probe.unit, where=machine)
    for path in (file, got, sent):
        storage.remove(path)
    return costs


def lines_of(rows: Rows) -> bytes:
    """The raw rows, one in each line."""
    return b"".join(canonical_json(row) + b"\n" for row in rows.dicts())


def run_probe(arguments: Sequence[str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-I", "-m", "trivet.runtime.probes.clean", *arguments],
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


def answers_from_json(found: Mapping[str, Any]) -> Answers:
    """The arrays that the clean process wrote."""
    return Answers({name: np.asarray(array, dtype) for name, (dtype, array) in found.items()})


def judged_at(look: Look, limits: Sequence[Limit], read: Callable[[Gauge, float], Reading]) -> tuple[Judged, ...]:
    """Each limit with the reading at the level that its own `sure` and this look give, and the verdict.

    read: the reading of a gauge, with a two-sided interval at the level that is given.
    """
    judged = []
    for limit in limits:
        sure = look.two_sided(limit.sure)
        # Of what is counted exactly, such as a size, a gauge may not care for the level; the verdict states it.
        reading = replace(read(find_gauge(limit.gauge), sure), sure=sure)
        judged.append(Judged(limit=limit, reading=reading, verdict=limit.judge(reading)))
    return tuple(judged)
