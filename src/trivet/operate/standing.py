"""Where the evidence stands, in numbers and in words: the same in the terminal, in JSON and beside a report."""

import math
from collections.abc import Mapping
from typing import Any

from trivet.core.units import show_amount
from trivet.core.value import value

from .state import Course, Purpose
from .update import Updated


@value
class Line:
    """One limit.  value: of the gauge on what was counted.  evidence, highest: now and ever; threshold: 1 / alpha.

    reached: after how many units, None for not yet.  why_not: why it is not bet on.  curve: see `state.Course`.
    """

    limit: str
    value: float = math.nan
    unit: str = ""
    evidence: float = 1.0
    highest: float = 1.0
    threshold: float = math.inf
    reached: int | None = None
    why_not: str = ""
    curve: tuple[tuple[int, float], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """JSON values with stable keys; the curve is (units, log10 of the evidence)."""
        return {
            "limit": self.limit,
            "bet_on": not self.why_not,
            "why_not": self.why_not,
            "value": None if math.isnan(self.value) else self.value,
            "unit": self.unit,
            "evidence": self.evidence,
            "highest": self.highest,
            "threshold": None if math.isinf(self.threshold) else self.threshold,
            "reached": self.reached,
            "curve": [[units, height] for units, height in self.curve],
        }


@value
class Account:
    """What watching or proving a file has come to.

    rows, units, updates: multiplied in so far.  new_rows: by this update.  noun: what a unit is, "rows" or "groups".
    verdicts: what the file itself says of each limit.
    """

    purpose: Purpose
    digest: str
    lines: tuple[Line, ...]
    rows: int = 0
    units: int = 0
    updates: int = 0
    new_rows: int = 0
    noun: str = "rows"
    since: str = ""
    until: str = ""
    skipped: Mapping[str, int]
    notes: tuple[str, ...] = ()
    verdicts: Mapping[str, str]

    @property
    def reached(self) -> tuple[Line, ...]:
        """The limits whose evidence got there."""
        return tuple(line for line in self.lines if line.reached is not None)

    @property
    def is_alarm(self) -> bool:
        """Whether watching has shown that a limit is missed."""
        return self.purpose == "watch" and bool(self.reached)

    @property
    def outcome(self) -> str:
        """Watching: CALM or ALARM.  Proving: PROVEN when every limit holds now, by the file or since; else UNPROVEN,
        or BROKEN where the file says so."""
        if self.purpose == "watch":
            return "ALARM" if self.reached else "CALM"
        if "BROKEN" in self.verdicts.values():
            return "BROKEN"
        earned = {line.limit for line in self.reached}
        open_ones = {limit for limit, verdict in self.verdicts.items() if verdict != "HOLDS"}
        return "UNPROVEN" if open_ones - earned else "PROVEN"

    def as_json(self) -> dict[str, Any]:
        """JSON values with stable keys."""
        return {
            "outcome": self.outcome,
            "for": self.purpose,
            "digest": self.digest,
            "rows": self.rows,
            "new_rows": self.new_rows,
            "units": self.units,
            "unit_is": self.noun,
            "updates": self.updates,
            "since": self.since,
            "until": self.until,
            "skipped": dict(self.skipped),
            "limits": [line.as_json() for line in self.lines],
            "notes": list(self.notes),
            "claim": claim(self),
        }

    def __str__(self) -> str:
        told = [told_line(line, self) for line in self.lines]
        widths = [max(map(len, column)) for column in zip(*told)]
        cells = ["  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in told]
        left_out = [f"  {why}: {n:,} left out" for why, n in self.skipped.items()]
        return "\n".join([headline(self), *cells, *left_out, *(f"  note: {note}" for note in self.notes), claim(self)])

    __repr__ = __str__


def account(purpose: Purpose, updated: Updated, verdicts: Mapping[str, str]) -> Account:
    """The account of a state; its header names the file and every alpha."""
    state, header = updated.state, updated.header
    alphas = {str(name): float.fromhex(alpha) for name, alpha in header["alphas"].items()}
    lines = [line_of(name, state.courses.get(name), alpha) for name, alpha in sorted(alphas.items())]
    lines += [Line(limit=name, why_not=why) for name, why in sorted(state.untold.items())]
    return Account(
        purpose=purpose, digest=str(header["file"]), lines=tuple(lines), rows=state.rows, units=state.units,
        updates=state.updates, new_rows=updated.new_rows, noun=state.noun, since=state.since, until=state.until,
        skipped=updated.skipped, notes=updated.notes, verdicts=verdicts,
    )  # fmt: skip


def line_of(name: str, course: Course | None, alpha: float) -> Line:
    """The line of a limit that is bet on."""
    if course is None:
        return Line(limit=name, threshold=1 / alpha)
    return Line(
        limit=name,
        value=course.value,
        unit=course.unit,
        evidence=from_log(course.now),
        highest=from_log(course.capital.highest),
        threshold=1 / alpha,
        reached=course.reached,
        curve=course.curve,
    )


def from_log(height: float) -> float:
    """The number whose logarithm this is; JSON has no infinity, so it ends at 1e300."""
    return math.exp(min(height, math.log(1e300)))


def headline(found: Account) -> str:
    """The outcome and its reason, on one line."""
    new = f"{found.new_rows:,} rows new" if found.new_rows else "none new"
    count = f"{found.units:,} {found.noun} ({new})"
    names, are = ", ".join(line.limit for line in found.reached), "is" if len(found.reached) == 1 else "are"
    if found.purpose == "watch":
        if found.is_alarm:
            return f"ALARM: {names} {are} missed on the rows that come; {count}"
        return f"CALM: no limit is shown to be missed; {count}"
    if found.outcome == "PROVEN":
        return f"PROVEN: every limit holds now, {names} by rows that came later; {count}"
    return f"{found.outcome}: {f'{names} {are} earned, others are not' if names else 'nothing is earned'} yet; {count}"


def told_line(line: Line, found: Account) -> list[str]:
    """The cells of a limit's line."""
    if line.why_not:
        return [line.limit, "", "", f"not bet on: {line.why_not}"]
    number = "unknown" if math.isnan(line.value) else show_amount(line.value, line.unit)
    word, before = ("alarm", "calm") if found.purpose == "watch" else ("earned", "open")
    moment = f"{word} after {line.reached:,} {found.noun}" if line.reached else before
    bar = f"evidence {line.evidence:.3g}, at most {line.highest:.3g} of {line.threshold:.3g}"
    return [line.limit, number, bar, moment]


def claim(found: Account) -> str:
    """What the outcome means, in words that are true."""
    alphas = sorted({1 / line.threshold for line in found.lines if not line.why_not})
    chance = " or ".join(f"{100 * alpha:.3g} %" for alpha in alphas)
    if found.purpose == "watch":
        return (
            f"  meaning: as long as a limit holds, the chance of ever an alarm about it is at most {chance}, "
            "however long and however often you look"
        )
    return (
        "  meaning: if a limit does not hold on rows like these, the chance that it is ever earned is at most "
        f"{chance}, however often you look; this counts apart from the builds on the vault"
    )
