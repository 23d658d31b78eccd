"""Average precision: the mean precision at the rows of the asked class, best ranked first; macro for several classes.

Better: higher.  Interval: infinitesimal jackknife on the logit scale with Student's quantile; several classes: one
against the rest, averaged with the joint variance of all.  Two classes: of the second.
Parameters: positive, a class: it alone is ranked against the rest.
Source: Boyd, Eng and Page 2013 (logit scale); Efron 1982, chapter 6 (infinitesimal jackknife).
"""

import math

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.value import value
from trivet.kit.stats.ranking import precision_influence, ranking_estimate
from trivet.kit.stats.trials import equal_or_given, expect_answers, expect_class, rankings_asked, rows_of, weights_of


@value
class AveragePrecision(Gauge):
    """The share of the asked class for chance, 1 for a faultless ranking."""

    least, most = 0.0, 1.0
    examples = ("average-precision(positive=yes)",)

    positive: str = ""

    def applies(self, sketch: Sketch) -> None:
        """Answers with a probability for each class."""
        expect_answers(sketch, "probabilities", for_=self)
        expect_class(sketch, self.positive, for_=self)

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """Tied rows share one threshold; a class without rows is left out with a note."""
        truth, probabilities = rows_of(trial, "probabilities", for_=self)
        asked, rarest, notes = rankings_asked(truth, trial.task, self.positive, for_=self)
        weight = equal_or_given(weights_of(trial), len(truth))
        means, parts = zip(*(precision_influence(probabilities[:, c], truth == c, weight) for c in asked))
        estimate = ranking_estimate(
            math.fsum(means) / len(asked),
            np.sum(parts, axis=0) / len(asked),
            rarest,
            sure,
            how="infinitesimal jackknife, logit scale",
        )
        return estimate.reading(self, n=len(truth), sure=sure, notes=notes)
