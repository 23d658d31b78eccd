"""The first lines of a report: what was promised, what was measured, and what a constant answer would have had."""

from collections.abc import Mapping, Sequence
from typing import Any

from trivet.core.limits import Limit, Verdict
from trivet.core.units import show_amount
from trivet.core.value import value

from .question import words_of

Json = Mapping[str, Any]

WORDS = {"HOLDS": ("✓", "holds"), "UNPROVEN": ("?", "unproven"), "BROKEN": ("✗", "broken")}


@value
class VerdictRow:
    """One line of the table of verdicts.  word: also the name of its colour; "unknown" without a verdict."""

    limit: str
    reading: str
    baseline: str
    interval: str
    n: str
    symbol: str
    word: str
    note: str


def verdict_rows(limits: Sequence[Limit], verdicts: Sequence[Json], readings: Sequence[Json]) -> list[VerdictRow]:
    """One row per limit, in the order of the recipe; a limit without reading or verdict says so."""
    by_gauge = {reading["gauge"]: reading for reading in readings}
    by_limit = {verdict["limit"]: verdict for verdict in verdicts}
    return [verdict_row(limit, by_limit.get(str(limit), {}), by_gauge.get(limit.gauge)) for limit in limits]


def verdict_row(limit: Limit, verdict: Json, reading: Json | None) -> VerdictRow:
    symbol, word = WORDS.get(verdict.get("verdict", ""), ("–", "unknown"))
    number, interval, n = measured(reading) if reading else ("not measured", "", "")
    return VerdictRow(
        limit=str(limit),
        reading=number,
        baseline=baseline_of(reading or {}),
        interval=interval,
        n=n,
        symbol=symbol,
        word=word,
        note=note(verdict, limit, reading or {}, interval),
    )


def note(verdict: Json, limit: Limit, reading: Json, interval: str) -> str:
    """What an unproven limit needs, how sure the others are, and whether a constant answer would do."""
    said = []
    if verdict.get("verdict") == Verdict.UNPROVEN:
        rows = verdict.get("rows_needed")
        said.append(
            f"about {rows:,} certification rows would prove it" if rows else "more rows alone would not prove it"
        )
        if reading.get("value") is not None:
            said.append(f"the value itself {'keeps' if limit.room(reading['value']) >= 0 else 'breaks'} it")
    elif verdict.get("verdict") == Verdict.HOLDS and " to " in interval:
        said.append(f"at {limit.sure:.0%} confidence")
    if reading.get("baseline") is not None and limit.room(reading["baseline"]) >= 0:
        said.append("a constant answer keeps it, too")
    return "; ".join(said)


def verdict_sentence(rows: Sequence[VerdictRow]) -> str:
    """E.g. "3 limits hold, 1 is unproven"."""
    if not rows:
        return "No limits were set"
    counts = {word: sum(row.word == word for row in rows) for word in ("holds", "unproven", "broken", "unknown")}
    limits = "limit" if counts["holds"] == 1 else "limits"
    said = [f"{counts['holds']} {limits} {'holds' if counts['holds'] == 1 else 'hold'}"]
    for word in ("unproven", "broken", "unknown"):
        if counts[word]:
            said.append(f"{counts[word]} {'is' if counts[word] == 1 else 'are'} {word}")
    return ", ".join(said)


def banner(outcome: Any, rows: Sequence[VerdictRow]) -> str:
    """What a file that breaks its limits says of itself above everything else; empty for any other."""
    broken = [f"{row.limit} (measured {row.reading})" for row in rows if row.word == "broken"]
    if outcome != "BROKEN" and not broken:
        return ""
    named = f": {', '.join(broken)}" if broken else ""
    return (
        f"This file does not keep its limits{named}. It was written because the best effort was asked for, "
        "and is not certified: do not rely on it where the limits matter."
    )


def measured(reading: Json) -> tuple[str, str, str]:
    """(number, interval, count) as people read them."""
    unit, number = reading.get("unit", ""), reading.get("value")
    if number is None:
        return "not measured", "", ""
    low, high = reading.get("low"), reading.get("high")
    if low == high == number:
        return show_amount(number, unit), reading.get("how", "exact"), ""
    n = f"{reading['n']:,}" if reading.get("n") else ""
    ends = ["no bound" if end is None else show_amount(end, unit) for end in (low, high)]
    return show_amount(number, unit), " to ".join(ends), n


def baseline_of(reading: Json) -> str:
    """What the best constant answer reaches, or nothing where that has no meaning."""
    number = reading.get("baseline")
    return "" if number is None else show_amount(number, reading.get("unit", ""))


def reading_row(reading: Json) -> dict[str, str]:
    number, interval, n = measured(reading)
    notes = "; ".join([str(reading.get("how", "")), *map(str, reading.get("notes", ()))])
    row = {"gauge": reading["gauge"], "number": number, "interval": interval, "n": n, "how": notes}
    return {**row, "baseline": baseline_of(reading)}


def coverage_sentence(task: Json, exact: Sequence[Json]) -> str:
    """How often the model's sets or intervals hold the truth; empty when that was not measured."""
    found = {reading["gauge"]: measured(reading) for reading in exact}
    if "coverage" not in found:
        return ""
    number, interval, n = found["coverage"]
    words = words_of(task)
    what, width = words["guarded"] or "guard", words["width"]
    sentence = f"The {what} that the model gives hold the truth for a share of {number} ({interval}; {n} unseen rows)"
    return sentence + (f"; {width.replace('-', ' ')} {found[width][0]}." if width in found else ".")
