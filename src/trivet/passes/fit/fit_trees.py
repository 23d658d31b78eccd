"""Fit boosted trees: many small trees, each mending what the others left wrong.

Helps: quality on tables, more than any other learner here.  Costs: size and latency, which grow with every tree.
Needs: LightGBM, and a reader.  Source: Ke et al. 2017, LightGBM; Friedman 2001; Romano et al. 2019 for `coverage`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from trivet.core.candidate import Kinds, Sketch, kinds
from trivet.core.errors import Refused
from trivet.core.passes import Range, Size
from trivet.core.routes import Route
from trivet.core.task import Task
from trivet.core.value import value
from trivet.kit.learner import Learner, Place
from trivet.kit.lesson import Lesson
from trivet.kit.trees.boosting import grow_trees
from trivet.runtime.part import Part

ROUNDS_TO_STOP = 20  # times 1 / rate: about how many rounds there are before nothing is gained


@value
class FitTrees(Learner):
    """trees: rounds of boosting, each one tree per score.  leaves: per tree.  rate: step of each round.

    min_rows: in a leaf, at least.  smooth: L2 penalty on leaf values.  column_share: of columns per tree, in (0, 1].
    bins: per column, 2..255.  patience: rounds without gain on the tune rows before stopping; 0 never stops early.
    coverage: for values, above 0 also grows the two quantiles that hold this share of rows between them.
    """

    reads: ClassVar[tuple[str, ...]] = ("fit", "tune")
    needs: ClassVar[tuple[str, ...]] = ("lightgbm",)
    helps: ClassVar[tuple[str, ...]] = ("quality", "interval-width")
    costs: ClassVar[tuple[str, ...]] = ("size", "latency")
    pays_as: ClassVar[tuple[Place, ...]] = ("route", "member", "student")

    trees: int = 150
    leaves: int = 15
    rate: float = 0.08
    min_rows: int = 20
    smooth: float = 1.0
    column_share: float = 0.6
    bins: int = 255
    patience: int = 30
    coverage: float = 0.0

    @classmethod
    def offers(cls, task: Task, size: Size) -> tuple[Route, ...]:
        """Trees by themselves; for values also with quantiles, which make intervals that are wide where they must."""
        alone = super().offers(task, size)
        if task.link != "identity":
            return alone
        return (*alone, Route(name="quantile-trees", steps=(str(cls(coverage=0.9)),), vary=(cls.pass_name(),)))

    @classmethod
    def variants(cls) -> Mapping[str, "Learner"]:
        """Slow steps and many rounds, ended early, with leaves for much, some and little interplay of columns."""
        slow = cls(trees=2000, rate=0.04, patience=50)
        return {
            "slow": replace(slow, leaves=31),
            "wide": replace(slow, leaves=63, min_rows=5),
            "shallow": replace(slow, leaves=7),
        }

    @classmethod
    def as_student(cls, size: float) -> "FitTrees":
        return cls(trees=max(1, round(120 * size**0.5)), leaves=max(2, round(16 * size**0.5)), rate=0.1)

    def kinds(self, task: Task) -> Kinds:
        return kinds("trees")

    def check(self, sketch: Sketch) -> Sketch:
        if self.coverage > 0 and sketch.task.link != "identity":
            raise Refused(self.name, "coverage for a task with classes", do="leave coverage out; guard-sets gives sets")
        return super().check(sketch)

    def learn(self, lesson: Lesson) -> Part:
        return grow_trees(
            lesson.x, lesson.target,
            trees=self.trees, leaves=self.leaves, rate=self.rate, min_rows=self.min_rows, smooth=self.smooth,
            column_share=self.column_share, bins=self.bins, seed=lesson.seed, patience=self.patience,
            tune=lesson.tune if self.patience > 0 else None,
            quantiles=((1 - self.coverage) / 2, (1 + self.coverage) / 2) if self.coverage > 0 else None,
        )  # fmt: skip

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
        rounds = min(self.trees, ROUNDS_TO_STOP / self.rate) if self.patience > 0 else self.trees
        # 0.26 s for 150 x 15 on 30,000 x 14, 0.76 s on 100,000 x 14 (2026-11)
        return 0.01 + boosters * rounds * (3e-9 * size.rows * size.columns + 1e-5 * self.leaves)
