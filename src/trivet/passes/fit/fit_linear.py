"""Fit a weighted sum: logistic regression for classes, ridge regression for values.

Helps: quality where effects add up, and size, latency and plain explanations.  Costs: quality where they do not.
Needs: scikit-learn, and a reader.  Source: Hastie, Tibshirani and Friedman 2009, sections 3.4.1 and 4.4.
"""

from collections.abc import Mapping
from typing import ClassVar

from trivet.core.candidate import Kinds, kinds
from trivet.core.passes import Range, Size
from trivet.core.task import Task
from trivet.core.value import value
from trivet.kit.learner import Learner, Place
from trivet.kit.lesson import Lesson
from trivet.kit.linear.lines import fit_line
from trivet.runtime.part import Part


@value
class FitLinear(Learner):
    """strength: of the L2 penalty, above 0; 1 is one row's worth of loss."""

    needs: ClassVar[tuple[str, ...]] = ("sklearn.linear_model",)
    helps: ClassVar[tuple[str, ...]] = ("quality", "size", "latency")
    pays_as: ClassVar[tuple[Place, ...]] = ("route", "member", "student")
    cost: ClassVar[float] = 0.2

    strength: float = 1.0

    def kinds(self, task: Task) -> Kinds:
        return kinds("chain", "expand", "affine")

    def learn(self, lesson: Lesson) -> Part:
        return fit_line(lesson.x, lesson.target, codes=lesson.codes, strength=self.strength)

    def ranges(self) -> Mapping[str, Range]:
        return {"strength": Range(low=1e-2, high=1e3, log=True)}

    def units(self, size: Size) -> float:
        return 0.01 + 6e-8 * size.rows * size.columns * size.scores  # 0.02 s for 30,000 x 14 (2026-11)
