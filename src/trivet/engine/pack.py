"""Packs a candidate and everything that was found out about it into one file.

The body (parts, task, exact readings, verdicts, lineage) is a function of recipe, data, seed and version.
Whatever depends on the machine or the clock goes to the evidence section.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from trivet.core.candidate import Candidate
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
_EVIDENCE_ROOM = 4500  # bytes kept free for the evidence section, whose length depends on the machine's name


@dataclass(frozen=True, kw_only=True)
class Finalist:
    """A candidate with everything that its file is packed from.

    proven: {gauge: how a setting was proven on the vault to keep its limit}.
    """

    point: Point
    candidate: Candidate
    dossier: Dossier
    selftest: dict[str, Any]
    readings: tuple[Reading, ...] = ()
    tables: dict[str, Any]
    made: dict[str, Any]
    proven: Mapping[str, str] = field(default_factory=dict)


def pack(finalist: Finalist, judged: Sequence[Judged], readings: Sequence[Reading], *, cap: float) -> bytes:
    """The bytes of the file.  cap: size that the file must not pass; optional documents yield to it, one by one."""
    candidate = finalist.candidate
    manifest = {
        "task": task_to_json(candidate.task),
        "outcome": outcome_of(one.verdict for one in judged),
        "limits": [one.limit.as_json() for one in judged],
        "verdicts": [one.as_json() for one in judged],
        "readings": [reading.as_json() for reading in readings if reading.where is None and reading.unit != "B"],
        "selftest": dict(finalist.selftest),
        "tables": dict(finalist.tables),
        "dropped_documents": [],
        **entries_of(finalist.dossier),
    }
    manifest["documents"] = carried_sections(manifest)
    manifest = fitted(manifest, candidate, cap, sketch=len(str(finalist.made.get(SKETCH, ""))))
    made = {key: found for key, found in finalist.made.items() if key not in manifest["dropped_documents"]}
    return with_own_size(manifest, candidate, readings, made)


def entries_of(dossier: Dossier) -> dict[str, Any]:
    """{name: entry} of a dossier."""
    return {name: getattr(dossier, name) for name in Dossier.__dataclass_fields__}


def fitted(manifest: dict[str, Any], candidate: Candidate, cap: float, *, sketch: int) -> dict[str, Any]:
    """The manifest, with optional documents left out (and named) until the file fits under the cap.

    sketch: bytes of the sketch of rows, which stands in the evidence and yields in its turn.
    """
    left_out: list[str] = []
    for name in _OPTIONAL:
        room = _EVIDENCE_ROOM + (0 if SKETCH in left_out else sketch)
        if len(encode(manifest, candidate.parts, {}, caps=LARGE)) + room <= cap:
            break
        left_out.append(name)
        empty = {} if name == SKETCH else {name: type(manifest[name])()}
        manifest = {**manifest, **empty, "dropped_documents": list(left_out)}
    return manifest


def with_own_size(
    manifest: dict[str, Any], candidate: Candidate, readings: Sequence[Reading], made: Mapping[str, Any]
) -> bytes:
    """The file whose evidence states the file's own size: a few rounds until the number of digits settles."""
    costs = [reading for reading in readings if reading.where is not None or reading.unit == "B"]
    data = b""
    for _ in range(4):
        stated = [exact_size(reading, len(data)) for reading in costs]
        evidence = {**made, "readings": [reading.as_json() for reading in stated]}
        after = encode(manifest, candidate.parts, evidence, caps=LARGE)
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
        "verdicts": [one.as_json() for one in judged],
        "readings": [one.reading.as_json() for one in judged] * 2,
        **{name: bare.get(name, entry) for name, entry in entries_of(dossier).items()},
    }
    return len(encode(manifest, {}, {})) + _EVIDENCE_ROOM
