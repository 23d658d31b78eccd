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
from collections.abc import Mapping, Sequence
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from trivet.core.errors import TrivetError
from trivet.core.gauges import Gauge, Samples
from trivet.core.limits import Limit
from trivet.core.reading import Reading
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


def level(sure: float, turn: int) -> float:
    """Two-sided level at which the finalist of this turn (0, 1, ...) is judged."""
    return 1 - (1 - sure) / 2**turn


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
    file, got = folder / "finalist.trivet", folder / "answers.jsonl"
    asked = {PLAIN_QUESTION: rows, **questions(gauges, task, rows)}
    sent = [folder / f"rows-{at}.jsonl" for at in range(len(asked))]
    storage.publish(file, data, private=True)
    for path, some in zip(sent, asked.values()):
        storage.publish(path, b"".join(canonical_json(row) + b"\n" for row in some.dicts()), private=True)
    probes = {name: PROBES[name]() for name in probes_for(gauges) if name in PROBES}
    more = [option for path in sent[1:] for option in ("--ask", str(path))]
    more += [option for name, probe in probes.items() for option in ("--probe", f"{name}={probe.times}")]
    run_probe([str(file), str(sent[0]), str(got), *more])
    found = json.loads(storage.read(got))

    def start() -> None:
        run_probe([str(file), str(sent[0]), str(got), "--first"])

    machine = this_machine()
    costs = {"size": Samples(numbers=np.array([float(len(data))]), unit="B")}
    for name, probe in probes.items():
        numbers = np.asarray([*found["costs"][name], *probe.watch(start, until)], np.float64)
        costs[name] = Samples(numbers=numbers, unit=probe.unit, where=machine)
    for path in (file, got, *sent):
        storage.remove(path)
    said = [found["answers"], *found["asked"]]
    return Seen(answers=dict(zip(asked, map(answers_from_json, said))), costs=costs)


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


def verdicts(limits: Sequence[Limit], readings: Sequence[Reading]) -> tuple[Judged, ...]:
    """Each limit with the reading of its gauge and the verdict."""
    by_gauge = {reading.gauge: reading for reading in readings}
    judged = []
    for limit in limits:
        reading = by_gauge[limit.gauge]
        judged.append(Judged(limit=limit, reading=reading, verdict=limit.judge(reading)))
    return tuple(judged)
