"""What a learner is given."""

from trivet.core.candidate import Work
from trivet.core.value import value
from trivet.runtime.part import Array

from .numbers import code_columns, numbers_of
from .target import Target


@value
class Lesson:
    """Numbers and what to make of them.

    x: (rows, d) float32, NaN = missing.  target: what to reproduce on them.  codes: columns of categories.
    tune: rows on which learners that can stop early do so, or None.  seed: below 2**31.
    """

    x: Array
    target: Target
    codes: tuple[int, ...] = ()
    seed: int = 0
    tune: tuple[Array, Target] | None = None

    @classmethod
    def of(cls, work: Work, *, seed: int, for_: str, reads_tune: bool = True) -> "Lesson":
        """The fit rows with their labels, and the tune rows."""
        task, parts, data = work.candidate.task, work.candidate.parts, work.data
        tune = None
        if reads_tune and len(data.tune):
            tune = (numbers_of(data.tune, parts, for_=for_), Target.of(data.tune, task))
        x, target = numbers_of(data.fit, parts, for_=for_), Target.of(data.fit, task)
        return cls(x=x, target=target, codes=code_columns(parts["reader"]), seed=seed, tune=tune)

    def with_target(self, target: Target, x: Array | None = None) -> "Lesson":
        """The same with another target, and other rows where some are given."""
        return Lesson(x=self.x if x is None else x, target=target, codes=self.codes, seed=self.seed, tune=self.tune)

    def take(self, which: Array) -> "Lesson":
        """The same on some of the rows."""
        return self.with_target(self.target.take(which), self.x[which])
