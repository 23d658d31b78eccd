"""How far apart the first and the last part of an order of rows are: by a classifier, and by the answer.

Source of the classifier two-sample test: Lopez-Paz and Oquab 2017, arXiv 1610.06545; the area under the ROC curve of
scores out of fold takes the place of the accuracy, with the variance of Mann and Whitney 1947.
"""

import math
from dataclasses import replace

import numpy as np

from trivet.core.folds import folds_of, position_by_content
from trivet.core.rows import Rows
from trivet.core.scores import area_under_roc
from trivet.core.task import Task
from trivet.core.value import value
from trivet.runtime.part import Array

from .out_of_fold import tree_matrix, tree_probabilities
from .ranks import rank_correlation

_MOST = 2_000  # rows of each part
_LEAST = 60
_FOLDS = 5
_FOLLOWS = 0.9  # a column that follows the order tells the parts apart by being the order
_CHANCE = 1e-3
_FAR, _SHIFT = 0.75, 0.15  # AUROC; share of a class, or a third of it in standard deviations of a number


@value
class Drift:
    """auroc: how well a row's inputs tell the last third from the first.  chance: its p-value.

    shift: how the answer moved, in words.  shift_size: in shares of a class, or thirds of standard deviations.
    shift_chance: its p-value, of one class times the classes.
    """

    auroc: float
    chance: float
    shift: str
    shift_size: float
    shift_chance: float

    @property
    def is_told(self) -> bool:
        """Whether it is more than chance."""
        return min(self.chance, self.shift_chance) < _CHANCE

    @property
    def is_far(self) -> bool:
        """Whether old rows say little about new ones."""
        inputs = self.chance < _CHANCE and self.auroc >= _FAR
        return inputs or (self.shift_chance < _CHANCE and self.shift_size >= _SHIFT)

    def __str__(self) -> str:
        inputs = f"the inputs tell the first third from the last with AUROC {self.auroc:.2f} ({chance(self.chance)})"
        return f"{inputs}; {self.shift} ({chance(self.shift_chance)})"


def drift(rows: Rows, task: Task, moments: Array) -> Drift | None:
    """Between the first third of the rows by `moments` (rows,) and the last; None for too few rows.

    At most 2,000 rows of each, chosen by content.  The same for any order of the rows.
    """
    low, high = np.quantile(moments, [1 / 3, 2 / 3])
    parts = [few(rows, np.flatnonzero(which)) for which in (moments <= low, moments > high)]
    if min(map(len, parts)) < _LEAST:
        return None
    chosen, is_late = np.concatenate(parts), np.repeat([0, 1], [len(part) for part in parts])
    some = rows.take(chosen)
    kept = tuple(f for f in some.fields if not follows(some.columns[f.name], moments[chosen]))
    auroc, p_value = inputs_apart(replace(some, fields=kept), is_late)
    shift, size, shift_chance = answers_apart(some, task, is_late == 1)
    return Drift(auroc=auroc, chance=p_value, shift=shift, shift_size=size, shift_chance=shift_chance)


def few(rows: Rows, which: Array) -> Array:
    """At most 2,000 of these rows, in an order that only content decides."""
    order = np.argsort(position_by_content(rows.take(which)), kind="stable")
    return which[np.random.Generator(np.random.PCG64(7)).permutation(order)[:_MOST]]


def follows(column: Array, moments: Array) -> bool:
    """Whether a column orders the rows as the moments do."""
    return column.ndim == 1 and abs(rank_correlation(column, moments)) > _FOLLOWS


def inputs_apart(rows: Rows, is_late: Array) -> tuple[float, float]:
    """(AUROC, one-sided p-value) of trees that tell late rows from early ones, out of fold."""
    folds = folds_of(rows, _FOLDS, 7, strata=is_late)
    scores = tree_probabilities(tree_matrix(rows), is_late, folds, 7)[:, 1]
    auroc, late = area_under_roc(scores, is_late == 1), int(is_late.sum())
    error = math.sqrt((len(is_late) + 1) / (12 * late * (len(is_late) - late)))
    return auroc, upper_tail((auroc - 0.5) / error)


def answers_apart(rows: Rows, task: Task, is_late: Array) -> tuple[str, float, float]:
    """(how the answer moved, how far, two-sided p-value); of classes that which moved most."""
    if rows.truth.ndim > 1:
        return "the answer is not compared", 0.0, 1.0
    early, late = rows.truth[~is_late].astype(float), rows.truth[is_late].astype(float)
    if not task.classes:
        size = (late.mean() - early.mean()) / (rows.truth.std() or 1.0)
        z = abs(late.mean() - early.mean()) / (math.sqrt(early.var() / len(early) + late.var() / len(late)) or 1.0)
        words = f"the mean answer went from {early.mean():.4g} to {late.mean():.4g}"
        return words, abs(float(size)) / 3, 2 * upper_tail(float(z))
    shares = np.array([[(part == at).mean() for part in (early, late)] for at in range(len(task.classes))])
    most = int(np.abs(shares[:, 1] - shares[:, 0]).argmax())
    before, after = map(float, shares[most])
    pooled = float((rows.truth == most).mean())
    z = abs(after - before) / (math.sqrt(pooled * (1 - pooled) * (1 / len(early) + 1 / len(late))) or 1.0)
    p_value = min(1.0, 2 * upper_tail(z) * len(task.classes))
    return f"the answer {task.classes[most]!r} went from {before:.0%} to {after:.0%}", abs(after - before), p_value


def upper_tail(z: float) -> float:
    """The chance of a standard normal number above z."""
    return 0.5 * math.erfc(z / math.sqrt(2))


def chance(p_value: float) -> str:
    """A p-value in words that do not pretend to more digits than it has."""
    return "p < 0.001" if p_value < 1e-3 else f"p = {p_value:.2g}"
