"""What a compile ends in: a certified file, or an honest no."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any

from trivet.core.card import Card, Cell, Line
from trivet.core.levels import Look, confidence_of, show_confidence
from trivet.core.limits import Limit, Verdict
from trivet.core.reading import Reading
from trivet.core.units import show_amount, show_duration
from trivet.core.value import value
from trivet.data.doctor import Finding
from trivet.kit.stats.rows_needed import rows_needed_text, rows_to_add

from .progress import Progress


@value
class Told:
    """What the user has to know besides the verdicts: findings of the doctor, alerts that block, notices.

    failed: which steps failed and where to read why, as one line for the end of the build; "" when none did.
    """

    findings: tuple[Finding, ...] = ()
    alerts: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    failed: str = ""

    @property
    def every_notice(self) -> tuple[str, ...]:
        """The notices, and what failed."""
        return (*self.notices, *((self.failed,) if self.failed else ()))

    @property
    def grave(self) -> tuple[Finding, ...]:
        """The findings that block or warn and were not accepted."""
        return tuple(f for f in self.findings if f.severity != "note" and not f.accepted)

    def boxes(self, severity: str) -> tuple[tuple[str, str], ...]:
        """(finding, evidence and what to do) of each grave finding of this severity, for a card."""
        return tuple((f.label, f"{f.evidence}; {f.fix}") for f in self.grave if f.severity == severity)

    def tell(self, progress: Progress) -> None:
        """Says each grave finding and each notice once, before the search."""
        for finding in self.grave:
            progress.warn(finding.severity, f"{finding.label}: {finding.evidence}; {finding.fix}")
        for notice in self.notices:
            progress.note(notice)

    def as_json(self) -> dict[str, Any]:
        """JSON values with stable keys."""
        return {
            "findings": [finding.as_json() for finding in self.findings],
            "alerts": list(self.alerts),
            "notices": list(self.every_notice),
        }


@value
class Judged:
    """One limit with the reading it was judged by, whose interval has the level of the verdict.

    build: the number on its rows of the build that judged it; None for a judgement outside any build.
    """

    limit: Limit
    reading: Reading
    verdict: Verdict
    build: int | None = None

    @property
    def confidence(self) -> float:
        """With which the verdict is given: that of one end of the interval."""
        return confidence_of(self.reading.sure)

    @property
    def level(self) -> str:
        """E.g. "build 3, judged at 99.3 %"."""
        return level_in_words(self.build, self.confidence)

    @property
    def rows_needed(self) -> int | None:
        """For UNPROVEN: about how many more rows of the table would prove it, four times in five."""
        return rows_to_add(self.limit, self.reading) if self.verdict is Verdict.UNPROVEN else None

    @property
    def is_kept_by_constant(self) -> bool:
        """Whether a constant answer keeps the limit as well."""
        return self.reading.baseline is not None and self.limit.room(self.reading.baseline) >= 0

    @property
    def note(self) -> str:
        """What there is to say besides the verdict: on which side an unproven value lies, and what a proof takes."""
        notes: list[str] = []
        if self.verdict is Verdict.UNPROVEN:
            if self.reading.contended:
                notes += self.reading.notes
            elif self.limit.room(self.reading.value) < 0:
                notes.append("the value breaks it, but not for sure")
            elif self.reading.approximate:
                notes += self.reading.notes
            elif self.rows_needed:
                notes.append(rows_needed_text(self.rows_needed))
        if self.is_kept_by_constant:
            is_held = self.verdict is Verdict.HOLDS
            notes.append("so does the constant answer" if is_held else "the constant answer keeps it")
        return "; ".join(notes)

    def as_json(self) -> dict[str, Any]:
        """JSON values with stable keys."""
        return {
            "limit": str(self.limit),
            "gauge": self.limit.gauge,
            "verdict": str(self.verdict),
            "rows_needed": self.rows_needed,
            "note": self.note,
            "build": self.build,
            "confidence": self.confidence,
            "reading": self.reading.as_json(),
        }


def stand_ins(limits: Sequence[Limit], n_vault: int) -> tuple[Judged, ...]:
    """Stand-ins of realistic length for verdicts that are not known yet."""
    blank = {"value": 0.123456789012345, "low": 0.123456789012345, "high": 0.123456789012345, "n": n_vault}
    return tuple(
        Judged(
            limit=limit,
            reading=Reading(gauge=limit.gauge, how="stratified bootstrap", **blank),  # type: ignore[arg-type]
            verdict=Verdict.UNPROVEN,
        )
        for limit in limits
    )


def outcome_of(verdicts: Iterable[str]) -> str:
    """CERTIFIED when every limit holds, BROKEN when one is broken, else UNPROVEN."""
    said = set(verdicts)
    if Verdict.BROKEN in said:
        return "BROKEN"
    return "UNPROVEN" if said - {Verdict.HOLDS} else "CERTIFIED"


def at_confidence(confidences: Iterable[float]) -> str:
    """E.g. "99.3 %"; where limits ask for different ones, "95.6 to 99.3 %"."""
    shown = list(dict.fromkeys(show_confidence(one) for one in sorted(confidences)))
    return " to ".join([*(one.removesuffix(" %") for one in shown[:1][: len(shown) - 1]), *shown[-1:]])


def level_in_words(build: int | None, confidence: float) -> str:
    """E.g. "build 3, judged at 99.3 %"; outside of any build, how sure it is alone."""
    return ("" if build is None else f"build {build}, ") + f"judged at {show_confidence(confidence)}"


def in_words(build: int, confidences: Iterable[float]) -> str:
    """E.g. "build 3 on these rows; judged at 99.3 %"; a build without limits is not judged."""
    judged = at_confidence(confidences)
    return f"build {build} on these rows" + (f"; judged at {judged}" if judged else "")


def looked_in(evidence: Mapping[str, Any]) -> str:
    """The same of a file, from its evidence; "" where that does not tell."""
    look, verdicts = evidence.get("look"), evidence.get("verdicts", ())
    if not look:
        return ""
    return in_words(look["build"], [one["confidence"] for one in verdicts if "confidence" in one])


@value
class Certified:
    """A packaged specialist with the verdict on every limit; none is BROKEN, but for a best effort.

    data: the bytes of the `.trivet` file.  judged: with intervals at the level of the verdict.  readings: every gauge
    that was measured on the vault or the machine, with intervals at 95 %.  look: which look at the vault this was.
    main: the quality gauge to show first.  search: what the search did, see `course`.  constant: what a constant answer
    says.  why: why this candidate.
    """

    data: bytes
    digest: str
    body_digest: str
    judged: tuple[Judged, ...]
    readings: tuple[Reading, ...]
    look: Look
    main: str
    search: Mapping[str, Any]
    constant: Mapping[str, Any]
    candidates: int
    seconds: float
    route: str
    why: str
    told: Told = field(default_factory=Told)

    @property
    def outcome(self) -> str:
        """CERTIFIED, UNPROVEN, or BROKEN for a best effort."""
        return outcome_of(one.verdict for one in self.judged)

    @property
    def is_proven(self) -> bool:
        """Whether every limit HOLDS."""
        return all(one.verdict is Verdict.HOLDS for one in self.judged)


@value
class Infeasible:
    """No candidate keeps every limit: which one gives way, the closest that can be had, and what to do.

    An honest result, not an exception.  closest: readings of the nearest candidate, by gauge.
    file: the nearest candidate, packed and judged, where a best effort was asked for.
    """

    limit: Limit
    closest: tuple[Reading, ...]
    route: str
    why: str
    next_step: str
    candidates: int
    seconds: float
    told: Told = field(default_factory=Told)
    file: Certified | None = None

    def __str__(self) -> str:
        return f"INFEASIBLE: {self.why}\n  do: {self.next_step}"

    def __repr__(self) -> str:
        return f"<Infeasible: {self.why}; do: {self.next_step}>"

    def _repr_html_(self) -> str:
        """The card that a notebook shows."""
        return Card(
            tone="bad",
            badge="INFEASIBLE",
            title=f"{self.limit} cannot be kept",
            about=f"candidates tried: {self.candidates}, in {show_duration(self.seconds)}",
            alerts=self.told.boxes("block"),
            warnings=self.told.boxes("warn"),
            columns=("the closest candidate", "measured", "constant answer"),
            lines=tuple(closest_line(reading, self.limit) for reading in self.closest),
            said=(("why", self.why), ("do", self.next_step), *self.effort),
            folded=(("what was done with the data", self.told.every_notice),),
        ).html()

    @property
    def effort(self) -> tuple[tuple[str, str], ...]:
        """What there is to say of the file that a best effort left behind."""
        if self.file is None:
            return ()
        broken = [str(one.limit) for one in self.file.judged if one.verdict is Verdict.BROKEN]
        return (
            ("best effort", f"the nearest file is {self.file.outcome}: it breaks {', '.join(broken) or 'nothing'}"),
        )

    def as_json(self) -> dict[str, Any]:
        """JSON values with stable keys."""
        return {
            "outcome": "INFEASIBLE",
            "limit": str(self.limit),
            "why": self.why,
            "next_step": self.next_step,
            "route": self.route,
            "closest": [reading.as_json() for reading in self.closest],
            "candidates": self.candidates,
            **self.told.as_json(),
        }


def closest_line(reading: Reading, limit: Limit) -> Line:
    """Gauge, reading and constant answer; the limit that gives way stands beside its gauge."""
    gauge = Cell(text=reading.gauge, small=f"{limit} was asked" if reading.gauge == limit.gauge else "")
    constant = "–" if reading.baseline is None else show_amount(reading.baseline, reading.unit)
    number = Cell(text=show_amount(reading.value, reading.unit), small=interval_of(reading))
    return Line(cells=(gauge, number, Cell(text=constant)))


def shown(reading: Reading) -> str:
    """Value, interval and count on one line."""
    number, interval = show_amount(reading.value, reading.unit), interval_of(reading)
    return f"{number} ({interval})" if interval else number


def interval_of(reading: Reading) -> str:
    """E.g. "0.91 to 0.95, n = 400, approximate"; no interval for what was counted exactly, or is not known."""
    if reading.low == reading.high or reading.value != reading.value:
        return reading.caveat
    ends = f"{show_amount(reading.low, reading.unit)} to {show_amount(reading.high, reading.unit)}, n = {reading.n}"
    return f"{ends}, {reading.caveat}" if reading.caveat else ends


def shown_baseline(reading: Reading) -> str:
    """E.g. "constant 0.9412"; empty where a constant answer means nothing."""
    return "" if reading.baseline is None else f"constant {show_amount(reading.baseline, reading.unit)}"
