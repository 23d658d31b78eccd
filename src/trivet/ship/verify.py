"""Verify a file's claims again, from the file alone or on fresh rows.

Without rows: the file is whole, its verdicts follow from its readings, both executors give the answers it says, and
the costs are measured anew on this machine.  With rows: every limit is measured anew on them.
"""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from trivet.core.candidate import Candidate
from trivet.core.errors import BadData
from trivet.core.limits import Limit, Verdict
from trivet.core.reading import Reading, reading_from_json
from trivet.core.rows import Rows
from trivet.core.task import Field, Task
from trivet.core.value import value
from trivet.data.schema import Schema, to_rows
from trivet.data.sources import read
from trivet.engine.judge import measure_all, trial_of, try_file
from trivet.engine.outcome import Judged
from trivet.runtime.container import Contents
from trivet.storage.disk import Storage
from trivet.storage.objects import task_from_json

_MADE_UP_ROWS = 64


@value
class Verification:
    """What was found.  judged: each limit with its verdict.  how: "fresh rows" or "the file alone".

    problems: anything that contradicts what the file says about itself.
    """

    judged: tuple[Judged, ...]
    how: Mapping[str, str]
    n_rows: int
    problems: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether no limit is BROKEN and nothing contradicts the file."""
        return not self.problems and all(one.verdict is not Verdict.BROKEN for one in self.judged)

    def _repr_html_(self) -> str:
        """The card that a notebook shows."""
        from .cards import verification_card

        return verification_card(self)

    def as_json(self) -> dict[str, Any]:
        """JSON values with stable keys."""
        judged = [
            {**one.as_json(), "reading": one.reading.as_json(), "how": self.how[one.limit.gauge]} for one in self.judged
        ]
        return {"sound": self.is_sound, "rows": self.n_rows, "limits": judged, "problems": list(self.problems)}


def verify(data: bytes, contents: Contents, *, source: Any = None, header: bool = True) -> Verification:
    """Measures every limit of the file again.

    source: fresh labelled rows, anything `compile` reads; None measures costs only and re-derives the other verdicts
    from the readings in the file.  Raises BadData when the rows do not fit the file's schema.
    """
    manifest = contents.manifest
    candidate = Candidate(task=task_from_json(manifest["task"]), parts=contents.parts)
    limits = [Limit(**limit) for limit in manifest["limits"]]
    stated = {reading["gauge"]: reading_from_json(reading) for reading in manifest["readings"]}
    rows = made_up_rows(manifest, candidate.task) if source is None else fresh_rows(source, candidate.task, header)
    with tempfile.TemporaryDirectory(prefix="trivet-") as scratch:
        answers, costs = try_file(data, rows, Path(scratch), Storage())
    trial = trial_of(candidate.task, rows, answers, costs)
    wanted = [limit.gauge for limit in limits]
    families = ("cost",) if source is None else ("quality", "cost", "trust")
    measured = {r.gauge: r for r in measure_all(candidate, trial, sure=0.95, wanted=wanted, families=families)}
    judged, how = [], {}
    for limit in limits:
        reading = measured.get(limit.gauge) or stated[limit.gauge]
        how[limit.gauge] = "measured now" if limit.gauge in measured else "as certified"
        judged.append(Judged(limit=limit, reading=reading, verdict=limit.judge(reading)))
    problems = [*contradictions(manifest, limits, stated), *self_test_problems(manifest, answers, source)]
    return Verification(judged=tuple(judged), how=how, n_rows=len(rows), problems=tuple(problems))


def made_up_rows(manifest: Mapping[str, Any], task: Task) -> Rows:
    """The self-test rows of the file, repeated, with unknown answers: enough to time predictions."""
    tests = manifest["selftest"]["rows"]
    repeated = [tests[at % len(tests)] for at in range(max(_MADE_UP_ROWS, len(tests)))]
    columns = {field.name: [row[field.name] for row in repeated] for field in task.inputs}
    answer = [task.classes[0] if task.classes else 0.0] * len(repeated)
    return fresh_rows({**columns, task.answer.name: answer}, task, header=True)


def fresh_rows(source: Any, task: Task, header: bool) -> Rows:
    """Labelled rows read with the file's own schema; extra columns are ignored."""
    raw = read(source, header=header)
    absent = [f.name for f in (*task.inputs, task.answer) if f.name not in raw.names]
    if absent:
        raise BadData(
            "missing-column",
            wanted=f"the columns that the file was built on, and the answer {task.answer.name!r}",
            found="no " + ", ".join(repr(name) for name in absent[:10]),
            do="give rows with the same columns; unknown values may be empty",
        )
    rows, _ = to_rows(raw, schema_of(task))
    return rows


def schema_of(task: Task) -> Schema:
    """The schema that reads rows exactly as the build did."""
    return Schema(
        fields=tuple(Field(name=f.name, type=f.type) for f in task.inputs),
        answer=task.answer,
        goal=task.goal,
        classes=task.classes,
        weight=None,
        group=None,
        time=None,
        dropped=(),
    )


def contradictions(manifest: Mapping[str, Any], limits: Sequence[Limit], stated: Mapping[str, Reading]) -> list[str]:
    """Verdicts in the file that do not follow from its own readings."""
    said = {verdict["limit"]: verdict["verdict"] for verdict in manifest["verdicts"]}
    return [
        f"the file says {said.get(str(limit))} for {limit}, its own reading gives {limit.judge(stated[limit.gauge])}"
        for limit in limits
        if limit.gauge in stated and said.get(str(limit)) != limit.judge(stated[limit.gauge])
    ]


def self_test_problems(manifest: Mapping[str, Any], answers: Any, source: Any) -> list[str]:
    """Answers on the self-test rows that differ from those in the file by more than 1e-5."""
    if source is not None:
        return []
    want = np.asarray(manifest["selftest"]["answers"]["numbers"])
    got = answers.probabilities if answers.probabilities is not None else answers.values
    got = np.asarray(got)[: len(want)]
    gap = float(np.abs(got - want).max(initial=0.0))
    scale = max(1.0, float(np.abs(want).max(initial=0.0)))
    return [] if gap <= 1e-5 * scale else [f"the self-test answers differ by {gap:.3g} on this machine"]
