"""Answers that are probably wrong, by models that never saw them.

Source: confident learning (Northcutt et al. 2021, arXiv 1911.00068) as in cleanlab 2.9, on out-of-fold probabilities.
"""

from collections.abc import Iterator

import numpy as np

from trivet.core.extras import need
from trivet.data.doctor.check import DoctorCheck
from trivet.data.doctor.exam import Exam
from trivet.data.doctor.finding import Finding, shown
from trivet.data.doctor.out_of_fold import out_of_fold_probabilities, out_of_fold_values
from trivet.runtime.part import Array

_LEAST_ROWS = 100
_LEAST_OF_CLASS = 10
_SURE = 0.05  # the models give the label less than this
_MANY_SURE = 0.01
_TOO_MANY = 0.3  # who doubts a third of all labels does not know the task
_FAR = 8.0  # residuals in units of the usual residual at that predicted value
_SLICES = 10


class LabelErrors(DoctorCheck):
    """label-errors for classes, unlikely-answers for numbers."""

    when = "after-split"
    order = 40
    codes = ("label-errors", "unlikely-answers")

    def check(self, exam: Exam) -> Iterator[Finding]:
        # A column that gives the answer away would make every wrong label look right.
        exam = exam.without({f.column for f in exam.found if f.code == "leaking-column" and f.column is not None})
        if len(exam.sample) >= _LEAST_ROWS and exam.fields:
            yield from wrong_classes(exam) if exam.classifies else unlikely_values(exam)


def wrong_classes(exam: Exam) -> Iterator[Finding]:
    count = np.bincount(exam.sample.truth)
    rows = exam.sample.take(count[exam.sample.truth] >= _LEAST_OF_CLASS)
    if len(np.unique(rows.truth)) < 2:
        return
    classes, labels = np.unique(rows.truth, return_inverse=True)
    probabilities, model = out_of_fold_probabilities(rows, labels, seed=exam.seed)
    flagged, quality = label_issues(labels, probabilities)
    if not len(flagged):
        return
    given, likely = labels[flagged[0]], probabilities[flagged[0]].argmax()
    names = [exam.task.classes[c] for c in classes]
    sure = int((quality[flagged] < _SURE).sum())
    in_vault = int(np.isin(rows.ids[flagged], exam.parts[3].ids).sum())
    yield Finding(
        code="label-errors",
        severity="warn" if sure > _MANY_SURE * len(rows) and len(flagged) < _TOO_MANY * len(rows) else "note",
        evidence=f"{len(flagged)} rows ({len(flagged) / len(rows):.1%}) have a label that {model} doubt, out of fold "
        f"({exam.share_seen}); {sure} nearly surely, {in_vault} in the vault; first: row {rows.ids[flagged[0]]}, "
        f"labelled {names[given]}, likely {names[likely]} ({probabilities[flagged[0], likely]:.2f})",
        fix="let a person look at these rows, worst first; some are only hard. trivet changes no label",
        **shown(rows.ids[flagged]),
    )


def label_issues(labels: Array, probabilities: Array) -> tuple[Array, Array]:
    """The rows that confident learning flags, worst first, and the quality 0..1 of every label.

    labels: (rows,) int.  probabilities: (rows, classes), out of fold.
    """
    filters = need("cleanlab.filter", for_="the data doctor")
    scores = need("cleanlab.rank", for_="the data doctor").get_label_quality_scores(labels, probabilities)
    flagged = filters.find_label_issues(labels, probabilities, n_jobs=1)
    where = np.flatnonzero(flagged)
    return where[np.argsort(scores[where], kind="stable")], np.asarray(scores)


def unlikely_values(exam: Exam) -> Iterator[Finding]:
    rows = exam.sample
    predicted = out_of_fold_values(rows, seed=exam.seed)
    residual = rows.truth - predicted
    ratio = np.abs(residual) / usual_residual(predicted, residual)
    flagged = np.flatnonzero(ratio > _FAR)
    flagged = flagged[np.argsort(-ratio[flagged], kind="stable")]
    if len(flagged):
        worst = flagged[0]
        yield Finding(
            code="unlikely-answers",
            severity="note",
            evidence=f"{len(flagged)} rows have a {exam.task.answer.name} over {_FAR:g} times the usual error from "
            f"what boosted trees expect, out of fold ({exam.share_seen}); first: row {rows.ids[worst]}, "
            f"{rows.truth[worst]:g} given, {predicted[worst]:g} expected",
            fix="let a person look at these rows, worst first; trivet changes no answer",
            **shown(rows.ids[flagged]),
        )


def usual_residual(predicted: Array, residual: Array) -> Array:
    """(rows,) the robust standard deviation of residuals among rows of a similar predicted value, > 0."""
    edges = np.unique(np.quantile(predicted, np.arange(1, _SLICES) / _SLICES))
    part = np.searchsorted(edges, predicted)
    overall = 1.4826 * np.median(np.abs(residual)) or 1.0
    usual = np.full(len(edges) + 1, overall)
    for number in range(len(usual)):
        inside = np.abs(residual[part == number])
        if len(inside) >= 20:
            # Never far below the overall: a slice that is fitted exactly would flag every rounding.
            usual[number] = max(1.4826 * float(np.median(inside)), 0.25 * overall)
    return np.asarray(usual[part])
