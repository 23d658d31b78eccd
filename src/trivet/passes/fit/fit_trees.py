"""Fit boosted trees: many small trees, each mending what the others left wrong.

Helps: quality on tables, more than any other learner here.  Costs: size and latency, which grow with every tree.
Needs: LightGBM, and a reader.  Source: Ke et al. 2017, LightGBM; Friedman 2001; Romano et al. 2019 for `coverage`.
"""

from collections.abc import Mapping
from typing import ClassVar

from trivet.core.candidate import Sketch, Work
from trivet.core.context import Context
from trivet.core.errors import Refused
from trivet.core.passes import Pass, Range, Size
from trivet.core.value import value
from trivet.kit.goal import Goal
from trivet.kit.numbers import expect_numbers, numbers_of, with_body
from trivet.kit.trees.boosting import grow_trees


@value
class FitTrees(Pass):
    """trees: rounds of boosting, each one tree per score.  leaves: per tree.  rate: step of each round.

    min_rows: in a leaf, at least.  smooth: L2 penalty on leaf values.  column_share: of columns per tree, in (0, 1].
    bins: per column, 2..255.  patience: rounds without gain on the tune rows before stopping; 0 never stops early.
    coverage: for values, above 0 also grows the two quantiles that hold this share of rows between them.
    """

    reads: ClassVar[tuple[str, ...]] = ("fit", "tune")
    needs: ClassVar[tuple[str, ...]] = ("lightgbm",)
    helps: ClassVar[tuple[str, ...]] = ("quality", "interval-width")
    costs: ClassVar[tuple[str, ...]] = ("size", "latency")

    trees: int = 150
    leaves: int = 15
    rate: float = 0.08
    min_rows: int = 20
    smooth: float = 1.0
    column_share: float = 0.6
    bins: int = 255
    patience: int = 30
    coverage: float = 0.0

    def check(self, sketch: Sketch) -> Sketch:
        if self.coverage > 0 and sketch.task.link != "identity":
            raise Refused(self.name, "coverage for a task with classes", do="leave coverage out; guard-sets gives sets")
        return expect_numbers(sketch, for_=self).with_kind(body="lightgbm")

    def run(self, work: Work, ctx: Context) -> Work:
        task, parts, data = work.candidate.task, work.candidate.parts, work.data
        x = numbers_of(data.fit, parts, for_=self.name)
        tune = None
        if self.patience > 0 and len(data.tune):
            tune = (numbers_of(data.tune, parts, for_=self.name), Goal.of(data.tune, task))
        body = grow_trees(
            x, Goal.of(data.fit, task),
            trees=self.trees, leaves=self.leaves, rate=self.rate, min_rows=self.min_rows, smooth=self.smooth,
            column_share=self.column_share, bins=self.bins, seed=ctx.seed, tune=tune, patience=self.patience,
            quantiles=((1 - self.coverage) / 2, (1 + self.coverage) / 2) if self.coverage > 0 else None,
        )  # fmt: skip
        return with_body(work, body)

    def ranges(self) -> Mapping[str, Range]:
        return {
            "trees": Range(low=20, high=600, log=True, whole=True),
            "leaves": Range(low=4, high=63, log=True, whole=True),
            "rate": Range(low=0.02, high=0.3, log=True),
            "min_rows": Range(low=5, high=100, log=True, whole=True),
            "smooth": Range(low=0.1, high=30, log=True),
            "column_share": Range(low=0.4, high=1),
        }

    def units(self, size: Size) -> float:
        boosters = 3 if self.coverage > 0 else size.scores
        # 0.26 s for 150 x 15 on 30,000 x 14, 0.76 s on 100,000 x 14 (2026-11)
        return 0.01 + boosters * self.trees * (3e-9 * size.rows * size.columns + 1e-5 * self.leaves)
