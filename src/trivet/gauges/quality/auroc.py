"""Area under the ROC curve: how often a row of a class outranks a row of another one; macro for several classes.

Better: higher.  Interval: DeLong on the logit scale with Student's quantile; several classes: one against the rest,
averaged with the joint variance of all; what a unit's rows contribute is summed first, and Student's degrees of
freedom are the units of the rarest class less one.  The low end is at most (1 - u / 2) of the value (a little less for
few units), where u is the largest share of the rarest class that may have gone unseen: a heuristic.  A faultless
ranking: exact for disjoint pairs of that class.
Parameters: positive, a class: it alone is ranked against the rest.
Source: DeLong, DeLong and Clarke-Pearson 1988; Sun and Xu 2014 (sorting only); Obuchowski 1997 (units);
Qin and Hotilovac 2008 (logit).
"""

from trivet.core.value import value
from trivet.kit.stats.ranking import auroc_influence
from trivet.kit.stats.ranking_gauge import RankingGauge
from trivet.runtime.part import Array


@value
class Auroc(RankingGauge):
    """One half for chance, 1 for a faultless ranking."""

    examples = ("auroc(positive=yes)",)
    how = "DeLong, logit scale"

    def influence(self, scores: Array, is_class: Array, weight: Array, units: Array | None) -> tuple[float, Array]:
        """Ties count half."""
        return auroc_influence(scores, is_class, weight, units)
