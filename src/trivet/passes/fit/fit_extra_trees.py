"""Fit extremely randomised trees: many deep trees with cuts drawn at random, averaged.

Helps: quality where neighbours are alike and boosting leaves something, alone and above all in a vote.
Costs: megabytes, as leaves hold few rows, and latency.  Needs: scikit-learn, and a reader.
Source: Geurts, Ernst and Wehenkel 2006, "Extremely randomized trees", Machine Learning 63.
"""

from collections.abc import Mapping
from typing import ClassVar

from trivet.core.candidate import Kinds, kinds
from trivet.core.passes import Range, Size
from trivet.core.task import Task
from trivet.core.value import value
from trivet.kit.learner import Learner, Place
from trivet.kit.lesson import Lesson
from trivet.kit.trees.extra_trees import grow_extra_trees
from trivet.runtime.part import Part


@value
class FitExtraTrees(Learner):
    """trees: to average, one per score each.  min_rows: in a leaf, at least.  column_share: looked at per split."""

    needs: ClassVar[tuple[str, ...]] = ("sklearn.ensemble",)
    helps: ClassVar[tuple[str, ...]] = ("quality",)
    costs: ClassVar[tuple[str, ...]] = ("size", "latency")
    pays_as: ClassVar[tuple[Place, ...]] = ("route",)
    cost: ClassVar[float] = 3.0

    trees: int = 100
    min_rows: int = 1
    column_share: float = 0.5

    def kinds(self, task: Task) -> Kinds:
        return kinds("trees")

    def learn(self, lesson: Lesson) -> Part:
        return grow_extra_trees(
            lesson.x, lesson.target,
            trees=self.trees, min_rows=self.min_rows, column_share=self.column_share, seed=lesson.seed,
        )  # fmt: skip

    def ranges(self) -> Mapping[str, Range]:
        return {
            "trees": Range(low=30, high=300, log=True, whole=True),
            "min_rows": Range(low=1, high=20, log=True, whole=True),
            "column_share": Range(low=0.1, high=1),
        }

    def units(self, size: Size) -> float:
        return 0.05 + self.trees * size.rows * (3e-7 * size.columns * self.column_share + 4e-6)
