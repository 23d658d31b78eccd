"""The report of a specialist: one page of HTML that needs nothing else, made from the file alone.

The page loads nothing, runs nothing, and says so to the browser (Content-Security-Policy).  Everything that came from
data is text: it is escaped, and cannot become a formula when the page is pasted into a spreadsheet.
"""

import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from trivet.core.errors import BadFile
from trivet.core.extras import need
from trivet.core.limits import Limit, Verdict
from trivet.core.units import show_amount, show_duration
from trivet.core.value import value

from .plots import Plot, calibration_plot, frontier_plot, importance_plot

Json = Mapping[str, Any]

WORDS = {"HOLDS": ("✓", "holds"), "UNPROVEN": ("?", "unproven"), "BROKEN": ("✗", "broken")}
_FORMULA = tuple("=+-@\t\r＝＋－＠")
_AMOUNT = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?( ?[%A-Za-zµ/]+)?")


@value
class VerdictRow:
    """One line of the table of verdicts.  word: also the name of its colour; "unknown" without a verdict."""

    limit: str
    reading: str
    interval: str
    n: str
    symbol: str
    word: str
    note: str


def render(manifest: Json, evidence: Json, *, digest: str, size_bytes: int) -> str:
    """The page.  manifest, evidence: as in the file; whatever is absent is said to be absent.  digest: of the file."""
    jinja = need("jinja2", for_="the report")
    environment = jinja.Environment(
        autoescape=True, undefined=jinja.StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=no_formula
    )
    template = environment.from_string(files("trivet.ship").joinpath("report.html.jinja").read_text(encoding="utf-8"))
    try:
        view = page(manifest, evidence, digest, size_bytes)
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
        # Sound bytes, but not the shapes that trivet writes: somebody else made this file.
        raise BadFile(
            "report-manifest",
            wanted="a manifest with the fields that trivet writes",
            found=f"{type(error).__name__}: {error}",
            do="build the file again with `trivet compile`",
        ) from error
    page_text: str = template.render(view)
    return page_text


def page(manifest: Json, evidence: Json, digest: str, size_bytes: int) -> dict[str, Any]:
    """Everything that the template shows, as text, plots and rows of text."""
    task = manifest.get("task", {})
    limits = tuple(Limit(**limit) for limit in manifest.get("limits", ()))
    exact, costs = list(manifest.get("readings", ())), list(evidence.get("readings", ()))
    main = main_gauge(limits, manifest.get("frontier", ()), exact)
    verdicts = verdict_rows(limits, manifest.get("verdicts", ()), [*exact, *costs])
    return {
        "title": title(task),
        "sentence": verdict_sentence(verdicts),
        "verdicts": verdicts,
        "frontier": frontier_plot(manifest.get("frontier", ()), limits, main),
        "calibration": calibration(manifest, task),
        "coverage": coverage_sentence(task, exact),
        "importance": importance_plot(manifest.get("importance", ()), main),
        "dropped": tuple(manifest.get("dropped_documents", ())),
        "exact": [reading_row(reading) for reading in exact],
        "costs": [reading_row(reading) for reading in costs],
        "doctor": doctor_rows(manifest.get("doctor")),
        "lineage": lineage_rows(manifest.get("lineage", ())),
        "data": data_rows(manifest.get("data", {})),
        "splits": split_rows(manifest.get("data", {}).get("splits", {})),
        "inputs": [(str(name), str(kind)) for name, kind in task.get("inputs", ())],
        "environment": environment_rows(manifest.get("build", {}), evidence),
        "libraries": sorted(manifest.get("build", {}).get("libraries", {}).items()),
        "recipe": manifest.get("recipe", ""),
        "digest": digest,
        "size": f"{show_amount(size_bytes, 'B')} ({size_bytes:,} bytes)",
    }


def title(task: Json) -> str:
    """E.g. "A model that classifies Churn"."""
    if "answer" not in task:
        return "A model"
    verb = {"classify": "classifies", "regress": "predicts"}.get(task.get("goal", ""), "answers")
    return f"A model that {verb} {task['answer'][0]}"


def main_gauge(limits: Sequence[Limit], frontier: Sequence[Json], exact: Sequence[Json]) -> str:
    """The gauge that candidates are compared by: the first limited one they were all measured with."""
    measured = [*frontier[0].get("readings", {})] if frontier else [reading["gauge"] for reading in exact]
    limited = [limit.gauge for limit in limits if limit.gauge in measured]
    return next(iter([*limited, *measured]), "quality")


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
        interval=interval,
        n=n,
        symbol=symbol,
        word=word,
        note=note(verdict, limit, interval),
    )


def note(verdict: Json, limit: Limit, interval: str) -> str:
    """What an unproven limit needs, and how sure the others are."""
    if verdict.get("verdict") == Verdict.UNPROVEN:
        rows = verdict.get("rows_needed")
        return f"about {rows:,} certification rows would prove it" if rows else "more rows alone would not prove it"
    is_sure = verdict.get("verdict") == Verdict.HOLDS and " to " in interval
    return f"at {limit.sure:.0%} confidence" if is_sure else ""


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


def reading_row(reading: Json) -> dict[str, str]:
    number, interval, n = measured(reading)
    notes = "; ".join([str(reading.get("how", "")), *map(str, reading.get("notes", ()))])
    return {"gauge": reading["gauge"], "number": number, "interval": interval, "n": n, "how": notes}


def calibration(manifest: Json, task: Json) -> Plot | None:
    goal, classes = task.get("goal", "classify"), task.get("classes", ())
    if goal == "regress":
        about = str(task.get("answer", ["value"])[0])
    else:
        about = f"“{classes[1]}”" if len(classes) == 2 else "the answer given"
    return calibration_plot(manifest.get("calibration", {}), goal=goal, about=about)


def coverage_sentence(task: Json, exact: Sequence[Json]) -> str:
    """How often the model's sets or intervals hold the truth; empty when that was not measured."""
    found = {reading["gauge"]: measured(reading) for reading in exact}
    if "coverage" not in found:
        return ""
    number, interval, n = found["coverage"]
    what, width = ("intervals", "interval-width") if task.get("goal") == "regress" else ("sets of classes", "set-size")
    sentence = f"The {what} that the model gives hold the truth for a share of {number} ({interval}; {n} unseen rows)"
    return sentence + (f"; {width.replace('-', ' ')} {found[width][0]}." if width in found else ".")


def doctor_rows(findings: Sequence[Json] | None) -> list[tuple[str, ...]] | None:
    """(code, severity, column, evidence, fix) of each finding; None when the doctor was not asked."""
    if findings is None:
        return None
    fields = ("code", "severity", "column", "evidence", "fix")
    return [tuple(str(finding.get(name) or "") for name in fields) for finding in findings]


def lineage_rows(lineage: Sequence[Json]) -> list[dict[str, Any]]:
    """Each step with what it changed: the reading after it, and the difference to the reading before."""
    rows: list[dict[str, Any]] = []
    before: dict[str, float] = {}
    for step in lineage:
        after = step.get("readings", {})
        changes = [change(gauge, before.get(gauge), number) for gauge, number in after.items()]
        rows.append({"step": step.get("step", ""), "changes": changes, "notes": list(step.get("notes", ()))})
        before = {**before, **after}
    return rows


def change(gauge: str, before: float | None, after: float) -> str:
    if before is None:
        return f"{gauge} {after:.4g}"
    moved = after - before
    return f"{gauge} {after:.4g} (unchanged)" if not moved else f"{gauge} {after:.4g} ({moved:+.2g})"


def data_rows(data: Json) -> list[tuple[str, str]]:
    names = {"source": "source", "rows": "rows read", "dropped": "rows dropped", "left_out": "columns left out"}
    return [(word, in_words(data[name])) for name, word in names.items() if name in data]


def split_rows(splits: Json) -> list[tuple[str, str, str, str]]:
    """(name, use, rows, digest) in the order in which a build uses them."""
    uses = {
        "fit": "passes learn on these",
        "tune": "passes calibrate and stop early on these",
        "choose": "the search compares candidates on these",
        "vault": "the verdicts: no step of the search saw these",
    }
    order = [*(name for name in uses if name in splits), *(name for name in sorted(splits) if name not in uses)]
    return [(n, uses.get(n, ""), in_words(splits[n].get("rows", "")), str(splits[n].get("digest", ""))) for n in order]


def environment_rows(build: Json, evidence: Json) -> list[tuple[str, str]]:
    machine = evidence.get("machine") or {}
    seconds = evidence.get("seconds")
    rows = {
        "made": evidence.get("made"),
        "build time": None if seconds is None else show_duration(seconds),
        "machine of the cost readings": ", ".join(f"{name} {machine[name]}" for name in sorted(machine)) or None,
        "seed": build.get("seed"),
        "work units": build.get("units"),
        "candidates tried": build.get("candidates", build.get("trials")),
    }
    return [(name, "not recorded" if fact is None else in_words(fact)) for name, fact in rows.items()]


def in_words(fact: Any) -> str:
    """A number with separators, a list with commas, "none" for an empty one."""
    if isinstance(fact, bool) or not isinstance(fact, (int, float, list, tuple)):
        return str(fact)
    if isinstance(fact, (list, tuple)):
        return ", ".join(map(str, fact)) or "none"
    return f"{fact:,}"


def no_formula(text: Any) -> Any:
    """Text that a spreadsheet would run gets an apostrophe in front; numbers stay numbers."""
    if type(text) is not str or not text.lstrip().startswith(_FORMULA) or _AMOUNT.fullmatch(text):
        return text
    return "'" + text
