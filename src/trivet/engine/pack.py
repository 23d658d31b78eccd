"""Packs a candidate and everything that was found out about it into one file.

The body (parts, task, exact readings, limits, lineage) is a function of recipe, data, seed and version.  Whatever
depends on the machine, the clock or the builds before this one goes to the evidence section: costs, and with which
confidence each limit was judged, by which interval and how.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from trivet.core.candidate import Candidate
from trivet.core.levels import Look
from trivet.core.reading import Reading
from trivet.runtime.file.caps import LARGE
from trivet.runtime.file.container import encode
from trivet.storage.objects import task_to_json

from .carried_sections import carried_sections
from .chance import Point
from .dossier import Dossier
from .outcome import Judged, outcome_of

SKETCH = "sketch"
_OPTIONAL = ("documents", "importance", "tables", "frontier", SKETCH, "lineage", "doctor")
_SHORTER = 0.6
_EVIDENCE_ROOM = 5200  # bytes kept free for the evidence section, whose length depends on the machine's name
_VERDICT_ROOM = 800  # bytes of that for each verdict, with its reading; the body must not depend on their true length


@dataclass(frozen=True, kw_only=True)
class Finalist:
    """A candidate with everything that its file is packed from.

    tune: digest of the tune rows as its route left them.  readings: with intervals at 95 %.
    judged: each limit with its interval at the level of this look, and the verdict.
    look: at the vault.  made: what else stands in the evidence.
    proven: {gauge: how a setting was proven on the vault to keep its limit}.
    """

    point: Point
    candidate: Candidate
    tune: str
    dossier: Dossier
    selftest: dict[str, Any]
    readings: tuple[Reading, ...] = ()
    judged: tuple[Judged, ...] = ()
    look: Look = field(default_factory=Look)
    tables: dict[str, Any]
    made: dict[str, Any]
    proven: Mapping[str, str] = field(default_factory=dict)

    @property
    def evidence(self) -> dict[str, Any]:
        """What stands in the evidence besides costs."""
        return {
            **self.made,
            "outcome": outcome_of(one.verdict for one in self.judged),
            "verdicts": [one.as_json() for one in self.judged],
        }

    def of_size(self, n_bytes: int) -> "Finalist":
        """The same in a file of this size, whose verdict on its size follows from that."""
        readings = tuple(exact_size(reading, n_bytes) for reading in self.readings)
        resized = [replace(one, reading=exact_size(one.reading, n_bytes)) for one in self.judged]
        judged = tuple(replace(one, verdict=one.limit.judge(one.reading)) for one in resized)
        return replace(self, readings=readings, judged=judged)


def pack(finalist: Finalist, *, cap: float) -> bytes:
    """The bytes of the file.  cap: size that the file must not pass; optional documents yield to it, one by one."""
    candidate = finalist.candidate
    manifest = {
        "task": task_to_json(candidate.task),
        "limits": [one.limit.as_json() for one in finalist.judged],
        "readings": [reading.as_json() for reading in finalist.readings if not is_cost(reading)],
        "selftest": dict(finalist.selftest),
        "tables": dict(finalist.tables),
        "dropped_documents": [],
        **entries_of(finalist.dossier),
    }
    manifest["documents"] = carried_sections(manifest)
    sketch = len(str(finalist.made.get(SKETCH, "")))
    manifest = fitted(manifest, candidate, cap, room=evidence_room(finalist.judged), sketch=sketch)
    made = {key: found for key, found in finalist.made.items() if key not in manifest["dropped_documents"]}
    return with_own_size(manifest, replace(finalist, made=made))


def is_cost(reading: Reading) -> bool:
    """Whether it says what the file costs, and so stands in the evidence."""
    return reading.where is not None or reading.unit == "B"


def evidence_room(judged: Sequence[Judged]) -> int:
    """Bytes kept free for the evidence section, besides the sketch of rows."""
    return _EVIDENCE_ROOM + _VERDICT_ROOM * len(judged)


def entries_of(dossier: Dossier) -> dict[str, Any]:
    """{name: entry} of a dossier."""
    return {name: getattr(dossier, name) for name in Dossier.__dataclass_fields__}


def fitted(manifest: dict[str, Any], candidate: Candidate, cap: float, *, room: int, sketch: int) -> dict[str, Any]:
    """The manifest, with optional documents left out (and named) until the file fits under the cap.

    room: bytes of the evidence.  sketch: bytes of the sketch of rows, which stands there and yields in its turn.
    """
    left_out: list[str] = []
    for name in _OPTIONAL:
        after = room + (0 if SKETCH in left_out else sketch)
        if len(encode(manifest, candidate.parts, {}, caps=LARGE)) + after <= cap:
            break
        left_out.append(name)
        empty = {} if name == SKETCH else {name: type(manifest[name])()}
        manifest = {**manifest, **empty, "dropped_documents": list(left_out)}
    return manifest


def with_own_size(manifest: dict[str, Any], finalist: Finalist) -> bytes:
    """The file whose evidence states the file's own size: a few rounds until the number of digits settles."""
    data = b""
    for _ in range(6):
        stated = finalist.of_size(len(data))
        costs = [reading.as_json() for reading in stated.readings if is_cost(reading)]
        after = encode(manifest, finalist.candidate.parts, {**stated.evidence, "readings": costs}, caps=LARGE)
        if len(after) == len(data):
            return after
        data = after
    return data


def exact_size(reading: Reading, n_bytes: int) -> Reading:
    """The size reading of the file as it is now; every other reading unchanged."""
    size = float(n_bytes)
    return replace(reading, value=size, low=size, high=size, n=1) if reading.gauge == "size" else reading


def bare_bytes(candidate: Candidate, dossier: Dossier) -> int:
    """Fewer bytes than any file of the task takes: stand-ins may be longer than what takes their place."""
    return int(_SHORTER * (overhead(candidate, dossier, ()) - _EVIDENCE_ROOM))


def overhead(candidate: Candidate, dossier: Dossier, judged: Sequence[Judged]) -> int:
    """Bytes that the file takes besides its parts when every optional document is left out."""
    bare: dict[str, list[Any]] = {"importance": [], "frontier": [], "lineage": [], "doctor": []}
    manifest = {
        "task": task_to_json(candidate.task),
        "limits": [one.limit.as_json() for one in judged],
        "readings": [one.reading.as_json() for one in judged] * 2,
        **{name: bare.get(name, entry) for name, entry in entries_of(dossier).items()},
    }
    return len(encode(manifest, {}, {})) + evidence_room(judged)
