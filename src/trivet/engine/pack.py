"""Packs a candidate and everything that was found out about it into one file.

The body (parts, task, exact readings, verdicts, lineage) is a function of recipe, data, seed and version.
Whatever depends on the machine or the clock goes to the evidence section.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from trivet.core.candidate import Candidate
from trivet.core.reading import Reading
from trivet.core.value import value
from trivet.runtime.container import encode
from trivet.storage.objects import task_to_json

from .outcome import Judged

_OPTIONAL = ("importance", "tables", "frontier", "lineage", "doctor")
_EVIDENCE_ROOM = 4500  # bytes kept free for the evidence section, whose length depends on the machine's name


@value
class Dossier:
    """What the file says about itself besides the parts; every entry is JSON."""

    recipe: str
    lineage: Sequence[Mapping[str, Any]]
    frontier: Sequence[Mapping[str, Any]]
    doctor: Sequence[Mapping[str, Any]]
    data: Mapping[str, Any]
    importance: Sequence[Sequence[Any]]
    build: Mapping[str, Any]


def pack(
    candidate: Candidate,
    dossier: Dossier,
    judged: Sequence[Judged],
    readings: Sequence[Reading],
    tables: Mapping[str, Any],
    selftest: Mapping[str, Any],
    *,
    made: Mapping[str, Any],
    cap: float,
) -> bytes:
    """The bytes of the file.  cap: size that the file must not pass; optional documents yield to it, one by one."""
    manifest = {
        "task": task_to_json(candidate.task),
        "limits": [one.limit.as_json() for one in judged],
        "verdicts": [one.as_json() for one in judged],
        "readings": [reading.as_json() for reading in readings if reading.where is None and reading.unit != "B"],
        "selftest": dict(selftest),
        "tables": dict(tables),
        "dropped_documents": [],
        **{name: getattr(dossier, name) for name in Dossier.__dataclass_fields__},
    }
    manifest = fitted(manifest, candidate, cap)
    return with_own_size(manifest, candidate, readings, made)


def fitted(manifest: dict[str, Any], candidate: Candidate, cap: float) -> dict[str, Any]:
    """The manifest, with optional documents left out (and named) until the body fits under the cap."""
    left_out: list[str] = []
    for name in _OPTIONAL:
        if len(encode(manifest, candidate.parts, {})) + _EVIDENCE_ROOM <= cap:
            break
        left_out.append(name)
        manifest = {**manifest, name: type(manifest[name])(), "dropped_documents": list(left_out)}
    return manifest


def with_own_size(
    manifest: dict[str, Any], candidate: Candidate, readings: Sequence[Reading], made: Mapping[str, Any]
) -> bytes:
    """The file whose evidence states the file's own size: a few rounds until the number of digits settles."""
    costs = [reading for reading in readings if reading.where is not None or reading.unit == "B"]
    data = b""
    for _ in range(4):
        stated = [exact_size(reading, len(data)) for reading in costs]
        after = encode(manifest, candidate.parts, {**made, "readings": [reading.as_json() for reading in stated]})
        if len(after) == len(data):
            return after
        data = after
    return data


def exact_size(reading: Reading, n_bytes: int) -> Reading:
    """The size reading of the file as it is now; every other reading unchanged."""
    size = float(n_bytes)
    return replace(reading, value=size, low=size, high=size, n=1) if reading.gauge == "size" else reading


def overhead(candidate: Candidate, dossier: Dossier, judged: Sequence[Judged]) -> int:
    """Bytes that the file takes besides its parts when every optional document is left out."""
    bare: dict[str, list[Any]] = {"importance": [], "frontier": [], "lineage": [], "doctor": []}
    slim = Dossier(**{name: bare.get(name, getattr(dossier, name)) for name in Dossier.__dataclass_fields__})
    manifest = {
        "task": task_to_json(candidate.task),
        "limits": [one.limit.as_json() for one in judged],
        "verdicts": [one.as_json() for one in judged],
        "readings": [one.reading.as_json() for one in judged] * 2,
        **{name: getattr(slim, name) for name in Dossier.__dataclass_fields__},
    }
    return len(encode(manifest, {}, {})) + _EVIDENCE_ROOM
