"""Fit a glass box: a sum of one curve per column and a few pairs, so that every answer can be read off plots.

Helps: trust, since the model is its own explanation, and latency.  Costs: quality where three columns act together.
Needs: interpret, and a reader.  Source: Nori et al. 2019, arXiv 1909.09223; Lou et al. 2013 (pairs).
"""

from collections.abc import Mapping
from typing import ClassVar

from trivet.core.candidate import Kinds, kinds
from trivet.core.passes import Range, Size
from trivet.core.task import Task
from trivet.core.value import value
from trivet.kit.glass_box.terms import fit_terms
from trivet.kit.learner import Learner, Place
from trivet.kit.lesson import Lesson
from trivet.runtime.part import Part


@value
class FitGlassBox(Learner):
    """interactions: pairs of columns, none for three classes or more.  rounds: of boosting over all terms, at most.

    rate: step of each round.  bins: per column.  bags: models that are averaged.
    """

    needs: ClassVar[tuple[str, ...]] = ("interpret.glassbox",)
    helps: ClassVar[tuple[str, ...]] = ("quality", "trust", "latency")
    costs: ClassVar[tuple[str, ...]] = ("size",)
    pays_as: ClassVar[tuple[Place, ...]] = ("route", "member")
    cost: ClassVar[float] = 1.5

    interactions: int = 12
    rounds: int = 1000
    rate: float = 0.06
    bins: int = 256
    bags: int = 4

    def kinds(self, task: Task) -> Kinds:
        return kinds("additive")

    def learn(self, lesson: Lesson) -> Part:
        return fit_terms(
            lesson.x, lesson.target, interactions=self.interactions, rounds=self.rounds, rate=self.rate,
            bins=self.bins, bags=self.bags, seed=lesson.seed,
        )  # fmt: skip

    def ranges(self) -> Mapping[str, Range]:
        return {
            "interactions": Range(low=0, high=20, whole=True),
            "rate": Range(low=0.01, high=0.1, log=True),
            "bins": Range(among=(32, 64, 128, 256)),
        }

    def units(self, size: Size) -> float:
        # 5.4 s with the defaults on housing's 12,400 x 9, 3.6 s on diamonds' 32,400 x 9, which stops earlier (2026-11)
        terms = size.columns + (self.interactions if size.scores == 1 else 0)
        return 0.5 + self.bags * self.rounds * terms * (1e-5 + 2e-9 * size.rows * size.scores)
