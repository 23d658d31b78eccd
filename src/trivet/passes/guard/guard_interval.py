"""Guard values with intervals that hold the truth with a stated probability.

Helps: coverage, which it makes provable.  Costs: nothing in the values themselves.
Needs: tune rows, 1/(1 - coverage) - 1 of them at least.
Source: Lei et al. 2018, algorithm 2 (one width for all); Romano, Patterson and Candes 2019, arXiv 1905.03222 (bodies
with quantiles, as `fit-trees(coverage=0.9)` makes them: wide where values are uncertain).
"""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from trivet.core.candidate import Sketch, Work
from trivet.core.context import Context
from trivet.core.errors import BadData
from trivet.core.limits import Limit
from trivet.core.passes import Size
from trivet.core.value import value
from trivet.kit.conformal.floors import interval_pad, least_rows
from trivet.kit.conformal.guard import ConformalGuard
from trivet.kit.conformal.interval_pad import SLACK, float32_above
from trivet.kit.scores import scores_of
from trivet.runtime.part import Part


@value
class GuardInterval(ConformalGuard):
    """coverage: share of rows whose interval shall hold the true value, in (0, 1).

    margin: standard deviations to aim above what the judge must see to find its whole interval above; 0 = textbook.
    """

    serves: ClassVar[tuple[str, ...]] = ("coverage", "interval-width")
    controls: ClassVar[tuple[str, ...]] = ("coverage",)
    helps: ClassVar[tuple[str, ...]] = ("coverage", "interval-width")

    @classmethod
    def for_limits(cls, limits: Sequence[Limit]) -> "GuardInterval":
        """Covers as much as the highest limit asks."""
        served = [limit for limit in limits if limit.base == "coverage" and limit.must == ">="]
        return cls(coverage=cls.highest_coverage(served))

    def check(self, sketch: Sketch) -> Sketch:
        self.expect_promise()
        return sketch.expect(link="identity", has=("reader", "body"), for_=self).with_kind(guard="interval")

    def run(self, work: Work, ctx: Context) -> Work:
        rows = work.data.tune.at_least(least_rows(self.coverage), for_=self.name)
        scores = scores_of(work.candidate, rows)
        slack = SLACK * float(np.abs(scores).max())
        pad = float32_above(interval_pad(scores, rows.truth, self.coverage, self.margin, rows.weight) + slack)
        if not np.isfinite(pad):
            raise BadData(
                "too-few-rows",
                wanted=f"tune rows that carry enough weight for coverage {self.coverage}",
                found=f"{len(rows)} rows, of which a few carry most of the weight",
                do="give more rows, or ask for less coverage",
            )
        ctx.say.note(f"intervals reach {pad:.3g} beyond the {'value' if scores.shape[1] == 1 else 'quantiles'}")
        arrays = {"pad": np.array([pad, pad], np.float32)}
        return work.with_(guard=Part(kind="interval", config={"coverage": self.coverage}, arrays=arrays))

    def units(self, size: Size) -> float:
        return 0.005 + 1e-7 * size.rows * size.columns  # 0.005 s on 1,900 x 11 (2026-11)
