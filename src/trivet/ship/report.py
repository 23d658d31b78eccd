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
from trivet.core.limits import Limit
from trivet.core.units import show_amount

from .plots import NARROW, WIDE, Plot
from .plots_answers import calibration_plot, residual_plot, roc_plot
from .plots_columns import importance_plot
from .plots_frontier import frontier_plot
from .question import words_of
from .report_findings import data_notes, findings_of
from .report_sections import class_tables, data_rows, environment_rows, lineage_rows, split_rows
from .report_verdicts import banner, coverage_sentence, reading_row, verdict_rows, verdict_sentence

Json = Mapping[str, Any]

_FORMULA = tuple("=+-@\t\r＝＋－＠")
_AMOUNT = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?( ?[%A-Za-zµ/]+)?")


def render(manifest: Json, evidence: Json, *, digest: str, size_bytes: int) -> str:
    """The page.  manifest, evidence: as in the file; whatever is absent is said to be absent.  digest: of the file."""
    jinja = need("jinja2", for_="the report")
    environment = jinja.Environment(
        autoescape=True, undefined=jinja.StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=no_formula
    )
    template = environment.from_string(text_of("report.html.jinja"))
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
    page_text: str = template.render(view, style=text_of("report.css"))
    return page_text


def text_of(name: str) -> str:
    return files("trivet.ship").joinpath(name).read_text(encoding="utf-8")


def page(manifest: Json, evidence: Json, digest: str, size_bytes: int) -> dict[str, Any]:
    """Everything that the template shows, as text, plots and rows of text."""
    task, data = manifest.get("task", {}), manifest.get("data", {})
    limits = tuple(Limit(**limit) for limit in manifest.get("limits", ()))
    exact, costs = list(manifest.get("readings", ())), list(evidence.get("readings", ()))
    main = str(manifest.get("search", {}).get("main", "quality"))
    verdicts = verdict_rows(limits, manifest.get("verdicts", ()), [*exact, *costs])
    return {
        "title": title(task),
        "sentence": verdict_sentence(verdicts),
        "banner": banner(manifest.get("outcome"), verdicts),
        "alerts": [str(alert) for alert in manifest.get("alerts", ())],
        "why": str(manifest.get("why") or ""),
        "verdicts": verdicts,
        "headline": [reading_row(reading) for reading in exact if reading["gauge"] == main],
        "findings": findings_of(manifest.get("doctor")),
        "data_notes": data_notes(data),
        **plots(manifest, limits, main, size_bytes),
        "classes": class_tables(manifest.get("tables", {})),
        "coverage": coverage_sentence(task, exact),
        "dropped": tuple(manifest.get("dropped_documents", ())),
        "exact": [reading_row(reading) for reading in exact],
        "costs": [reading_row(reading) for reading in costs],
        "lineage": lineage_rows(manifest.get("lineage", ())),
        "data": data_rows(data),
        "splits": split_rows(data.get("splits", {})),
        "inputs": [(str(name), str(kind)) for name, kind in task.get("inputs", ())],
        "environment": environment_rows(manifest.get("build", {}), manifest.get("search", {}), evidence),
        "libraries": sorted(manifest.get("build", {}).get("libraries", {}).items()),
        "recipe": manifest.get("recipe", ""),
        "digest": digest,
        "size": f"{show_amount(size_bytes, 'B')} ({size_bytes:,} bytes)",
    }


def title(task: Json) -> str:
    """E.g. "A model that classifies Churn"."""
    if "answer" not in task:
        return "A model"
    verb = words_of(task).get("verb", "answers")
    return f"A model that {verb} {task['answer'][0]}"


def plots(manifest: Json, limits: Sequence[Limit], main: str, size_bytes: int) -> dict[str, Plot | None]:
    """The plots by name; None where the file holds nothing to draw."""
    task, tables = manifest.get("task", {}), manifest.get("tables", {})
    classes, constant = [str(name) for name in task.get("classes", ())], manifest.get("constant") or {}
    baselines = {reading["gauge"]: reading.get("baseline") for reading in manifest.get("readings", ())}
    shares = constant.get("probabilities", ())
    about = f"“{classes[1]}”" if len(classes) == 2 else "the answer given"
    prior = (shares[1] if len(shares) == 2 else max(shares)) if shares else None
    alone = (NARROW,) if tables.get("roc") else (WIDE, NARROW)
    target = str(task.get("answer", ["value"])[0])
    return {
        "frontier": frontier_plot(
            manifest.get("frontier", ()), limits, main, size_bytes=size_bytes, baseline=baselines.get(main)
        ),
        "calibration": calibration_plot(tables.get("calibration", {}), about=about, prior=prior, shapes=alone),
        "roc": roc_plot(tables.get("roc", {}), classes),
        "residuals": residual_plot(tables.get("residuals", {}), about=target, baseline=tables.get("baseline", {})),
        "importance": importance_plot(manifest.get("importance", ()), main),
    }


def no_formula(text: Any) -> Any:
    """Text that a spreadsheet would run gets an apostrophe in front; numbers stay numbers."""
    if type(text) is not str or not text.lstrip().startswith(_FORMULA) or _AMOUNT.fullmatch(text):
        return text
    return "'" + text
