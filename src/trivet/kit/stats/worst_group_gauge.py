"""What gauges with the parameter `among` share: the reading of all rows, or that of the worst of some groups."""

from typing import ClassVar

from trivet.core.candidate import Sketch
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.value import value

from .groups import expect_groups, worst_group
from .trials import expect_answers


@value
class WorstGroupGauge(Gauge):
    """Base of the gauges that can be asked for their worst group.

    among: a role or an input column of words; "" reads all rows together.  answers: what it reads of a model's.
    """

    answers: ClassVar[tuple[str, ...]]

    among: str = ""

    def applies(self, sketch: Sketch) -> None:
        """Answers that it can read, and rows that can be told apart."""
        expect_answers(sketch, *self.answers_of(sketch), for_=self)
        expect_groups(sketch, self.among, for_=self)

    def answers_of(self, sketch: Sketch) -> tuple[str, ...]:
        """The answers that it reads, where that depends on the task."""
        return self.answers

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        """The reading of all rows, or of the worst group with an interval over all groups."""
        return worst_group(self, self.among, trial, sure, self.read)

    def read(self, trial: Trial, sure: float) -> Reading:
        """The reading of the rows of a trial, whatever groups they are in."""
        raise NotImplementedError
