"""Area under the ROC curve: how often a row of a class outranks a row of another one; macro for several classes.

Better: higher.  Interval: DeLong on the logit scale with Student's quantile; several classes: one against the rest,
averaged with the joint variance of all; a faultless ranking: exact for disjoint pairs of the rarest class.
Parameters: positive, a class: it alone is ranked against the rest.
Source: DeLong, DeLong and Clarke-Pearson 1988; Sun and Xu 2014 (sorting only); Qin and Hotilovac 2008 (logit).
"""

import math

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.value import value
from trivet.kit.stats.ranking import auroc_influence, ranking_estimate
from trivet.kit.stats.trials import equal_or_given, expect_answers, expect_class, rankings_asked, rows_of, weights_of


@value
class Auroc(Gauge):
    """One half for chance, 1 for a faultless ranking."""

    least, most = 0.0, 1.0
    examples = ("auroc(positive=yes)",)

    positive: str = ""

    def applies(self, sketch: Sketch) -> None:
        """Answers with a probability for each class."""
        expect_answers(sketch, "probabilities", for_=self)
        expect_class(sketch, self.positive, for_=self)

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """Ties count half; a class without rows is left out with a note."""
        truth, probabilities = rows_of(trial, "probabilities", for_=self)
        asked, rarest, notes = rankings_asked(truth, trial.task, self.positive, for_=self)
        weight = equal_or_given(weights_of(trial), len(truth))
        areas, parts = zip(*(auroc_influence(probabilities[:, c], truth == c, weight) for c in asked))
        estimate = ranking_estimate(
            math.fsum(areas) / len(asked),
            np.sum(parts, axis=0) / len(asked),
            rarest,
            sure,
            how="DeLong, logit scale",
        )
        return estimate.reading(self, n=len(truth), sure=sure, notes=notes)
