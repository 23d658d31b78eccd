"""One update: new rows of a source are multiplied into the evidence beside a file, whole or not at all."""

import math
from collections.abc import Mapping
from dataclasses import field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from trivet.core.errors import BadData, BadUse
from trivet.core.rows import Rows
from trivet.core.value import value
from trivet.data.fresh_rows import FreshRows, fresh_rows
from trivet.data.split.row_sketch import group_hashes
from trivet.engine.overlap import Overlap, group_overlap, overlap
from trivet.kit.stats.betting import first_reach
from trivet.kit.stats.intervals import clopper_pearson
from trivet.runtime.part import Array
from trivet.runtime.specialist import Specialist
from trivet.storage.disk import Storage

from .arrivals import Arrivals, arrivals, in_units, keys_of
from .state import Course, Purpose, State, course_json, folded, hashes_text, header_begun, header_of, opened
from .terms import Bet, Terms, trial_of

_CHUNK = 20_000  # rows that are answered and bet on at once: memory stays flat
_POINTS = 60  # of the curve that an update leaves


@value
class Source:
    """What is read, and how.  id_column: which names the rows.  most_weight: of one unit.  all_new: see `arrivals`."""

    data: Any
    header: bool = True
    encoding: str = "utf-8"
    id_column: str | None = None
    most_weight: float | None = None
    all_new: bool = False


@value
class Updated:
    """The state after an update.  new_rows: that were multiplied in.  notes: what else to know, in sentences.

    header: the first frame of the state.
    """

    state: State
    header: Mapping[str, Any]
    new_rows: int = 0
    notes: tuple[str, ...] = ()
    skipped: Mapping[str, int] = field(default_factory=dict)


def update(model: Specialist, terms: Terms, source: Source, path: Path, purpose: Purpose, storage: Storage) -> Updated:
    """Multiplies the new rows of the source in; when this returns, the disk has it.

    Raises BadData or BadUse, with nothing written, for rows that cannot be used or were in the build.
    """
    source = as_begun(source, header_begun(path, storage))
    refuse_weights(model, source)
    given = fresh_rows(source.data, model.manifest, terms.task, header=source.header, encoding=source.encoding)
    most = None if source.most_weight is None else float(source.most_weight).hex()
    header = header_of(purpose, model.digest, terms.alphas, id=source.id_column, most_weight=most)
    with opened(path, header, storage) as journal:
        state = folded(journal.frames)
        notes = [f"{path.name} was damaged: {journal.lost_bytes} bytes set aside"] if journal.damaged else []
        arrived, rows = new_rows(given, state, source, model.digest)
        notes += [*given.notes, *(f"{why}: {n:,} left out" for why, n in given.dropped)]
        if not len(rows):
            return Updated(state=state, header=header, notes=tuple(notes), skipped=arrived.skipped)
        told, said = refuse_known(model.evidence.get("sketch"), rows, state, purpose)
        frame = frame_of(model, terms, rows, state, source.most_weight)
        now = datetime.fromtimestamp(storage.clock(), UTC).isoformat(timespec="seconds")
        if not journal.frames:
            journal.append(header)
        journal.append({
            **frame, "at": now, "from": given.raw.origin, "rows": len(rows), "told": [one.hex() for one in told],
            "source": None if arrived.source is None else [*arrived.source], "keys": hashes_text(arrived.keys),
            "groups": "" if rows.group is None else hashes_text(np.unique(group_hashes(rows))),
        })  # fmt: skip
        after = folded(journal.frames)
    notes += said
    return Updated(state=after, header=header, new_rows=len(rows), notes=tuple(notes), skipped=arrived.skipped)


def as_begun(source: Source, header: Mapping[str, Any]) -> Source:
    """The source, read as the first one was where nothing else is said."""
    most = header.get("most_weight")
    return replace(
        source,
        id_column=source.id_column or header.get("id"),
        most_weight=float.fromhex(most) if source.most_weight is None and most is not None else source.most_weight,
    )


def refuse_weights(model: Specialist, source: Source) -> None:
    """Refuses weighted rows of which nobody has said how much one may weigh, and what cannot be such a number."""
    most = source.most_weight
    if most is not None and not 0 < most < float("inf"):
        raise BadUse("weight-bound", wanted="a positive --most-weight", found=repr(most), do="give a number above 0")
    if most is None and "weight" in model.task.get("roles", {}):
        raise BadUse(
            "weight-bound",
            wanted="the most that one row may weigh, since this file counts rows by weight",
            found="no --most-weight",
            do="say --most-weight NUMBER, from what the weights are, not from these rows; rows above it count as it",
        )


def new_rows(given: FreshRows, state: State, source: Source, digest: str) -> tuple[Arrivals, Rows]:
    """(what arrived, the rows that count); rows of a group that has counted are no new evidence."""
    keys = keys_of(given.raw, given.rows.ids, digest, source.id_column)
    arrived = arrivals(keys, state.memory, has_ids=source.id_column is not None, all_new=source.all_new)
    rows = given.rows.take(arrived.which)
    if rows.group is None:
        return arrived, rows
    fresh = ~np.isin(group_hashes(rows), state.memory.groups)
    if fresh.all():
        return arrived, rows
    skipped = {**arrived.skipped, "rows of groups that were counted before": int((~fresh).sum())}
    return Arrivals(
        which=arrived.which[fresh], keys=arrived.keys[fresh], source=arrived.source, skipped=skipped
    ), rows.take(np.flatnonzero(fresh))


Told = tuple[float, float, float]


def refuse_known(sketch: Any, rows: Rows, state: State, purpose: Purpose) -> tuple[Told, list[str]]:
    """(what the sketch of the build tells of these rows, notes); refuses rows of the build, seen over all updates."""
    if not isinstance(sketch, Mapping):
        return (0.0, 0.0, 0.0), ["the file does not know the rows of its build, so nobody can tell if these are fresh"]
    try:
        seen = overlap(sketch, rows)
        groups = group_overlap(sketch, rows) if rows.group is not None and "groups" in sketch else None
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return (0.0, 0.0, 0.0), ["the sketch of the build's rows cannot be read"]
    told = (float(seen.sampled), seen.share * seen.sampled, seen.effective)
    total = together(seen, state.told, told)
    if total.is_seen:
        raise rows_of_the_build(f"{total} of the rows given so far")
    if groups is not None and groups.is_seen:
        if purpose == "prove":
            raise rows_of_the_build(f"{groups} of these rows are of groups that were in the build")
        return told, [f"{groups} of these rows are of groups that were in the build: it may do worse on new groups"]
    return told, []


def together(now: Overlap, before: Told, added: Told) -> Overlap:
    """The share of known rows over all updates, so that rows of the build cannot come in small pieces."""
    sampled, known, effective = (a + b for a, b in zip(before, added))
    share = min(known / sampled, 1.0) if sampled else 0.0
    low, high = clopper_pearson(share * effective, effective, 0.95)
    return Overlap(
        share=share, low=low, high=high, sampled=int(sampled), natural=now.natural, is_exact=now.is_exact,
        needed=now.needed, effective=effective,
    )  # fmt: skip


def rows_of_the_build(found: str) -> BadData:
    return BadData(
        "rows-of-the-build",
        wanted="rows that the build of this file never saw",
        found=f"{found} were in the build" if "in the build" not in found else found,
        do="give rows that came after the build: a model remembers its own, so they are no evidence",
    )


def frame_of(model: Specialist, terms: Terms, rows: Rows, state: State, most: float | None) -> dict[str, Any]:
    """What the rows change: how many units they are, and the course of every bet."""
    pieces = [rows.take(np.arange(at, min(at + _CHUNK, len(rows)))) for at in range(0, len(rows), _CHUNK)]
    trials = [trial_of(model, terms.task, piece) for piece in pieces]
    courses, n_units = {}, 0
    for name, bet in terms.bets.items():
        losses = np.concatenate([bet.losses(trial) for trial in trials])
        units, stakes = in_units(losses, rows.weight, rows.group, most)
        n_units = len(units)
        course, curve = advanced(bet, state.courses.get(name), units, stakes, state.units)
        means = (course.lost / np.where(course.staked > 0, course.staked, np.nan))[course.staked > 0]
        worst = bet.value_of(float(means.max()), terms.task) if len(means) else math.nan
        courses[name] = course_json(replace(course, value=worst), curve)
    noun = "rows" if rows.group is None else "groups"
    return {"units": n_units, "noun": noun, "courses": courses, "untold": dict(terms.untold)}


def advanced(
    bet: Bet, before: Course | None, units: Array, stakes: Array, done: int
) -> tuple[Course, list[tuple[int, float]]]:
    """(a bet's course after these units, what is new of its curve).  done: units before them."""
    none = np.zeros(bet.wager.strands)
    course = before or Course(capital=bet.wager.start(), lost=none, staked=none)
    capital, reached, heights = course.capital, course.reached, []
    for at in range(0, len(units), _CHUNK):
        piece = slice(at, at + _CHUNK)
        moved, evidence = bet.wager.path(capital, units[piece], stakes[piece])
        there = first_reach(capital.top, evidence, -math.log(bet.alpha))
        if reached is None and there is not None:
            reached = done + at + there + 1
        heights.append(evidence.min(axis=1))
        capital = moved
    staked = stakes * ~np.isnan(units)
    full = Course(
        capital=capital,
        # One by one, so that the sums have the same roundings however rows are cut into updates.
        lost=np.cumsum(np.vstack([course.lost, staked * np.nan_to_num(units)]), axis=0)[-1],
        staked=np.cumsum(np.vstack([course.staked, staked]), axis=0)[-1],
        unit=bet.limit.unit,
        now=bet.wager.now(capital),
        reached=reached,
    )
    return full, thinned(np.concatenate(heights) / math.log(10), done)


def thinned(heights: Array, done: int) -> list[tuple[int, float]]:
    """(units so far, log10 of the evidence) at a few of the units: the last and the highest are among them."""
    few = np.linspace(0, len(heights) - 1, min(_POINTS, len(heights))).round().astype(int)
    chosen = np.unique([*few.tolist(), int(heights.argmax()), len(heights) - 1])
    return [(done + int(at) + 1, float(heights[at])) for at in chosen]
