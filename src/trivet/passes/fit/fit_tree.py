"""Fit one decision tree: a handful of questions, each answered by yes or no, that fit on a page.

Helps: trust, since a reader can follow it by hand, and size and latency.  Costs: quality; one tree sees few columns.
Needs: scikit-learn, and a reader.  Source: Breiman, Friedman, Olshen and Stone 1984.
"""

from collections.abc import Mapping
from typing import ClassVar

from trivet.core.candidate import Kinds, kinds
from trivet.core.passes import Range, Size
from trivet.core.task import Task
from trivet.core.value import value
from trivet.kit.learner import Learner, Place
from trivet.kit.lesson import Lesson
from trivet.kit.trees.single_tree import grow_tree
from trivet.runtime.part import Part


@value
class FitTree(Learner):
    """leaves: of the tree, at least 2.  min_rows: in a leaf, at least."""

    needs: ClassVar[tuple[str, ...]] = ("sklearn.tree",)
    helps: ClassVar[tuple[str, ...]] = ("trust", "size", "latency")
    costs: ClassVar[tuple[str, ...]] = ("quality",)
    pays_as: ClassVar[tuple[Place, ...]] = ("student",)
    cost: ClassVar[float] = 0.3

    leaves: int = 16
    min_rows: int = 5

    @classmethod
    def as_student(cls, size: float) -> "FitTree":
        return cls(leaves=max(2, round(16 * size)))

    def kinds(self, task: Task) -> Kinds:
        return kinds("trees")

    def learn(self, lesson: Lesson) -> Part:
        return grow_tree(lesson.x, lesson.target, leaves=self.leaves, min_rows=self.min_rows, seed=lesson.seed)

    def ranges(self) -> Mapping[str, Range]:
        return {"leaves": Range(low=4, high=64, log=True, whole=True)}

    def units(self, size: Size) -> float:
        return 0.01 + 4e-7 * size.rows * size.columns
