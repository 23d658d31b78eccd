"""Average precision: the mean precision at the rows of the asked class, best ranked first; macro for several classes.

Better: higher.  Interval: infinitesimal jackknife on the logit scale with Student's quantile; several classes: one
against the rest, averaged with the joint variance of all; units and unseen rows as for `auroc`.  Two classes: of the
second.
Parameters: positive, a class: it alone is ranked against the rest.
Source: Boyd, Eng and Page 2013 (logit scale); Efron 1982, chapter 6 (infinitesimal jackknife).
"""

from trivet.core.value import value
from trivet.kit.stats.ranking import precision_influence
from trivet.kit.stats.ranking_gauge import RankingGauge
from trivet.runtime.part import Array


@value
class AveragePrecision(RankingGauge):
    """The share of the asked class for chance, 1 for a faultless ranking."""

    examples = ("average-precision(positive=yes)",)
    again = 2  # a row ranked first that should be last lowers the precision of all behind it
    how = "infinitesimal jackknife, logit scale"

    def influence(self, scores: Array, is_class: Array, weight: Array, units: Array | None) -> tuple[float, Array]:
        """Tied rows share one threshold."""
        return precision_influence(scores, is_class, weight)
