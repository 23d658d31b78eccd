"""What the answers on unseen rows look like: the small tables behind the plots of a report.

Everything here is a function of answers and truth, does not depend on the order of the rows, and is rounded to six
significant digits.  With weights, shares and counts are sums of weights; only `rows` counts rows.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from trivet.core.task import Task
from trivet.kit.stats.intervals import Estimate, share_estimate
from trivet.kit.stats.trials import equal_or_given
from trivet.runtime.batch import Answers
from trivet.runtime.part import Array

MOST_CLASSES, MOST_ROC_POINTS = 12, 60
_CALIBRATION_GROUPS, _RESIDUAL_GROUPS, _ROWS_IN_GROUP = 10, 20, 20
_BARS = 20
_SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)

Tables = dict[str, Any]


def answer_tables(
    task: Task, answers: Answers, truth: Array, weight: Array | None, constant: Mapping[str, Any]
) -> Tables:
    """The tables as JSON values, by name; empty without rows that count.

    truth: (rows,) class index or value.  weight: (rows,) or None.  constant: what a constant answer says, from other
    rows: {"probabilities": one per class} or {"mean", "median"}; may be empty, then nothing is told of it.
    Classes: calibration, confusion, per_class, with two classes roc.  Numbers: residuals.  Both: baseline.
    """
    counted = np.ones(len(truth), bool) if weight is None else weight > 0
    if not counted.any():
        return {}
    answers, truth = answers.take(counted), truth[counted]
    weight = None if weight is None else np.asarray(weight, np.float64)[counted]
    if "values" in answers:
        said = np.asarray(answers["values"], np.float64)
        return number_tables(said, np.asarray(truth, np.float64), weight, constant)
    if not {"probabilities", "chosen"} <= set(answers):
        return {}
    return class_tables(task.classes, answers["probabilities"], answers["chosen"], truth, weight, constant)


def class_tables(
    classes: Sequence[str],
    probabilities: Array,
    chosen: Array,
    truth: Array,
    weight: Array | None,
    constant: Mapping[str, Any],
) -> Tables:
    """probabilities: (rows, classes).  chosen, truth: (rows,) class index."""
    shown = most_mistaken(len(classes), chosen, truth, weight)
    tables: Tables = {
        "calibration": calibration(probabilities, truth, weight),
        "confusion": confusion(classes, shown, chosen, truth, weight),
        "per_class": [class_row(c, classes[c], chosen, truth, weight) for c in shown],
    }
    if len(classes) == 2:
        tables["roc"] = roc(probabilities[:, 1], chosen == 1, truth == 1, weight)
    if "probabilities" in constant:
        always = int(np.argmax(constant["probabilities"]))
        right = share_estimate(truth == always, weight, 0.95)
        tables["baseline"] = {"class": classes[always], "accuracy": six(right.value)}
    return tables


def number_tables(said: Array, truth: Array, weight: Array | None, constant: Mapping[str, Any]) -> Tables:
    """said, truth: (rows,) float64."""
    tables: Tables = {"residuals": residuals(said, truth - said, weight)}
    if "median" in constant:
        apart = quantiles(truth - constant["median"], weight)
        tables["baseline"] = {"value": six(constant["median"]), "quantiles": apart}
    return tables


def calibration(probabilities: Array, truth: Array, weight: Array | None) -> Tables:
    """Said and came-true shares per group of alike confidence: of class 1 of two, else of the class most likely.

    Intervals ("low", "high") stand there with weights only: otherwise they follow from share and count.
    """
    two = probabilities.shape[1] == 2
    said = (probabilities[:, 1] if two else probabilities.max(axis=1)).astype(np.float64)
    came = truth == 1 if two else truth == probabilities.argmax(axis=1)
    plain = equal_or_given(weight, len(truth))
    groups = groups_of_alike(said, _CALIBRATION_GROUPS)
    shares = [share_estimate(came, weight, 0.95, among=group) for group in groups]
    table: Tables = {
        "said": [six(mean(said[group], plain[group])) for group in groups],
        "came": [six(share.value) for share in shares],
        "count": [int(group.sum()) for group in groups],
    }
    if weight is not None:
        table |= {"low": [six(share.low) for share in shares], "high": [six(share.high) for share in shares]}
    return table


def groups_of_alike(said: Array, most: int) -> list[Array]:
    """Masks of at most `most` groups of about as many rows each, in rising order; equal numbers stay together."""
    ordered = np.sort(said)
    # Twice the middle rank of each number among all: whole, so that no rounding moves a border.
    middle = np.searchsorted(ordered, said, "left") + np.searchsorted(ordered, said, "right") - 1
    which = middle * most // (2 * len(said))
    return [which == group for group in np.unique(which)]


def most_mistaken(n_classes: int, chosen: Array, truth: Array, weight: Array | None) -> list[int]:
    """The classes that a table shows, in their own order: those most often missed or wrongly answered."""
    plain = equal_or_given(weight, len(truth)) * (chosen != truth)
    mistakes = np.bincount(truth, plain, n_classes) + np.bincount(chosen, plain, n_classes)
    return sorted(np.argsort(-mistakes, kind="stable")[:MOST_CLASSES].tolist())


def confusion(
    classes: Sequence[str], shown: Sequence[int], chosen: Array, truth: Array, weight: Array | None
) -> Tables:
    """Counts by truth (down) and answer (across); with more classes than shown, the last line and column sum the rest.

    others: how many classes "the rest" is.
    """
    place = np.full(len(classes), len(shown))
    place[list(shown)] = np.arange(len(shown))
    size = min(len(shown) + 1, len(classes))
    cells = np.bincount(place[truth] * size + place[chosen], equal_or_given(weight, len(truth)), size * size)
    counts = [[whole_or_six(cell) for cell in row] for row in cells.reshape(size, size).tolist()]
    return {"classes": [classes[c] for c in shown], "counts": counts, "others": len(classes) - len(shown)}


def class_row(at: int, name: str, chosen: Array, truth: Array, weight: Array | None) -> Tables:
    """Precision, recall with its interval, and F1 of one class; None where no row can tell."""
    precision = share_estimate(truth == at, weight, 0.95, among=chosen == at)
    recall = share_estimate(chosen == at, weight, 0.95, among=truth == at)
    plain = equal_or_given(weight, len(truth))
    total = plain[truth == at].sum() + plain[chosen == at].sum()
    both = plain[(truth == at) & (chosen == at)].sum()
    return {
        "class": name,
        "rows": int((truth == at).sum()),
        "precision": known(precision.value),
        "recall": known(recall.value),
        "recall_low": ends(recall)[0],
        "recall_high": ends(recall)[1],
        "f1": known(2 * both / total if total else math.nan),
    }


def roc(score: Array, answered: Array, positive: Array, weight: Array | None) -> Tables:
    """Points of the curve, and where the shipped decision stands on it; empty when one of the classes has no row.

    score: (rows,) probability of class 1.  answered, positive: (rows,) bool.
    """
    plain = equal_or_given(weight, len(score))
    hits, misses = plain * positive, plain * ~positive
    if not hits.sum() or not misses.sum():
        return {}
    # Rows of one score enter together; within a score the order of the rows must not change a sum's last digit.
    order = np.lexsort((plain, positive, -score.astype(np.float64)))
    last = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    tpr = np.append(0, np.cumsum(hits[order])[last] / hits.sum())
    fpr = np.append(0, np.cumsum(misses[order])[last] / misses.sum())
    kept = evenly_along(fpr + tpr, MOST_ROC_POINTS)
    return {
        "fpr": [six(x) for x in fpr[kept].tolist()],
        "tpr": [six(y) for y in tpr[kept].tolist()],
        "shipped": [six(misses[answered].sum() / misses.sum()), six(hits[answered].sum() / hits.sum())],
    }


def evenly_along(way: Array, most: int) -> Array:
    """Indices of at most `most` of the rising numbers `way`, spread over their range, both ends among them."""
    if len(way) <= most:
        return np.arange(len(way))
    wanted = np.linspace(way[0], way[-1], most)
    return np.unique(np.minimum(np.searchsorted(way, wanted, "left"), len(way) - 1))


def residuals(said: Array, apart: Array, weight: Array | None) -> Tables:
    """How far the truth lay from the answer, by groups of alike answers, and a histogram over all rows.

    apart: (rows,) truth - said.  The histogram spans the middle 98 %; "below" and "above" count the rest.
    """
    plain = equal_or_given(weight, len(said))
    groups = groups_of_alike(said, int(np.clip(len(said) // _ROWS_IN_GROUP, 1, _RESIDUAL_GROUPS)))
    low, high = (quantile(apart, weight, share) for share in (0.01, 0.99))
    inside = (apart >= low) & (apart <= high)
    bars = np.histogram(apart[inside], _BARS, (low, high), weights=plain[inside])[0]
    return {
        "said": [six(mean(said[group], plain[group])) for group in groups],
        "quantiles": [quantiles(apart[group], None if weight is None else weight[group]) for group in groups],
        "count": [int(group.sum()) for group in groups],
        "all": quantiles(apart, weight),
        "histogram": {
            "low": six(low),
            "high": six(high),
            "counts": [whole_or_six(bar) for bar in bars.tolist()],
            "below": whole_or_six(math.fsum(plain[apart < low].tolist())),
            "above": whole_or_six(math.fsum(plain[apart > high].tolist())),
        },
    }


def quantiles(numbers: Array, weight: Array | None) -> list[float]:
    """The 5, 25, 50, 75 and 95 % points."""
    return [six(quantile(numbers, weight, share)) for share in _SHARES]


def quantile(numbers: Array, weight: Array | None, share: float) -> float:
    """The smallest number that a `share` of the weight does not exceed."""
    order = np.lexsort((equal_or_given(weight, len(numbers)), numbers))
    reached = np.cumsum(equal_or_given(weight, len(numbers))[order])
    at = np.searchsorted(reached, share * reached[-1] * (1 - 1e-12), "left")
    return float(numbers[order][min(at, len(numbers) - 1)])


def mean(numbers: Array, weight: Array) -> float:
    """Exact sums, so that the order of the rows does not matter."""
    return math.fsum((numbers * weight).tolist()) / math.fsum(weight.tolist())


def ends(share: Estimate) -> tuple[float | None, float | None]:
    """The interval of a share; none where no row can tell."""
    return (six(share.low), six(share.high)) if math.isfinite(share.value) else (None, None)


def known(number: float) -> float | None:
    return six(number) if math.isfinite(number) else None


def whole_or_six(number: float) -> float:
    """Counts as whole numbers, sums of weights as they are."""
    return int(number) if number == int(number) else six(number)


def six(number: float) -> float:
    """Six significant digits: enough for a plot, and short in the file."""
    return float(f"{number:.6g}")
