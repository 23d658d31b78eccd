"""Guard answers with sets of classes that hold the true one with a stated probability.

Helps: coverage, which it makes provable.  Costs: nothing in accuracy; unsure rows get more than one class.
Needs: tune rows, 1/(1 - coverage) - 1 of them at least.
Source: Sadinle, Lei and Wasserman 2019 (least ambiguous sets); Vovk et al. 2005, section 4.5 (one floor per class).
"""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from trivet.core.candidate import Sketch, Work
from trivet.core.context import Context
from trivet.core.limits import Limit
from trivet.core.passes import Size
from trivet.core.value import value
from trivet.kit.conformal.floors import class_floors, least_rows, pooled_floor
from trivet.kit.conformal.guard import ConformalGuard
from trivet.kit.conformal.set_floors import SLACK
from trivet.kit.scores import stated_probabilities
from trivet.runtime.part import Part


@value
class GuardSets(ConformalGuard):
    """coverage: share of rows whose set shall hold the true class, in (0, 1).

    margin: standard deviations to aim above what the judge must see to find its whole interval above; 0 = textbook.
    per_class: cover each class by itself; a class with too few tune rows gets the floor of all.
    """

    # With answers that are withheld come sets: what a row without an answer may be.
    serves: ClassVar[tuple[str, ...]] = ("coverage", "worst-class-coverage", "set-size", "accuracy-when-answered")
    controls: ClassVar[tuple[str, ...]] = ("coverage",)
    helps: ClassVar[tuple[str, ...]] = ("coverage", "worst-class-coverage", "set-size")

    per_class: bool = True

    @classmethod
    def for_limits(cls, limits: Sequence[Limit]) -> "GuardSets":
        """Covers as much as the highest limit asks; per class only when the worst class is limited."""
        gauges = ("coverage", "worst-class-coverage")
        served = [limit for limit in limits if limit.must == ">=" and limit.base in gauges]
        per_class = any(limit.base == "worst-class-coverage" for limit in served)
        return cls(coverage=cls.highest_coverage(served), per_class=per_class)

    def check(self, sketch: Sketch) -> Sketch:
        self.expect_promise()
        sketch.expect(link=("sigmoid", "softmax"), has=("reader", "body"), for_=self)
        return sketch.with_kind(guard="conformal-set")

    def run(self, work: Work, ctx: Context) -> Work:
        rows = work.data.tune.at_least(least_rows(self.coverage), for_=self.name)
        probabilities = stated_probabilities(work.candidate, rows)
        if self.per_class:
            floor = class_floors(probabilities, rows.truth, self.coverage, self.margin, rows.weight)
        else:
            true = probabilities[np.arange(len(rows)), rows.truth]
            one = pooled_floor(true, self.coverage, self.margin, rows.weight)
            floor = np.full(probabilities.shape[1], one)
        floor = np.maximum(floor - SLACK, 0)
        ctx.say.note(f"sets hold {(probabilities >= floor).sum(axis=1).mean():.2f} classes on average of the tune rows")
        guard = Part(
            kind="conformal-set", config={"coverage": self.coverage}, arrays={"floor": floor.astype(np.float32)}
        )
        return work.with_(guard=guard)

    def units(self, size: Size) -> float:
        return 0.01 + 1e-7 * size.rows * (size.columns + size.scores)  # 0.03 s on 12,500 x 14 (2026-11)
