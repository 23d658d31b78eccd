"""What gauges of a ranking share: which classes are ranked against the rest, and how their scores are averaged."""

import math
from typing import ClassVar

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.value import value
from trivet.runtime.part import Array

from .ranking import ranking_estimate
from .trials import equal_or_given, expect_answers, expect_class, rankings_asked, rows_of, units_of, weights_of
from .units import unit_sums, units_worth


@value
class RankingGauge(Gauge):
    """Base of the gauges that rank one class against the rest, or average that over all classes.

    positive: the class that is ranked; "" for the second of two, or all of several.  how: the interval, for readings.
    """

    least, most = 0.0, 1.0
    how: ClassVar[str]
    again: ClassVar[int] = 1  # how often the unit that counts most is counted once more

    positive: str = ""

    def applies(self, sketch: Sketch) -> None:
        """Answers with a probability for each class."""
        expect_answers(sketch, "probabilities", for_=self)
        expect_class(sketch, self.positive, for_=self)

    def influence(self, scores: Array, is_class: Array, weight: Array, units: Array | None) -> tuple[float, Array]:
        """(the score of one class, (rows,) how each row moves it)."""
        raise NotImplementedError

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """A class without rows is left out with a note."""
        truth, probabilities = rows_of(trial, "probabilities", for_=self)
        asked, kinds, notes = rankings_asked(truth, trial.task, self.positive, for_=self)
        weight, units = weights_of(trial), units_of(trial)
        plain = equal_or_given(weight, len(truth))
        scores, parts = zip(*(self.influence(probabilities[:, c], truth == c, plain, units) for c in asked))
        mean, moves = math.fsum(scores) / len(asked), np.sum(parts, axis=0) / len(asked)
        rarest = min(units_worth(part(weight, kind), part(units, kind), int(kind.sum())) for kind in kinds)
        return ranking_estimate(mean, unit_sums(moves, units), rarest, sure, how=self.how, again=self.again).reading(
            self, n=len(truth), sure=sure, notes=notes
        )


def part(array: Array | None, rows: Array) -> Array | None:
    """Some of the rows of an array, where there is one."""
    return None if array is None else array[rows]
