"""The judge: measures a packaged file in a clean process that has only the runtime, and gives the verdicts.

Costs come first, on rows that compared candidates: they need no unseen rows.  Then the vault.  Finalists are judged in
an order that was fixed before the vault was opened; each look at a vault has its own small share of the error that a
limit allows (`core.levels`).  That all limits hold is an intersection-union test (Berger 1982) and needs no further
correction.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

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
from trivet.storage.disk import Storage

from .clean_process import run_probe
from .costs import costs_of, lines_of
from .measure import PLAIN_QUESTION, Question, questions
from .outcome import Judged


@value
class Seen:
    """What clean processes saw of a file.  answers: by question.  costs: by the name of the probe, and its "size"."""

    answers: Mapping[Question, Answers]
    costs: Mapping[str, Samples]


def try_file(
    data: Bytes,
    task: Task,
    rows: Rows,
    gauges: Sequence[Gauge],
    folder: Path,
    storage: Storage,
    *,
    until: float = inf,
    limited: Collection[str] | None = None,
) -> Seen:
    """What the file answers on raw rows, and what it costs there, as far as these gauges want to know.

    until, limited: see `costs_of`.
    """
    answers = answers_of(data, task, rows, gauges, folder, storage)
    costs = costs_of(data, rows, gauges, folder, storage, until=until, limited=limited)
    return Seen(answers=answers, costs=costs)


def answers_of(
    data: Bytes, task: Task, rows: Rows, gauges: Sequence[Gauge], folder: Path, storage: Storage
) -> dict[Question, Answers]:
    """What the file answers on raw rows, and to whatever these gauges ask besides, in one clean process.

    folder: an empty one, left as it was.
    """
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
        judged.append(Judged(limit=limit, reading=reading, verdict=limit.judge(reading), build=look.build))
    return tuple(judged)
