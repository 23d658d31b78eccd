"""What a learner is given."""

from dataclasses import replace

import numpy as np

from trivet.core.candidate import Work
from trivet.core.rows import Rows
from trivet.core.value import value
from trivet.runtime.part import Array

from .numbers import code_columns, numbers_of
from .out_of_fold import held_out, order_of_all
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
        """The fit rows with their labels, and the tune rows that are none of them."""
        parts = work.candidate.parts
        x, target = taught_by(work.data.fit, work, for_=for_)
        tune = None
        if reads_tune and len(rows := held_out(work.data)):
            tune = taught_by(rows, work, for_=for_)
        return cls(x=x, target=target, codes=code_columns(parts["reader"]), seed=seed, tune=tune)

    @classmethod
    def of_all(cls, work: Work, *, seed: int, for_: str) -> "Lesson":
        """Fit and tune rows with their labels, in the order of the source; none are left to stop on."""
        (x, target), tune = taught_by(work.data.fit, work, for_=for_), held_out(work.data)
        if len(tune):
            more, also = taught_by(tune, work, for_=for_)
            x, target = np.concatenate([x, more]), target.and_(also)
        codes = code_columns(work.candidate.parts["reader"])
        return cls(x=x, target=target, codes=codes, seed=seed).take(order_of_all(work.data))

    def with_target(self, target: Target, x: Array | None = None) -> "Lesson":
        """The same with another target, and other rows where some are given."""
        return Lesson(x=self.x if x is None else x, target=target, codes=self.codes, seed=self.seed, tune=self.tune)

    def take(self, which: Array) -> "Lesson":
        """The same on some of the rows."""
        return self.with_target(self.target.take(which), self.x[which])

    def without(self, which: Array, *, to_tune: bool = False) -> "Lesson":
        """The same without some of the rows (a mask); to_tune: which then are the tune rows."""
        rest = self.take(~which)
        return replace(rest, tune=(self.x[which], self.target.take(which))) if to_tune else rest


def taught_by(rows: Rows, work: Work, *, for_: str) -> tuple[Array, Target]:
    """(numbers, labels) of rows."""
    return numbers_of(rows, work.candidate.parts, for_=for_), Target.of(rows, work.candidate.task)
