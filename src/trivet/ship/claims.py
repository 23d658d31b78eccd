"""What a file says about itself, and whether that follows from what it holds."""

from collections.abc import Mapping
from typing import Any

from trivet.core.candidate import Candidate
from trivet.core.errors import BadFile
from trivet.core.levels import SHARES, Look, confidence_of, show_confidence
from trivet.core.limits import Limit, Verdict
from trivet.core.reading import Reading, reading_from_json
from trivet.core.task import Task
from trivet.core.value import value
from trivet.engine.outcome import outcome_of
from trivet.kit.stats.intervals import clopper_pearson
from trivet.runtime.file.container import Contents
from trivet.runtime.file.sections import Bytes
from trivet.runtime.specialist import Specialist
from trivet.storage.objects import task_from_json

_SAME = 1e-9  # numbers that differ by less are the same, written by another machine


@value
class Claims:
    """The promises of a file.  stated: gauge -> its reading in the body.  said: limit as text -> verdict.

    judged: limit as text -> the reading that it was judged by, whose interval has the level of the verdict.
    look: which look at the vault that was, and None in a file that does not tell.

    outcome: "CERTIFIED", "UNPROVEN", "BROKEN", or "" in files that have none.  alerts: blocking findings in its data.
    constant: what the best constant answer says, {"probabilities": [...]} or {"mean": m, "median": m}, or None.
    """

    candidate: Candidate
    limits: tuple[Limit, ...]
    stated: Mapping[str, Reading]
    said: Mapping[str, str]
    judged: Mapping[str, Reading]
    look: Look | None
    outcome: str
    alerts: tuple[str, ...]
    constant: Mapping[str, Any] | None = None

    @property
    def task(self) -> Task:
        """The question that the file answers."""
        return self.candidate.task

    def level(self, limit: Limit) -> float:
        """Of the two-sided interval by which the limit was judged; the usual one in a file that does not tell."""
        judged = self.judged.get(str(limit))
        return 0.95 if judged is None else judged.sure

    @property
    def broken(self) -> tuple[str, ...]:
        """The limits that the file itself says it breaks, as texts."""
        return tuple(str(limit) for limit in self.limits if self.said.get(str(limit)) == Verdict.BROKEN)


def claims_of(contents: Contents) -> Claims:
    """What the file claims; raises BadFile when its manifest is not that of a compiled file."""
    manifest, evidence = contents.manifest, contents.evidence
    try:
        verdicts = evidence.get("verdicts", ())
        return Claims(
            candidate=Candidate(task=task_from_json(manifest["task"]), parts=contents.parts),
            limits=tuple(Limit(**limit) for limit in manifest["limits"]),
            stated={one["gauge"]: reading_from_json(one) for one in manifest["readings"]},
            said={one["limit"]: one["verdict"] for one in verdicts},
            judged={one["limit"]: reading_from_json(one["reading"]) for one in verdicts},
            look=look_of(evidence.get("look")),
            outcome=str(evidence.get("outcome", "")),
            alerts=tuple(map(str, manifest.get("alerts", ()))),
            constant=manifest.get("constant"),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadFile(
            "report-manifest",
            wanted="the task, limits and readings of a compiled file, and the verdicts in its evidence",
            found=f"{type(error).__name__}: {error}",
            do="use a file that `trivet compile` wrote",
        ) from error


def look_of(found: Any) -> Look | None:
    """The look at the vault that the evidence tells of; raises ValueError for one that there cannot be."""
    if found is None:
        return None
    look = Look(build=int(found["build"]), finalist=int(found["finalist"]) - 1)
    if look.build < 1 or look.finalist not in range(len(SHARES)):
        raise ValueError(f"a look of build {look.build}, finalist {look.finalist + 1}")
    return look


def contradictions(claims: Claims) -> list[str]:
    """What the file says that does not follow from its own readings, or from its number on its rows."""
    found = [problem for limit in claims.limits for problem in limit_problems(limit, claims)]
    follows = outcome_of(claims.said.values())
    if claims.outcome not in ("", follows):
        found.append(f"the file says {claims.outcome}, its verdicts give {follows}")
    return found


def limit_problems(limit: Limit, claims: Claims) -> list[str]:
    """What is said of one limit that does not follow: verdict, level, and the reading of the body."""
    text = str(limit)
    said, judged, stated = claims.said.get(text), claims.judged.get(text), claims.stated.get(limit.gauge)
    if said is None or judged is None:
        return [f"the file has no verdict on {limit}"]
    found = []
    if said != limit.judge(judged):
        found.append(f"the file says {said} for {limit}, its own reading gives {limit.judge(judged)}")
    if claims.look is not None and abs(judged.sure - claims.look.two_sided(limit.sure)) > _SAME:
        right = show_confidence(claims.look.confidence(limit.sure))
        found.append(f"{limit} was judged at {show_confidence(confidence_of(judged.sure))}, its look asks for {right}")
    if stated is not None and not agree(stated, judged):
        found.append(f"the reading that {limit} was judged by is not the one that the file states")
    if not follows_from_counts(judged) or (stated is not None and not follows_from_counts(stated)):
        found.append(f"the interval of {limit.gauge} is not the one that its counts give")
    return found


def follows_from_counts(reading: Reading) -> bool:
    """Whether value and ends are those of so many hits among so many rows, where they are counted and nothing else."""
    if reading.how != "Clopper-Pearson" or not reading.trials:  # files from before counts were stated have none
        return True
    of = round(reading.trials)
    if of < 1 or reading.trials != of or not 0 <= reading.value <= 1 or not 0 < reading.sure < 1:
        return False
    hits = round(reading.value * of)
    low, high = clopper_pearson(hits, of, reading.sure)
    right = zip((reading.value, reading.low, reading.high), (hits / of, low, high))
    return all(abs(one - two) <= _SAME for one, two in right)


def size_problems(claims: Claims, n_bytes: int) -> list[str]:
    """Where the file says that it was judged at another size than it has."""
    sizes = {reading.value for reading in claims.judged.values() if reading.gauge == "size"}
    return [f"the file says that it has {size:,.0f} bytes, it has {n_bytes:,}" for size in sizes - {float(n_bytes)}]


def agree(stated: Reading, judged: Reading) -> bool:
    """Whether both may be of the same rows: the same value, and the wider interval where the level is higher."""
    if stated.value != stated.value or judged.value != judged.value:
        return (stated.value == stated.value) == (judged.value == judged.value)
    outer, inner = (judged, stated) if judged.sure >= stated.sure else (stated, judged)
    slack = _SAME * max(1.0, abs(stated.value))
    same = abs(stated.value - judged.value) <= slack and stated.n == judged.n
    same &= (stated.how, stated.approximate, stated.trials) == (judged.how, judged.approximate, judged.trials)
    return same and outer.low <= inner.low + slack and inner.high <= outer.high + slack


def self_test_problems(data: Bytes) -> list[str]:
    """Answers to the file's own test rows that are not the stated ones on this machine."""
    try:
        Specialist(data, caps="large").check_self()  # whoever opened the file has chosen its caps
    except BadFile as error:
        return [f"the self-test answers differ on this machine: wanted {error.wanted}, found {error.found}"]
    return []
