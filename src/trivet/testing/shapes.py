"""Made laws of rows and answers, ordinary and hostile, on which a gauge's interval has to keep its word.

A shape draws trials of any size from one law: what is true of the law is what a gauge reads on very many of its rows.
Hostile are: positives ranked worst, flipped labels, heavy tails, gross outliers, groups that say nearly one thing, and
weights that are largest where the answers are worst.
"""

from collections.abc import Callable, Mapping

import numpy as np

from trivet.core.gauges import Trial, plain_trial
from trivet.core.rows import Rows
from trivet.core.task import Field
from trivet.runtime.batch import Answers
from trivet.runtime.part import Array

from .tasks import made_task

Rng = np.random.Generator
Shape = Callable[[Rng, int], Trial]

GROUP = 20  # rows of a group
TOGETHER = 0.5  # correlation of what two rows of a group say (ICC)
_FLOOR = 0.01  # of the probabilities, as a shipped file has one


def class_trial(truth: Array, probabilities: Array, **roles: Array) -> Trial:
    """A trial of these probabilities, the most probable class chosen, classes from 0.15 in the set."""
    classes = probabilities.shape[1]
    given = _FLOOR + (1 - classes * _FLOOR) * probabilities
    sets = (given >= 0.15) | (given == given.max(axis=1, keepdims=True))
    answers = Answers(probabilities=given, chosen=given.argmax(axis=1), sets=sets)
    task = made_task("classify", tuple("abcdefghij"[:classes]))
    return plain_trial(task, told_apart(truth, roles), answers)


def told_apart(truth: Array, roles: Mapping[str, Array]) -> Rows:
    """Rows with one input, which no two rows share: no twins."""
    number = np.arange(len(truth))
    fields = (Field(name="number", type="number"),)
    return Rows(fields=fields, columns={"number": number + 0.5}, words={}, truth=truth, ids=number, roles=roles)


def binary(truth: Array, score: Array, apart: float, positives: float, trust: float = 1.0, **roles: Array) -> Trial:
    """Two classes; calibrated where the scores of both are normal, `apart` from each other, and trust is 1."""
    odds = trust * (apart * score - apart**2 / 2 + np.log(positives / (1 - positives)))
    share = 1 / (1 + np.exp(-odds))
    return class_trial(truth, np.stack([1 - share, share], axis=1), **roles)


def normals(apart: float, positives: float, trust: float = 1.0) -> Shape:
    """Two classes with normal scores."""

    def draw(rng: Rng, rows: int) -> Trial:
        truth = (rng.random(rows) < positives).astype(int)
        return binary(truth, rng.normal(size=rows) + apart * truth, apart, positives, trust)

    return draw


def several(n_classes: int, apart: float) -> Shape:
    """Classes of unequal size, each with its own normal score."""
    share = np.arange(1, n_classes + 1) / np.arange(1, n_classes + 1).sum()

    def draw(rng: Rng, rows: int) -> Trial:
        truth = rng.choice(n_classes, rows, p=share)
        score = rng.normal(size=(rows, n_classes))
        score[np.arange(rows), truth] += apart
        odds = np.exp(apart * score) * share
        return class_trial(truth, odds / odds.sum(axis=1, keepdims=True))

    return draw


def ranked_worst(rng: Rng, rows: int) -> Trial:
    """5 % of the positives score below all other rows."""
    apart, truth = 2.5, (rng.random(rows) < 0.3).astype(int)
    score = rng.normal(size=rows) + apart * truth
    score[(truth == 1) & (rng.random(rows) < 0.05)] = -6.0
    return binary(truth, score, apart, 0.3)


def flipped(rng: Rng, rows: int) -> Trial:
    """1 % of the labels are wrong, and the answers are nearly faultless."""
    apart, truth = 4.0, (rng.random(rows) < 0.3).astype(int)
    score = rng.normal(size=rows) + apart * truth
    return binary(np.where(rng.random(rows) < 0.01, 1 - truth, truth), score, apart, 0.3)


def grouped(rng: Rng, rows: int) -> Trial:
    """Groups of 20 rows: two rows have one class more often than by chance, and their scores err together."""
    apart, group = 2.0, np.arange(rows) // GROUP
    own, shared = rng.random(rows) < 0.3, (rng.random(rows) < 0.3)[group]
    truth = np.where(rng.random(rows) < np.sqrt(TOGETHER), shared, own).astype(int)
    return binary(truth, together(rng, group) + apart * truth, apart, 0.3, group=group)


def together(rng: Rng, group: Array) -> Array:
    """(rows,) standard normal numbers, correlated within a group."""
    own, shared = rng.normal(size=(2, len(group)))
    return np.sqrt(TOGETHER) * shared[group] + np.sqrt(1 - TOGETHER) * own


def weighted(rng: Rng, rows: int) -> Trial:
    """Half of the rows are hard and weigh six times as much as the others."""
    hard, truth = rng.random(rows) < 0.5, (rng.random(rows) < 0.3).astype(int)
    score = rng.normal(size=rows) + np.where(hard, 1.0, 3.0) * truth
    weight = np.where(hard, 3.0, 0.5) * rng.lognormal(0, 0.3, rows)
    return binary(truth, score, 2.0, 0.3, weight=weight)


CLASS_SHAPES: Mapping[str, Shape] = {
    "weak": normals(1.0, 0.3),
    "good": normals(2.0, 0.5),
    "strong": normals(4.0, 0.3),
    "rare, 3 %": normals(2.5, 0.03),
    "overconfident": normals(1.5, 0.3, trust=2.0),
    "3 classes": several(3, 1.5),
    "10 classes": several(10, 2.5),
    "5 % ranked worst": ranked_worst,
    "1 % flipped": flipped,
    "groups": grouped,
    "weights": weighted,
}


def value_trial(error: Array, said: Array, half: Array, **roles: Array) -> Trial:
    """A trial of answers that are off by these errors, each with an interval of this half width."""
    answers = Answers(values=said, low=said - half, high=said + half)
    return plain_trial(made_task("regress"), told_apart(said + error, roles), answers)


def errors(draw_error: Callable[[Rng, int], Array]) -> Shape:
    """Answers with independent errors; the half widths follow the law of the sizes of errors."""

    def draw(rng: Rng, rows: int) -> Trial:
        return value_trial(draw_error(rng, rows), 2 * rng.normal(size=rows), np.abs(draw_error(rng, rows)) + 0.5)

    return draw


def gross(rng: Rng, rows: int) -> Array:
    """Normal errors, of which 1 % are twenty times too large."""
    return np.asarray(rng.normal(size=rows) * np.where(rng.random(rows) < 0.01, 20.0, 1.0))


def grouped_errors(rng: Rng, rows: int) -> Trial:
    """Groups of 20 rows whose errors, answers and widths are alike."""
    group = np.arange(rows) // GROUP
    return value_trial(together(rng, group), 2 * together(rng, group), np.abs(together(rng, group)) + 0.5, group=group)


def weighted_errors(rng: Rng, rows: int) -> Trial:
    """The larger the errors of a kind of row, the more it weighs."""
    spread = rng.uniform(0.3, 2.0, rows)
    return value_trial(spread * rng.normal(size=rows), 2 * rng.normal(size=rows), spread, weight=spread)


VALUE_SHAPES: Mapping[str, Shape] = {
    "normal": errors(lambda rng, rows: rng.normal(size=rows)),
    "bounded": errors(lambda rng, rows: rng.uniform(-2, 2, rows)),
    "skewed": errors(lambda rng, rows: rng.exponential(size=rows) - 1),
    "t3": errors(lambda rng, rows: rng.standard_t(3, rows)),
    "lognormal": errors(lambda rng, rows: rng.lognormal(0, 1, rows) - np.exp(0.5)),
    "1 % gross": errors(gross),
    "groups": grouped_errors,
    "weights": weighted_errors,
}

CLASS_GAUGES = (
    "accuracy", "balanced-accuracy", "f1", "auroc", "average-precision", "log-loss", "brier", "calibration-gap",
    "coverage", "worst-class-coverage", "set-size",
)  # fmt: skip
VALUE_GAUGES = ("mae", "rmse", "r2", "p90-error", "median-error", "interval-width", "coverage")
