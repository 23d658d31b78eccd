"""Fit a glass box: a sum of one curve per column and a few pairs, so that every answer can be read off plots.

Helps: trust, since the model is its own explanation, and latency.  Costs: quality where three columns act together.
Needs: interpret, and a reader.  Source: Nori et al. 2019, arXiv 1909.09223; Lou et al. 2013 (pairs).
"""

from collections.abc import Mapping
from typing import ClassVar

from trivet.core.candidate import Sketch, Work
from trivet.core.context import Context
from trivet.core.passes import Pass, Range, Size
from trivet.core.value import value
from trivet.kit.glass_box import fit_terms
from trivet.kit.goal import Goal
from trivet.kit.numbers import expect_numbers, numbers_of, with_body


@value
class FitGlassBox(Pass):
    """interactions: pairs of columns, none for three classes or more.  rounds: of boosting over all terms, at most.

    rate: step of each round.  bins: per column.  bags: models that are averaged.
    """

    needs: ClassVar[tuple[str, ...]] = ("interpret.glassbox",)
    helps: ClassVar[tuple[str, ...]] = ("quality", "trust", "latency")
    costs: ClassVar[tuple[str, ...]] = ("size",)

    interactions: int = 12
    rounds: int = 1000
    rate: float = 0.06
    bins: int = 256
    bags: int = 4

    def check(self, sketch: Sketch) -> Sketch:
        return expect_numbers(sketch, for_=self).with_kind(body="ebm")

    def run(self, work: Work, ctx: Context) -> Work:
        rows = work.data.fit
        goal = Goal.of(rows, work.candidate.task)
        x = numbers_of(rows, work.candidate.parts, for_=self.name)
        body = fit_terms(
            x, goal, interactions=self.interactions, rounds=self.rounds, rate=self.rate, bins=self.bins,
            bags=self.bags, seed=ctx.seed,
        )  # fmt: skip
        return with_body(work, body)

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
