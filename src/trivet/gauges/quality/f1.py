"""F1: twice the rows rightly answered with a class, of the rows that are of it plus those answered with it.

Two classes: of the second.  Several: the plain mean over the classes that occur in truth or answers.
Better: higher.  Interval: exact: F1 = 2 j / (1 + j), where j is the share of right rows among those that are of the
class or answered with it (Clopper-Pearson; with weights or units its extension by Gaffke); several classes are combined
by the distances to their ends, the low ones with the correlation of their errors, the high ones as if all erred
together, for scores of small classes are too low together.
Parameters: positive, a class: its score alone.
Source: Goutte and Gaussier 2005; Zou and Donner 2008 (combination).
"""

import math

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.task import Task
from trivet.core.value import value
from trivet.kit.stats.intervals import Estimate, correlation, mean_of_shares, share_estimate
from trivet.kit.stats.trials import (
    class_index,
    equal_or_given,
    expect_answers,
    expect_class,
    rows_of,
    units_of,
    weights_of,
)
from trivet.kit.stats.units import unit_sums
from trivet.runtime.part import Array


@value
class F1(Gauge):
    """0 to 1; 0 when the class neither occurs nor is answered."""

    least, most = 0.0, 1.0
    examples = ("f1(positive=yes)",)

    positive: str = ""

    def applies(self, sketch: Sketch) -> None:
        """Answers that choose a class."""
        expect_answers(sketch, "chosen", for_=self)
        expect_class(sketch, self.positive, for_=self)

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """Reads the answered classes, after decision weights."""
        truth, chosen = rows_of(trial, "chosen", for_=self)
        asked = self.classes_asked(trial.task, truth, chosen)
        weight, units = weights_of(trial), units_of(trial)
        plain = equal_or_given(weight, len(truth))
        scores = [class_score(truth == c, chosen == c, weight, sure, units) for c in asked]
        moves = np.array([unit_sums(score_influence(truth == c, chosen == c, plain), units) for c in asked])
        how = f"{scores[0].how} of right rows among the class's"
        estimate = (
            scores[0]
            if len(asked) == 1
            else mean_of_shares(scores, how + ", combined", np.maximum(correlation(moves), 0.0), least_above=1.0)
        )
        return estimate.reading(self, n=len(truth), sure=sure)

    def classes_asked(self, task: Task, truth: Array, chosen: Array) -> list[int]:
        """The classes whose scores are averaged."""
        if self.positive:
            return [class_index(task, self.positive, for_=self)]
        return [1] if len(task.classes) == 2 else np.union1d(truth, chosen).tolist()


def class_score(
    is_class: Array, said_class: Array, weight: Array | None, sure: float, units: Array | None = None
) -> Estimate:
    """F1 of one class; only rows that are of the class or answered with it count."""
    right = share_estimate(is_class & said_class, weight, sure, among=is_class | said_class, units=units)
    share = 0.0 if math.isnan(right.value) else right.value
    value, low, high = (2 * end / (1 + end) for end in (share, right.low, right.high))
    return Estimate(value=value, low=low, high=high, how=right.how)


def score_influence(is_class: Array, said_class: Array, weight: Array) -> Array:
    """(rows,) how each row moves the class's F1, up to a factor."""
    hits = (weight * (is_class & said_class)).tolist()
    touched = weight * is_class + weight * said_class
    score = 2 * math.fsum(hits) / max(math.fsum(touched.tolist()), 1e-300)
    return 2 * np.array(hits) - score * touched
