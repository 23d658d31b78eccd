"""Whether what the model says comes true: calibration and ROC of classes, residuals of numbers, coverage of guards."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from trivet.core.sections import FileFacts
from trivet.engine.question import words_of

from .fragments.fragment import Fragment, dropped_of
from .plots.answers import calibration_plot, residual_plot, roc_plot
from .plots.pictures import NARROW, WIDE, Plot
from .verdicts import reading_cells

Json = Mapping[str, Any]


class Calibration(Fragment):
    """One plot or two, and how often the sets or intervals hold the truth."""

    title, order = "Does what it says come true?", 40

    def make(self, file: FileFacts) -> dict[str, Any]:
        task = file.manifest.get("task", {})
        found = plots(file.manifest, task, file.manifest.get("tables", {}))
        return {
            **{name: None if plot is None else asdict(plot) for name, plot in found.items()},
            "coverage": coverage_sentence(task, file.manifest.get("readings", ())),
            "dropped": dropped_of(file.manifest),
        }


def plots(manifest: Json, task: Json, tables: Json) -> dict[str, Plot | None]:
    """The plots by name; None where the file holds nothing to draw."""
    classes = [str(name) for name in task.get("details", {}).get("classes", ())]
    shares = (manifest.get("constant") or {}).get("probabilities", ())
    about = f"“{classes[1]}”" if len(classes) == 2 else "the answer given"
    prior = (shares[1] if len(shares) == 2 else max(shares)) if shares else None
    alone = (NARROW,) if tables.get("roc") else (WIDE, NARROW)
    target = str(task.get("answer", ["value"])[0])
    return {
        "calibration": calibration_plot(tables.get("calibration", {}), about=about, prior=prior, shapes=alone),
        "roc": roc_plot(tables.get("roc", {}), classes),
        "residuals": residual_plot(tables.get("residuals", {}), about=target, baseline=tables.get("baseline", {})),
    }


def coverage_sentence(task: Json, exact: Sequence[Json]) -> str:
    """How often the model's sets or intervals hold the truth; empty when that was not measured."""
    found = {reading["gauge"]: reading_cells(reading) for reading in exact}
    if "coverage" not in found:
        return ""
    number, interval, n = found["coverage"]
    words = words_of(task)
    what, width = words["guarded"] or "guard", words["width"]
    sentence = f"The {what} that the model gives hold the truth for a share of {number} ({interval}; {n} unseen rows)"
    return sentence + (f"; {width.replace('-', ' ')} {found[width][0]}." if width in found else ".")
