"""The first lines of a report: what was promised, what was measured, and what a constant answer would have had."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from trivet.core.limits import Limit, Verdict, limits_of
from trivet.core.sections import FileFacts
from trivet.core.units import show_amount
from trivet.core.value import value
from trivet.engine.outcome import level_in_words, looked_in
from trivet.kit.stats.rows_needed import rows_needed_text

from .fragments.fragment import Fragment, dropped_of
from .fragments.main_gauge import main_gauge_of

Json = Mapping[str, Any]

WORDS = {"HOLDS": ("✓", "holds"), "UNPROVEN": ("?", "unproven"), "BROKEN": ("✗", "broken")}


class Verdicts(Fragment):
    """Every limit with its reading, beside what a constant answer reaches; why this candidate ships."""

    order = 10

    def make(self, file: FileFacts) -> dict[str, Any]:
        main = main_gauge_of(file.manifest)
        exact = file.manifest.get("readings", ())
        return {
            "verdicts": [asdict(row) for row in rows_of(file)],
            "headline": [reading_row(reading) for reading in exact if reading["gauge"] == main],
            "why": str(file.evidence.get("why") or ""),
            "looked": looked_in(file.evidence),
            "digest": file.digest,
            "size": f"{show_amount(file.size_bytes, 'B')} ({file.size_bytes:,} bytes)",
            "dropped": dropped_of(file.manifest),
        }


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


def rows_of(file: FileFacts) -> list[VerdictRow]:
    """One row per limit of the file."""
    return verdict_rows(limits_of(file.manifest), file.evidence.get("verdicts", ()))


def verdict_rows(limits: Sequence[Limit], verdicts: Sequence[Json]) -> list[VerdictRow]:
    """One row per limit, in the order of the recipe, with the reading it was judged by, if it was."""
    by_limit = {verdict["limit"]: verdict for verdict in verdicts}
    judged = [(limit, by_limit.get(str(limit), {})) for limit in limits]
    return [verdict_row(limit, verdict, verdict.get("reading")) for limit, verdict in judged]


def verdict_row(limit: Limit, verdict: Json, reading: Json | None) -> VerdictRow:
    symbol, word = WORDS.get(verdict.get("verdict", ""), ("–", "unknown"))
    sure = {**(reading or {}), **dict.fromkeys(CAVEATS.values(), False)}  # the note says what is not
    number, interval, n = reading_cells(sure) if reading else ("not measured", "", "")
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
    """What an unproven limit needs, at what level it was judged, and whether a constant answer would do."""
    said: list[str] = []
    caveats = [word for word, key in CAVEATS.items() if reading.get(key)]
    if verdict.get("verdict") == Verdict.UNPROVEN:
        needed = rows_needed_text(verdict.get("rows_needed")) or "more rows alone would not prove it"
        said += (reading.get("notes") or caveats) if caveats else [needed]
        if reading.get("value") is not None:
            said.append(f"the value itself {'keeps' if limit.room(reading['value']) >= 0 else 'breaks'} it")
    else:
        said += caveats
    if "confidence" in verdict and " to " in interval:
        said.append(level_in_words(verdict.get("build"), verdict["confidence"]))
    if reading.get("baseline") is not None and limit.room(reading["baseline"]) >= 0:
        said.append("a constant answer keeps it, too")
    return "; ".join(filter(None, said))


CAVEATS = {"approximate": "approximate", "machine was busy": "contended"}
"""What is said beside an interval, by the key of the reading that asks for it."""


def reading_cells(reading: Json) -> tuple[str, str, str]:
    """(number, interval, count) as people read them."""
    unit, number = reading.get("unit", ""), reading.get("value")
    if number is None:
        return "not measured", "", ""
    low, high = reading.get("low"), reading.get("high")
    if low == high == number:
        return show_amount(number, unit), reading.get("how", "exact"), ""
    n = f"{reading['n']:,}" if reading.get("n") else ""
    ends = ["no bound" if end is None else show_amount(end, unit) for end in (low, high)]
    words = [word for word, is_so in CAVEATS.items() if reading.get(is_so)]
    return show_amount(number, unit), ", ".join([" to ".join(ends), *words]), n


def baseline_of(reading: Json) -> str:
    """What the best constant answer reaches, or nothing where that has no meaning."""
    number = reading.get("baseline")
    return "" if number is None else show_amount(number, reading.get("unit", ""))


def reading_row(reading: Json) -> dict[str, str]:
    number, interval, n = reading_cells(reading)
    notes = "; ".join([str(reading.get("how", "")), *map(str, reading.get("notes", ()))])
    row = {"gauge": reading["gauge"], "number": number, "interval": interval, "n": n, "how": notes}
    return {**row, "baseline": baseline_of(reading)}
