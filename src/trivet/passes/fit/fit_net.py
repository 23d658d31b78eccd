"""Fit a small network: a few layers of sums with bends between them.

Helps: quality where the answer changes smoothly with many columns, and latency.  Costs: the time to fit.
Needs: scikit-learn, and a reader.  Source: Kingma and Ba 2015; Gorishniy et al. 2021, arXiv 2106.11959.
"""

from collections.abc import Mapping
from typing import ClassVar

from trivet.core.candidate import Sketch, Work, kinds
from trivet.core.context import Context
from trivet.core.passes import Pass, Range, Size
from trivet.core.value import value
from trivet.kit.goal import Goal
from trivet.kit.net import train_net
from trivet.kit.numbers import code_columns, expect_numbers, numbers_of, with_body


@value
class FitNet(Pass):
    """width: of each hidden layer.  layers: hidden ones.  steps: of Adam on 256 rows each, rounded up to whole epochs.

    rate: of Adam.  decay: L2 penalty on the weights.  The epoch with the least loss on the tune rows is kept.
    """

    reads: ClassVar[tuple[str, ...]] = ("fit", "tune")
    needs: ClassVar[tuple[str, ...]] = ("sklearn.neural_network",)
    helps: ClassVar[tuple[str, ...]] = ("quality", "latency")
    costs: ClassVar[tuple[str, ...]] = ("size",)

    width: int = 32
    layers: int = 1
    steps: int = 2000
    rate: float = 3e-3
    decay: float = 0.1

    def check(self, sketch: Sketch) -> Sketch:
        return expect_numbers(sketch, for_=self).with_kind(body=kinds("chain", "expand", "sklearn-net"))

    def run(self, work: Work, ctx: Context) -> Work:
        task, parts, data = work.candidate.task, work.candidate.parts, work.data
        x = numbers_of(data.fit, parts, for_=self.name)
        tune = None
        if len(data.tune):
            tune = (numbers_of(data.tune, parts, for_=self.name), Goal.of(data.tune, task))
        body = train_net(
            x, Goal.of(data.fit, task), codes=code_columns(parts["reader"]), width=self.width,
            layers=self.layers, steps=self.steps, rate=self.rate, decay=self.decay, seed=ctx.seed, tune=tune,
        )  # fmt: skip
        return with_body(work, body)

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
