"""Accuracy: the share of rows whose answered class is the true one.

Better: higher.  Interval: Clopper-Pearson, exact; with weights Wilson on the effective number of rows.
Parameters: among, a role or an input column of words: the reading of its worst group, as `coverage` has it.
Source: Clopper and Pearson 1934; Wilson 1927; Kish 1965 (effective number).
"""

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.value import value
from trivet.kit.stats.groups import expect_groups, worst_group
from trivet.kit.stats.intervals import share_estimate
from trivet.kit.stats.trials import expect_answers, rows_of, weights_of


@value
class Accuracy(Gauge):
    """0 to 1; the share of the most frequent class is had for nothing."""

    least, most = 0.0, 1.0
    examples = ("accuracy(among=site)",)

    among: str = ""

    def applies(self, sketch: Sketch) -> None:
        """Answers that choose a class."""
        expect_answers(sketch, "chosen", for_=self)
        expect_groups(sketch, self.among, for_=self)

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """Reads the answered classes, after decision weights."""
        return worst_group(self, self.among, trial, sure, self.read)

    def read(self, trial: Trial, sure: float) -> Reading:
        """The reading of all rows of the trial."""
        truth, chosen = rows_of(trial, "chosen", for_=self)
        return share_estimate(chosen == truth, weights_of(trial), sure).reading(self, n=len(truth), sure=sure)
