"""What a file says about itself, and whether that follows from what it holds."""

from collections.abc import Mapping
from typing import Any

from trivet.core.candidate import Candidate
from trivet.core.errors import BadFile
from trivet.core.limits import Limit, Verdict
from trivet.core.reading import Reading, reading_from_json
from trivet.core.task import Task
from trivet.core.value import value
from trivet.engine.outcome import outcome_of
from trivet.runtime.file.container import Contents
from trivet.runtime.file.sections import Bytes
from trivet.runtime.specialist import Specialist
from trivet.storage.objects import task_from_json


@value
class Claims:
    """The promises of a file.  stated: gauge -> its reading in the body.  said: limit as text -> verdict.

    outcome: "CERTIFIED", "UNPROVEN", "BROKEN", or "" in files that have none.  alerts: blocking findings in its data.
    constant: what the best constant answer says, {"probabilities": [...]} or {"mean": m, "median": m}, or None.
    """

    candidate: Candidate
    limits: tuple[Limit, ...]
    stated: Mapping[str, Reading]
    said: Mapping[str, str]
    outcome: str
    alerts: tuple[str, ...]
    constant: Mapping[str, Any] | None = None

    @property
    def task(self) -> Task:
        """The question that the file answers."""
        return self.candidate.task

    @property
    def broken(self) -> tuple[str, ...]:
        """The limits that the file itself says it breaks, as texts."""
        return tuple(str(limit) for limit in self.limits if self.said.get(str(limit)) == Verdict.BROKEN)


def claims_of(contents: Contents) -> Claims:
    """What the file claims; raises BadFile when its manifest is not that of a compiled file."""
    manifest = contents.manifest
    try:
        return Claims(
            candidate=Candidate(task=task_from_json(manifest["task"]), parts=contents.parts),
            limits=tuple(Limit(**limit) for limit in manifest["limits"]),
            stated={one["gauge"]: reading_from_json(one) for one in manifest["readings"]},
            said={one["limit"]: one["verdict"] for one in manifest["verdicts"]},
            outcome=str(manifest.get("outcome", "")),
            alerts=tuple(map(str, manifest.get("alerts", ()))),
            constant=manifest.get("constant"),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadFile(
            "report-manifest",
            wanted="the task, limits, readings and verdicts of a compiled file",
            found=f"{type(error).__name__}: {error}",
            do="use a file that `trivet compile` wrote",
        ) from error


def contradictions(claims: Claims) -> list[str]:
    """What the file says that does not follow from its own readings."""
    found = []
    for limit in claims.limits:
        said, reading = claims.said.get(str(limit)), claims.stated.get(limit.gauge)
        if reading is not None and said != limit.judge(reading):
            found.append(f"the file says {said} for {limit}, its own reading gives {limit.judge(reading)}")
    follows = outcome_of(claims.said.values())
    if claims.outcome not in ("", follows):
        found.append(f"the file says {claims.outcome}, its verdicts give {follows}")
    return found


def self_test_problems(data: Bytes) -> list[str]:
    """Answers to the file's own test rows that are not the stated ones on this machine."""
    try:
        Specialist(data, caps="large").check_self()  # whoever opened the file has chosen its caps
    except BadFile as error:
        return [f"the self-test answers differ on this machine: wanted {error.wanted}, found {error.found}"]
    return []
