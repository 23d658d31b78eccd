"""What verifying a file found: one of four outcomes, and the same words wherever it is read."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from trivet.core.card import TONES, Card
from trivet.core.limits import Limit, Verdict
from trivet.core.reading import Reading
from trivet.core.value import value
from trivet.engine.outcome import Judged, shown, shown_baseline
from trivet.engine.overlap import Overlap
from trivet.kit.stats.rows_needed import rows_needed

from .cards import COLUMNS, limit_line

Outcome = Literal["SOUND", "MISSED", "UNPROVEN", "DAMAGED"]


@value
class Verification:
    """What was found.

    judged: each limit with its reading and verdict.  how: gauge -> "measured now" or "as certified".
    n_rows: labelled rows that were measured on, 0 without.  problems: whatever contradicts what the file says.
    overlap: the share of the rows that the build had; None when the file does not know its rows, or none were given.
    dropped: (reason, rows) that could not be used.  notes: what else to know, in sentences.
    """

    judged: tuple[Judged, ...] = ()
    how: Mapping[str, str]
    n_rows: int = 0
    problems: tuple[str, ...] = ()
    overlap: Overlap | None = None
    dropped: tuple[tuple[str, int], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """SOUND: every limit HOLDS on these rows; without rows: the file is whole and its verdicts follow.

        MISSED: a limit is broken, by its whole interval.  UNPROVEN: the rows are too few to say, or were in the build.
        DAMAGED: the file was altered, or contradicts itself.
        """
        if self.problems:
            return "DAMAGED"
        # A model remembers rows of its build: only what does not depend on rows, its costs, can be missed on them.
        if any(is_cost(one.reading) or not self.is_seen for one in self.with_verdict(Verdict.BROKEN)):
            return "MISSED"
        if self.is_seen or (self.n_rows and self.with_verdict(Verdict.UNPROVEN)):
            return "UNPROVEN"
        return "SOUND"

    @property
    def is_sound(self) -> bool:
        """Whether the outcome is SOUND."""
        return self.outcome == "SOUND"

    @property
    def is_seen(self) -> bool:
        """Whether the rows were in the build, more of them than repeat by nature."""
        return self.overlap is not None and self.overlap.is_seen

    def with_verdict(self, verdict: Verdict) -> list[Judged]:
        """The limits with this verdict."""
        return [one for one in self.judged if one.verdict is verdict]

    def _repr_html_(self) -> str:
        """The card that a notebook shows."""
        return verification_card(self)

    def as_json(self) -> dict[str, Any]:
        """JSON values with stable keys."""
        return {
            "outcome": self.outcome,
            "sound": self.is_sound,
            "rows": self.n_rows,
            "overlap": None if self.overlap is None else self.overlap.as_json(),
            "dropped": [list(one) for one in self.dropped],
            "notes": list(self.notes),
            "limits": [
                {
                    **one.as_json(),
                    "rows_needed": rows_to_settle(one),
                    "reading": one.reading.as_json(),
                    "how": self.how[one.limit.gauge],
                    "note": note_on(one),
                }
                for one in self.judged
            ],
            "problems": list(self.problems),
        }

    def __str__(self) -> str:
        rows = [told_line(one, self.how[one.limit.gauge]) for one in self.judged]
        return "\n".join(
            [
                headline(self),
                *(text_columns(rows) or (["  no limits"] if not self.problems else [])),
                *(f"  problem: {problem}" for problem in self.problems),
                *(f"  note: {note}" for note in self.notes),
            ]
        )

    __repr__ = __str__


def headline(found: Verification) -> str:
    """The outcome and its reason, on one line."""
    count, these = len(found.judged), f"these {found.n_rows:,} rows"
    broken, unproven = found.with_verdict(Verdict.BROKEN), found.with_verdict(Verdict.UNPROVEN)
    if found.outcome == "DAMAGED":
        return "DAMAGED: the file was altered, or contradicts itself"
    if found.is_seen:
        memory = "memory, not skill" if found.overlap.share > 0.5 else "memory as well as skill"  # type: ignore[union-attr]
        fresh = f"NOT FRESH: {found.overlap} of these rows were in the build; what follows measures {memory}"
        return fresh if found.outcome != "MISSED" else f"MISSED: a cost limit is broken. {fresh}"
    if found.outcome == "MISSED":
        verb = "is" if len(broken) == 1 else "are"
        return f"MISSED: {len(broken)} of {limits(count)} {verb} broken" + (f" on {these}" if found.n_rows else "")
    if found.outcome == "UNPROVEN":
        return f"UNPROVEN: {too_few(unproven, these)}"
    if not found.n_rows:
        verb = "is" if len(unproven) == 1 else "are"
        still = f"; {len(unproven)} of {limits(count)} {verb} UNPROVEN" if unproven else ""
        return f"SOUND: the file is whole, and its verdicts follow from its readings{still}"
    return f"SOUND: {limits(count)} {'holds' if count == 1 else 'hold'} on {these}"


def too_few(unproven: Sequence[Judged], these: str) -> str:
    """Why nothing can be said, and how many rows would be enough."""
    names = ", ".join(str(one.limit) for one in unproven)
    if all(is_cost(one.reading) for one in unproven):
        return f"measurements on this machine differ too much to say: {names}"
    needed = [rows_to_settle(one) or 0 for one in unproven if not is_cost(one.reading)]
    enough = f"; about {max(needed):,} would settle it" if all(needed) else ""
    return f"{these} are too few to say: {names}{enough}"


def limits(count: int) -> str:
    return f"{count} limit{'s' if count != 1 else ''}"


def told_line(one: Judged, how: str) -> list[str]:
    """The cells of a limit's line: gauge, reading, limit, verdict and where it comes from."""
    reading, note = one.reading, note_on(one)
    number = shown(reading) if reading.value == reading.value else "unknown"
    where = f"[{how}]" + (f"  {note}" if note else "")
    return [reading.gauge, number, shown_baseline(reading), str(one.limit), str(one.verdict), where]


def text_columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines in columns, without those that are empty; the last one may be as long as it likes."""
    rows = list(zip(*(column for column in zip(*rows) if any(column))))
    widths = [max(map(len, column)) for column in zip(*rows)]
    return ["  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]


def note_on(one: Judged) -> str:
    """What there is to say besides the verdict: where an unproven value lies, what settles it, what a constant does."""
    notes = list(one.reading.notes) if one.reading.value != one.reading.value else []
    if one.verdict is Verdict.UNPROVEN and not notes:
        side = "keeps" if one.limit.room(one.reading.value) >= 0 else "breaks"
        notes.append(f"the value {side} it, the interval reaches past")
        needed = rows_to_settle(one)
        notes += [f"about {needed:,} rows would settle it"] if needed else []
    if one.is_kept_by_constant:
        notes.append("the constant answer keeps it too")
    return "; ".join(notes)


def rows_to_settle(one: Judged) -> int | None:
    """For UNPROVEN: about how many rows in all would prove the limit kept, or broken, if the value stays.

    With a chance of 80 %; None for costs, of which rows say nothing.
    """
    if one.verdict is not Verdict.UNPROVEN:
        return None
    limit = one.limit
    turned = Limit(gauge=limit.gauge, must="<=" if limit.must == ">=" else ">=", bound=limit.bound, unit=limit.unit)
    return rows_needed(limit, one.reading) or rows_needed(turned, one.reading)


def is_cost(reading: Reading) -> bool:
    """Whether the reading says what the file costs, not how well it answers."""
    return reading.where is not None or reading.unit == "B"


def verification_card(found: Verification) -> str:
    """The card of a verification, in the words of its headline."""
    word, _, sentence = headline(found).partition(": ")
    ways = sorted({found.how[one.limit.gauge] for one in found.judged})
    lines = [
        limit_line(
            str(one.limit), one.reading, str(one.verdict), note_on(one),
            how=found.how[one.limit.gauge] if len(ways) > 1 else "",
        )
        for one in found.judged
    ]  # fmt: skip
    return Card(
        tone=TONES[found.outcome],
        badge=word,
        title=sentence,
        about=f"every limit {ways[0]}" if len(ways) == 1 else "",
        alerts=tuple(("what contradicts the file", problem) for problem in found.problems),
        columns=COLUMNS,
        lines=tuple(lines),
        said=tuple(("note", note) for note in found.notes),
    ).html()
