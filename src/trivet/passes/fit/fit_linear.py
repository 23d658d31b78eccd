"""Fit a weighted sum: logistic regression for classes, ridge regression for values.

Helps: quality where effects add up, and size, latency and plain explanations.  Costs: quality where they do not.
Needs: scikit-learn, and a reader.  Source: Hastie, Tibshirani and Friedman 2009, sections 3.4.1 and 4.4.
"""

from collections.abc import Mapping
from typing import ClassVar

from trivet.core.candidate import Sketch, Work, kinds
from trivet.core.context import Context
from trivet.core.passes import Pass, Range, Size
from trivet.core.value import value
from trivet.kit.goal import Goal
from trivet.kit.linear.lines import fit_line
from trivet.kit.numbers import code_columns, expect_numbers, numbers_of, with_body


@value
class FitLinear(Pass):
    """strength: of the L2 penalty, above 0; 1 is one row's worth of loss."""

    needs: ClassVar[tuple[str, ...]] = ("sklearn.linear_model",)
    helps: ClassVar[tuple[str, ...]] = ("quality", "size", "latency")

    strength: float = 1.0

    def check(self, sketch: Sketch) -> Sketch:
        return expect_numbers(sketch, for_=self).with_kind(body=kinds("chain", "expand", "sklearn-linear"))

    def run(self, work: Work, ctx: Context) -> Work:
        parts, rows = work.candidate.parts, work.data.fit
        goal = Goal.of(rows, work.candidate.task)
        x = numbers_of(rows, parts, for_=self.name)
        body = fit_line(x, goal, codes=code_columns(parts["reader"]), strength=self.strength)
        return with_body(work, body)

    def ranges(self) -> Mapping[str, Range]:
        return {"strength": Range(low=1e-2, high=1e3, log=True)}

    def units(self, size: Size) -> float:
        return 0.01 + 6e-8 * size.rows * size.columns * size.scores  # 0.02 s for 30,000 x 14 (2026-11)
