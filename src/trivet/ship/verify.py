"""Verify a file's claims again, from the file alone or on fresh rows.

Without rows: the file is whole, its verdicts follow from its readings, both executors give the answers it says, and
the costs are measured anew on this machine.  With rows: every limit is measured anew on them, in the quantity that was
certified (weighted where the build weighed), and the file's sketch of its own rows tells whether they are fresh.
"""

import math
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from trivet.core.errors import BadFile, TrivetError
from trivet.core.gauges import Trial
from trivet.core.limits import Limit, Verdict
from trivet.core.reading import Reading
from trivet.core.registry import find_gauge
from trivet.core.rows import Rows
from trivet.engine.judge import measure_all, trial_of, try_file
from trivet.engine.outcome import Judged
from trivet.kit.constant import baselines, with_baselines
from trivet.runtime.file.container import Contents
from trivet.runtime.file.sections import Bytes
from trivet.storage.disk import Storage

from .claims import Claims, claims_of, contradictions, self_test_problems
from .fresh_rows import fresh_rows, made_up_rows
from .overlap import Overlap, group_overlap, overlap, percent
from .verification import Verification

__all__ = ["Verification", "damaged", "verify"]


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
        return damaged(error)
    problems = [*contradictions(claims), *self_test_problems(data)]
    if source is None:
        _, measured = measure(data, claims, made_up_rows(contents.manifest, claims.task), families=("cost",))
        judged, how = certified_or_measured(claims, measured)
        problems += [f"the file has no reading for {limit}" for limit in claims.limits if limit.gauge not in how]
        return Verification(judged=judged, how=how, problems=tuple(problems), notes=tuple(claim_notes(claims)))
    given = fresh_rows(source, contents.manifest, claims.task, header=header, encoding=encoding)
    trial, measured = measure(data, claims, given.rows, families=("quality", "cost", "trust"))
    seen, groups = known_rows(contents.evidence.get("sketch"), given.rows, problems)
    return Verification(
        judged=tuple(measured_or_untold(limit, measured, trial) for limit in claims.limits),
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


def damaged(error: BadFile) -> Verification:
    """The outcome for bytes that are not those of a whole file."""
    return Verification(how={}, problems=(f"{error.code}: wanted {error.wanted}; found {error.found}",))


def measure(data: Bytes, claims: Claims, rows: Rows, families: Sequence[str]) -> tuple[Trial, dict[str, Reading]]:
    """(the file's answers on the rows and its costs, gauge -> reading); gauges that the rows cannot tell are absent."""
    with tempfile.TemporaryDirectory(prefix="trivet-") as scratch:
        answers, costs = try_file(data, rows, Path(scratch), Storage())
    trial = trial_of(claims.task, rows, answers, costs)
    readings = measure_all(claims.candidate, trial, sure=0.95, families=families)
    if claims.constant is not None:
        found = baselines(claims.task, claims.constant, trial.truth, trial.weight, [one.gauge for one in readings])
        readings = with_baselines(readings, found)
    return trial, {reading.gauge: reading for reading in readings}


def certified_or_measured(claims: Claims, measured: Mapping[str, Reading]) -> tuple[tuple[Judged, ...], dict[str, str]]:
    """(each limit, judged by the reading of now or else of the certificate; gauge -> which of the two)."""
    how = dict.fromkeys(claims.stated, "as certified") | dict.fromkeys(measured, "measured now")
    readings = {**claims.stated, **measured}
    limits = [limit for limit in claims.limits if limit.gauge in readings]
    return tuple(judged(limit, readings[limit.gauge]) for limit in limits), how


def measured_or_untold(limit: Limit, measured: Mapping[str, Reading], trial: Trial) -> Judged:
    """The limit judged by the reading of now; UNPROVEN, with the reason, when these rows cannot tell it."""
    if limit.gauge in measured:
        return judged(limit, measured[limit.gauge])
    why = "these rows cannot tell it"
    try:
        find_gauge(limit.gauge).measure(trial)
    except TrivetError as error:
        why = f"these rows cannot tell it: wanted {error.wanted}, found {error.found}"
    nothing = Reading(
        gauge=limit.gauge,
        value=math.nan,
        low=-math.inf,
        high=math.inf,
        unit=limit.unit,
        n=len(trial.truth),
        notes=(why,),
    )
    return Judged(limit=limit, reading=nothing, verdict=Verdict.UNPROVEN)


def judged(limit: Limit, reading: Reading) -> Judged:
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
