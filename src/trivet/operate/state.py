"""Where the evidence stands: a journal beside the file, one synced frame for each update, exact to resume.

The first frame says of which file, for what and at which alphas; each one after it holds everything that an update
changed, numbers as `float.hex`.  So a kill at any moment leaves the update done or not begun, and never half of it.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from trivet.core.errors import BadUse
from trivet.core.value import value
from trivet.data.split.row_sketch import hashes_as_text, kept_hashes
from trivet.kit.stats.betting import Capital
from trivet.runtime.part import Array
from trivet.storage.disk import Storage
from trivet.storage.journal import MAGIC, Journal, frames_at

from .arrivals import REMEMBERED, Memory

Purpose = Literal["watch", "prove"]
VERSION = 1


@value
class Course:
    """One limit's bets.  lost, staked: (strands,) sums, whose ratio is the mean loss.

    value, unit: of the gauge, of the worst strand; NaN before a row counts.  now: logarithm of the evidence.
    reached: after how many units the evidence got there, None for not yet.  curve: (units, log10 of the evidence).
    """

    capital: Capital
    lost: Array
    staked: Array
    value: float = math.nan
    unit: str = ""
    now: float = 0.0
    reached: int | None = None
    curve: tuple[tuple[int, float], ...] = ()


@value
class State:
    """All that was multiplied in.  rows, units, updates: how many; noun: what a unit is.

    told: rows that the sketch of the build could tell of (sampled, known, effective).  since, until: when the first and
    the last update were made.  untold: limit -> why it is not bet on.
    """

    courses: Mapping[str, Course] = field(default_factory=dict)
    memory: Memory = field(default_factory=lambda: Memory(keys=no_hashes(), groups=no_hashes()))
    rows: int = 0
    units: int = 0
    updates: int = 0
    told: tuple[float, float, float] = (0.0, 0.0, 0.0)
    since: str = ""
    until: str = ""
    untold: Mapping[str, str] = field(default_factory=dict)
    noun: str = "rows"


def no_hashes() -> Array:
    return np.zeros(0, np.uint64)


def state_path(file: str | Path, purpose: Purpose) -> Path:
    """FILE.watch or FILE.prove, beside the file."""
    path = Path(file)
    return path.with_name(f"{path.name}.{purpose}")


def header_of(purpose: Purpose, digest: str, alphas: Mapping[str, float], **how: Any) -> dict[str, Any]:
    """The first frame.  how: what else must stay as it is: the column of ids, the largest weight."""
    spelled = {limit: alpha.hex() for limit, alpha in alphas.items()}
    return {"trivet": purpose, "version": VERSION, "file": digest, "alphas": spelled, **how}


@contextmanager
def opened(path: Path, header: Mapping[str, Any], storage: Storage) -> Iterator[Journal]:
    """The journal, ours alone for the `with` block: empty, or begun with this header; any other is refused."""
    with storage.lock(path.with_name(path.name + ".lock")):
        refuse_foreign(path, storage)
        journal = Journal.open(path, storage)
        try:
            if journal.frames:
                refuse_other(path, journal.frames[0], header)
            yield journal
        finally:
            journal.close()
            if not journal.frames:
                storage.remove(path)  # nothing was multiplied in: leave no empty file behind


def refuse_foreign(path: Path, storage: Storage) -> None:
    """Refuses something else of that name, which opening a journal would cut."""
    head = (storage.read_if_there(path) or b"")[: len(MAGIC)]
    if not MAGIC.startswith(head):
        raise mismatch(path, "a state that trivet wrote", "a file of another kind")


def refuse_other(path: Path, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Refuses the state of another file, or one that was begun on other terms: they are fixed before the first look."""
    if found.get("file") != wanted["file"] or found.get("trivet") != wanted["trivet"]:
        raise mismatch(path, "the state of this file", f"that of a file with digest {str(found.get('file'))[:16]}")
    for name in sorted(set(found) | set(wanted)):
        if found.get(name) != wanted.get(name):
            raise mismatch(path, f"{name} as when it was begun: {shown(found.get(name))}", shown(wanted.get(name)))


def shown(term: Any) -> str:
    """A term of the header as people wrote it."""
    if isinstance(term, Mapping):
        return ", ".join(f"{name} at {float.fromhex(alpha):.3g}" for name, alpha in term.items())
    return "none" if term is None else str(term)


def mismatch(path: Path, wanted: str, found: str) -> BadUse:
    return BadUse(
        "state-mismatch",
        wanted=wanted,
        found=found,
        do=f"go on as before, or move {path.name!r} away to begin anew",
        where=str(path),
    )


def folded(frames: Sequence[Mapping[str, Any]]) -> State:
    """The state after all updates; the first frame is the header."""
    state = State()
    keys, groups = [state.memory.keys], [state.memory.groups]
    for frame in frames[1:]:
        keys.append(hashes_of(frame["keys"]))
        groups.append(hashes_of(frame["groups"]))
        state = after(state, frame)
    memory = Memory(
        keys=np.concatenate(keys)[-REMEMBERED:],
        groups=np.concatenate(groups)[-REMEMBERED:],
        sources=state.memory.sources[-REMEMBERED // 1000 :],
    )
    return replace(state, memory=memory)


def after(state: State, frame: Mapping[str, Any]) -> State:
    """The state after one more update, but for the keys of its rows."""
    sources = state.memory.sources
    if frame["source"] is not None:
        sources = (*sources, (int(frame["source"][0]), str(frame["source"][1])))
    return State(
        courses={name: course_from(data, state.courses.get(name)) for name, data in frame["courses"].items()},
        memory=replace(state.memory, sources=sources),
        rows=state.rows + int(frame["rows"]),
        units=state.units + int(frame["units"]),
        updates=state.updates + 1,
        told=tuple(float(a) + float.fromhex(b) for a, b in zip(state.told, frame["told"])),  # type: ignore[arg-type]
        since=state.since or str(frame["at"]),
        until=str(frame["at"]),
        untold=frame["untold"],
        noun=str(frame["noun"]),
    )


def course_json(course: Course, new: Sequence[tuple[int, float]]) -> dict[str, Any]:
    """A course as a frame keeps it; of the curve only what is new."""
    return {
        "logs": [hexes(strand) for strand in course.capital.logs],
        "anew": [hexes(strand) for strand in course.capital.anew],
        "units": course.capital.units,
        "top": hexes(course.capital.top),
        "lost": hexes(course.lost),
        "staked": hexes(course.staked),
        "value": None if math.isnan(course.value) else course.value,
        "unit": course.unit,
        "now": course.now.hex(),
        "reached": course.reached,
        "curve": [[units, round(height, 4)] for units, height in new],
    }


def course_from(data: Mapping[str, Any], before: Course | None) -> Course:
    curve = () if before is None else before.curve
    return Course(
        capital=Capital(
            logs=np.array([*map(numbers, data["logs"])]),
            anew=np.array([*map(numbers, data["anew"])]),
            top=numbers(data["top"]),
            units=int(data["units"]),
        ),
        lost=numbers(data["lost"]),
        staked=numbers(data["staked"]),
        value=math.nan if data["value"] is None else float(data["value"]),
        unit=str(data["unit"]),
        now=float.fromhex(data["now"]),
        reached=data["reached"],
        curve=(*curve, *((int(units), float(height)) for units, height in data["curve"])),
    )


def hexes(array: Array) -> list[str]:
    """Numbers without any rounding."""
    return [float(number).hex() for number in array]


def numbers(texts: Sequence[str]) -> Array:
    return np.array([float.fromhex(text) for text in texts])


def hashes_of(text: str) -> Array:
    """(rows,) what `hashes_text` wrote."""
    return kept_hashes({"hashes": text}) if text else no_hashes()


def hashes_text(hashes: Array) -> str:
    """6 bytes each, as base64."""
    return hashes_as_text(hashes[-REMEMBERED:]) if len(hashes) else ""


def header_begun(path: Path, storage: Storage) -> Mapping[str, Any]:
    """The first frame of the state at a path; empty where there is none."""
    frames = frames_at(path, storage)
    return frames[0] if frames else {}


def alphas_begun(path: Path, storage: Storage) -> dict[str, float]:
    """limit as text -> the alpha that was said when the state was begun."""
    return {name: float.fromhex(alpha) for name, alpha in header_begun(path, storage).get("alphas", {}).items()}
