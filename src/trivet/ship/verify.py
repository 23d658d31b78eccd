"""Verify a file's claims again, from the file alone or on fresh rows.

Without rows: the file is whole, its verdicts follow from its readings, both executors give the answers it says, and
the costs are measured anew on this machine.  With rows: every limit is measured anew on them, in the quantity that was
certified (weighted where the build weighed), and the file's sketch of its own rows tells whether they are fresh.
"""

import math
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from trivet.core.errors import BadFile, TrivetError
from trivet.core.gauges import Gauge
from trivet.core.limits import Limit, Verdict
from trivet.core.reading import Reading
from trivet.core.registry import find_gauge
from trivet.core.rows import Rows
from trivet.core.value import value
from trivet.data.fresh_rows import fresh_rows, made_up_rows
from trivet.engine.judge import try_file
from trivet.engine.measure import trial_for
from trivet.engine.outcome import Judged
from trivet.engine.overlap import Overlap, group_overlap, overlap, percent
from trivet.kit.constant import baselines, with_baselines
from trivet.runtime.file.container import Contents
from trivet.runtime.file.sections import Bytes
from trivet.storage.disk import Storage

from .claims import Claims, claims_of, contradictions, self_test_problems, size_problems
from .verification import Verification

__all__ = ["Verification", "damaged_file", "verify"]


def verify(
    data: Bytes, contents: Contents, *, source: Any = None, header: bool = True, encoding: str = "utf-8"
) -> Verification:
    """Measures every limit of the file again.

    source: fresh labelled rows, anything `compile` reads; None measures costs only and re-derives the other verdicts
    from the readings in the file.  header, encoding: of a source that is a text file.
    Raises BadData when the rows lack a column that the build used, or have answers that the file does not know.
    """
    try:
        claims = claims_of(contents)
    except BadFile as error:
        return damaged_file(error)
    problems = [*contradictions(claims), *size_problems(claims, len(data)), *self_test_problems(data)]
    if source is None:
        measured = measure(data, claims, made_up_rows(contents.manifest, claims.task), is_labelled=False)
        judged, how = certified_or_measured(claims, measured)
        return Verification(judged=judged, how=how, problems=tuple(problems), notes=tuple(claim_notes(claims)))
    given = fresh_rows(source, contents.manifest, claims.task, header=header, encoding=encoding)
    measured = measure(data, claims, given.rows, is_labelled=True)
    seen, groups = known_rows(contents.evidence.get("sketch"), given.rows, problems)
    return Verification(
        judged=tuple(measured_or_untold(limit, measured, len(given.rows)) for limit in claims.limits),
        how={limit.gauge: "measured now" for limit in claims.limits},
        n_rows=len(given.rows),
        problems=tuple(problems),
        overlap=seen,
        dropped=given.dropped,
        notes=(
            *claim_notes(claims), *dropped_notes(given.dropped), *overlap_notes(seen, given.rows),
            *group_notes(groups, given.rows), *given.notes,
        ),
    )  # fmt: skip


def damaged_file(error: BadFile) -> Verification:
    """The outcome for bytes that are not those of a whole file."""
    return Verification(how={}, problems=(f"{error.code}: wanted {error.wanted}; found {error.found}",))


@value
class Now:
    """What was measured now.  readings: limit -> reading.  untold: gauge -> why these rows cannot tell it."""

    readings: Mapping[Limit, Reading]
    untold: Mapping[str, str]


def measure(data: Bytes, claims: Claims, rows: Rows, *, is_labelled: bool) -> Now:
    """What each limited gauge reads of the file on these rows, at the level at which the limit was judged in the file.

    Rows without labels tell costs alone.
    """
    gauges, untold = limited_gauges(claims, is_labelled=is_labelled)
    with tempfile.TemporaryDirectory(prefix="trivet-") as scratch:
        seen = try_file(data, claims.task, rows, gauges, Path(scratch), Storage())
    by_name = {str(gauge): gauge for gauge in gauges}
    readings: dict[Limit, Reading] = {}
    for limit in claims.limits:
        if limit.gauge not in by_name:
            continue
        gauge, sure = by_name[limit.gauge], claims.level(limit)
        try:
            trial = trial_for(gauge, claims.task, rows, seen.answers, seen.costs)
            readings[limit] = replace(gauge.measure(trial, sure=sure), sure=sure)
        except TrivetError as error:
            untold[str(gauge)] = f"these rows cannot tell it: wanted {error.wanted}, found {error.found}"
    if claims.constant is not None:
        found = baselines(claims.task, claims.constant, rows, [one.gauge for one in readings.values()])
        readings = dict(zip(readings, with_baselines(list(readings.values()), found)))
    return Now(readings=readings, untold=untold)


def limited_gauges(claims: Claims, *, is_labelled: bool) -> tuple[list[Gauge], dict[str, str]]:
    """(gauges that the limits name and that can be measured, gauge -> why it cannot)."""
    gauges: list[Gauge] = []
    untold: dict[str, str] = {}
    for text in dict.fromkeys(limit.gauge for limit in claims.limits):
        try:
            gauge = find_gauge(text)
            gauge.applies(claims.candidate.sketch)
        except TrivetError as error:
            untold[text] = f"it cannot be measured here: wanted {error.wanted}, found {error.found}"
        else:
            gauges += [gauge] if is_labelled or gauge.family == "cost" else []
    return gauges, untold


def certified_or_measured(claims: Claims, now: Now) -> tuple[tuple[Judged, ...], dict[str, str]]:
    """(each limit, judged by the reading of now or else as in the file; gauge -> which of the two)."""
    how = {limit.gauge: "measured now" if limit in now.readings else "as certified" for limit in claims.limits}
    stated = {limit: claims.judged[str(limit)] for limit in claims.limits if str(limit) in claims.judged}
    readings = {**stated, **now.readings}
    build = None if claims.look is None else claims.look.build
    judged = [verdict_of(limit, readings[limit]) for limit in claims.limits if limit in readings]
    return tuple(one if one.limit in now.readings else replace(one, build=build) for one in judged), how


def measured_or_untold(limit: Limit, now: Now, n_rows: int) -> Judged:
    """The limit judged by the reading of now; UNPROVEN, with the reason, when these rows cannot tell it."""
    if limit in now.readings:
        return verdict_of(limit, now.readings[limit])
    nothing = Reading(
        gauge=limit.gauge,
        value=math.nan,
        low=-math.inf,
        high=math.inf,
        unit=limit.unit,
        n=n_rows,
        notes=(now.untold[limit.gauge],),
    )
    return Judged(limit=limit, reading=nothing, verdict=Verdict.UNPROVEN)


def verdict_of(limit: Limit, reading: Reading) -> Judged:
    return Judged(limit=limit, reading=reading, verdict=limit.judge(reading))


def known_rows(sketch: Any, rows: Rows, problems: list[str]) -> tuple[Overlap | None, Overlap | None]:
    """(overlap with the rows of the build, with its groups), None where the file does not tell; notes a bad sketch."""
    if sketch is None:
        return None, None
    try:
        has_groups = rows.group is not None and "groups" in sketch
        return overlap(sketch, rows), group_overlap(sketch, rows) if has_groups else None
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        problems.append(f"the sketch of the build's rows cannot be read: {error}")
        return None, None


def claim_notes(claims: Claims) -> list[str]:
    """What the file says against itself."""
    notes = []
    if claims.broken:
        notes.append(f"the file itself says that it breaks {', '.join(claims.broken)}")
    if claims.alerts:
        notes.append(f"the file itself warns of its data: {', '.join(claims.alerts)}")
    return notes


def dropped_notes(dropped: Sequence[tuple[str, int]]) -> list[str]:
    if not dropped:
        return []
    return [f"{sum(n for _, n in dropped):,} rows left out: " + ", ".join(f"{why} ({n:,})" for why, n in dropped)]


def overlap_notes(seen: Overlap | None, rows: Rows) -> list[str]:
    """Whether the rows are fresh, when the first line does not say it."""
    if seen is None:
        return ["the file does not know the rows of its build, so nobody can tell whether these are fresh"]
    if seen.is_seen:
        return []
    if not seen.can_tell:
        return [
            f"whether these rows were in the build cannot be told: {seen.sampled} of {len(rows):,} are in the sample; "
            f"{seen.needed:,} rows would be enough"
        ]
    repeat = f"; {percent(seen.natural)} of fresh rows repeat one by nature" if seen.natural > 0 else ""
    return [f"{seen} of these rows were in the build{repeat}"]


def group_notes(groups: Overlap | None, rows: Rows) -> list[str]:
    if rows.group is None:
        return []
    count = f"rows of {len(np.unique(rows.group)):,} groups"
    if groups is None or not groups.can_tell:
        return [f"{count}; whether the build had these groups cannot be told"]
    return [f"{count}; {groups} of the rows belong to groups of the build"]
