"""What a notebook shows of a specialist: verdicts, baselines, findings, next steps; and the lines of any such card.

Whatever the file does not hold (an older one, or one under a tight size limit) is left out, never made up.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from trivet.core.card import TONES, Card, Cell, Line
from trivet.core.limits import Verdict
from trivet.core.reading import Reading, reading_from_json
from trivet.core.units import show_amount
from trivet.engine.outcome import interval_of, looked_in
from trivet.engine.question import question_of
from trivet.kit.stats.rows_needed import rows_needed_text

Json = Mapping[str, Any]

COLUMNS = ("verdict", "limit", "measured", "constant answer")
_MOST_WARNINGS = 5
_MOST_READINGS = 6  # shown of a build without limits
_NEXT = (
    "model.predict(rows)",
    "model.verify(fresh_rows)",
    'model.report("model.html")',
    'model.save("model.trivet")',
)


def specialist_card(manifest: Json, evidence: Json, *, size_bytes: int) -> str:
    """The card of a file, from what it says about itself."""
    outcome, size = outcome_in(evidence), show_amount(size_bytes, "B")
    columns, lines = verdict_lines(evidence) if evidence.get("verdicts") else reading_lines(manifest)
    broken = (("This file is BROKEN", "it does not keep what was asked; it was written all the same"),)
    return Card(
        tone=TONES.get(outcome, "plain") if evidence.get("verdicts") else "plain",  # no limits: nothing was proven
        badge=outcome,
        title=verdict_sentence(evidence) + alert_words(manifest),
        about=" · ".join(filter(None, [question_of(manifest.get("task", {})), looked_in(evidence), size])),
        alerts=(*(broken if outcome == Verdict.BROKEN else ()), *alerts(manifest)),
        warnings=warnings(manifest),
        columns=columns,
        lines=lines,
        said=tuple((label, str(text)) for label, text in (("why this one", evidence.get("why")),) if text),
        folded=(("rows, columns and origin", (*data_lines(manifest.get("data", {})), *origin_lines(evidence))),),
        steps=_NEXT,
    ).html()


def outcome_in(evidence: Json) -> str:
    """CERTIFIED, UNPROVEN or BROKEN, as the file says; one made by hand, which does not, has NO VERDICT."""
    return str(evidence.get("outcome", "NO VERDICT"))


def verdict_sentence(evidence: Json) -> str:
    """E.g. "3 limits hold, 1 is unproven"."""
    if "verdicts" not in evidence:
        return "the file says nothing about limits"
    return sentence_of([str(verdict.get("verdict")) for verdict in evidence["verdicts"]])


def sentence_of(verdicts: Sequence[str]) -> str:
    """The verdicts counted; the broken ones in capitals, as they must not be missed."""
    if not verdicts:
        return "no limits were set: nothing to prove"
    count = Counter(verdicts)
    n = count["HOLDS"]
    holds = f"{n} limit{'' if n == 1 else 's'} hold{'s' if n == 1 else ''}"
    rest = [
        f"{count[verdict]} {'is' if count[verdict] == 1 else 'are'} {word}"
        for verdict, word in (("BROKEN", "BROKEN"), ("UNPROVEN", "unproven"))
        if count[verdict]
    ]
    return ", ".join([holds, *rest])


def alert_words(manifest: Json) -> str:
    """What the sentence of verdicts adds when the data doctor found sure harm."""
    n = len(alerts(manifest))
    return f", but {n} alert{'' if n == 1 else 's'} about the data" if n else ""


def alerts(manifest: Json) -> tuple[tuple[str, str], ...]:
    """(finding, evidence) of each one that means sure harm and was not accepted."""
    found = {label(one): finding_text(one) for one in findings(manifest, "block")}
    names = manifest.get("alerts", tuple(found))
    return tuple((str(name), found.get(str(name), "")) for name in names)


def warnings(manifest: Json) -> tuple[tuple[str, str], ...]:
    """(finding, evidence) of probable harm; a long list ends in a count."""
    found = [(label(one), finding_text(one)) for one in findings(manifest, "warn")]
    more = len(found) - _MOST_WARNINGS
    rest = [(f"and {more} more", "the report has them all")] if more > 0 else []
    return (*found[:_MOST_WARNINGS], *rest)


def findings(manifest: Json, severity: str) -> list[Json]:
    every = manifest.get("doctor") or ()
    return [one for one in every if one.get("severity") == severity and not one.get("accepted")]


def label(finding: Json) -> str:
    """As a recipe names it: "missing-values(age)", or the code alone."""
    column = finding.get("column")
    return f"{finding.get('code')}({column})" if column else str(finding.get("code"))


def finding_text(finding: Json) -> str:
    return "; ".join(str(finding[key]) for key in ("evidence", "fix") if finding.get(key))


def verdict_lines(evidence: Json) -> tuple[tuple[str, ...], tuple[Line, ...]]:
    """(columns, rows) of the limits, each with the reading it was judged by, constant answer and verdict."""
    lines = []
    for verdict in evidence["verdicts"]:
        note = str(verdict.get("note", rows_needed_text(verdict.get("rows_needed"))))
        reading = reading_from_json({**_EMPTY, **verdict["reading"]}) if "reading" in verdict else None
        lines.append(limit_line(str(verdict.get("limit")), reading, str(verdict.get("verdict")), note))
    return COLUMNS, tuple(lines)


# What a reading in a file may lack without being unreadable.
_EMPTY: Json = {"value": None, "low": None, "high": None, "where": None, "notes": ()}


def limit_line(text: str, reading: Reading | None, verdict: str, note: str, how: str = "") -> Line:
    said = Cell(text=verdict, tone=TONES.get(verdict, "plain"))
    return Line(cells=(said, Cell(text=unbroken(text)), reading_cell(reading, how), baseline(reading)), note=note)


def unbroken(limit: str) -> str:
    """The limit with its bound kept on one line, where a phone breaks it."""
    return limit.replace(" = ", "\u00a0=\u00a0").replace("= ", "=\u00a0")


def reading_cell(reading: Reading | None, how: str = "") -> Cell:
    if reading is None:
        return Cell(text="not measured")
    small = "; ".join(part for part in (interval_of(reading), how) if part)
    return Cell(text=show_amount(reading.value, reading.unit), small=unbroken(small))


def baseline(reading: Reading | None) -> Cell:
    """What a constant answer reaches."""
    if reading is None or reading.baseline is None:
        return Cell(text="–")
    return Cell(text=show_amount(reading.baseline, reading.unit))


def reading_lines(manifest: Json) -> tuple[tuple[str, ...], tuple[Line, ...]]:
    """(columns, rows) of the first readings, for a build that was asked for nothing."""
    first = [reading_from_json({**_EMPTY, **one}) for one in manifest.get("readings", ())[:_MOST_READINGS]]
    lines = [Line(cells=(Cell(text=reading.gauge), reading_cell(reading), baseline(reading))) for reading in first]
    return ("gauge", "measured", "constant answer"), tuple(lines)


def data_lines(data: Json) -> tuple[str, ...]:
    """What was read and what was left out; older files tell counts and names alone."""
    lines = [f"{data['rows']:,} rows"] if isinstance(data.get("rows"), int) else []
    splits = [f"{name} {part.get('rows', '?')}" for name, part in data.get("splits", {}).items()]
    lines += [f"split: {', '.join(splits)}"] if splits else []
    if "notices" in data:
        return (*lines, *map(str, data["notices"]))
    dropped, left_out = data.get("dropped"), data.get("left_out")
    lines += [f"rows dropped: {dropped}"] if dropped else []
    return (*lines, *([f"columns left out: {', '.join(map(str, left_out))}"] if left_out else []))


def origin_lines(evidence: Json) -> tuple[str, ...]:
    return (f"made {evidence['made']}",) if evidence.get("made") else ()
