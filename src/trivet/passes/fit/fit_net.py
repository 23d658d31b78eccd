"""Fit a small network: a few layers of sums with bends between them.

Helps: quality where the answer changes smoothly with many columns, and latency.  Costs: the time to fit.
Needs: scikit-learn, and a reader.  Source: Kingma and Ba 2015; Gorishniy et al. 2021, arXiv 2106.11959.
"""

from collections.abc import Mapping
from typing import ClassVar

from trivet.core.candidate import Kinds, kinds
from trivet.core.passes import Range, Size
from trivet.core.task import Task
from trivet.core.value import value
from trivet.kit.learner import Learner, Place
from trivet.kit.lesson import Lesson
from trivet.kit.nets.small_net import train_net
from trivet.runtime.part import Part


@value
class FitNet(Learner):
    """width: of each hidden layer.  layers: hidden ones.  steps: of Adam on 256 rows each, rounded up to whole epochs.

    rate: of Adam.  decay: L2 penalty on the weights.  The epoch with the least loss on the tune rows is kept.
    """

    reads: ClassVar[tuple[str, ...]] = ("fit", "tune")
    needs: ClassVar[tuple[str, ...]] = ("sklearn.neural_network",)
    helps: ClassVar[tuple[str, ...]] = ("quality", "latency")
    costs: ClassVar[tuple[str, ...]] = ("size",)
    pays_as: ClassVar[tuple[Place, ...]] = ("route", "member", "student")
    cost: ClassVar[float] = 2.5

    width: int = 32
    layers: int = 1
    steps: int = 2000
    rate: float = 3e-3
    decay: float = 0.1

    @classmethod
    def as_member(cls) -> "FitNet":
        return cls(decay=1e-2)  # a vote evens out what a network learned by heart

    @classmethod
    def as_student(cls, size: float) -> "FitNet":
        return cls(width=max(2, round(16 * size)))

    def kinds(self, task: Task) -> Kinds:
        return kinds("chain", "expand", "net")

    def learn(self, lesson: Lesson) -> Part:
        return train_net(
            lesson.x, lesson.target, codes=lesson.codes, width=self.width, layers=self.layers, steps=self.steps,
            rate=self.rate, decay=self.decay, seed=lesson.seed, tune=lesson.tune,
        )  # fmt: skip

    def ranges(self) -> Mapping[str, Range]:
        return {
            "width": Range(low=8, high=128, log=True, whole=True),
            "layers": Range(low=1, high=3, whole=True),
            "rate": Range(low=1e-3, high=1e-2, log=True),
            "decay": Range(low=1e-4, high=1, log=True),
        }

    def units(self, size: Size) -> float:
        # 0.5 s with the defaults on 30,000 x 14, 0.6 s on 30,000 x 50 (2026-11)
        return 0.05 + self.steps * (2e-4 + 2e-6 * self.width * self.layers)
