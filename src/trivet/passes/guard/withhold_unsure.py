"""Withhold answers that are too unsure, so that those which are given are right as often as asked.

Helps: accuracy-when-answered, which it makes provable.  Costs: answered-share: unsure rows get no answer.
Needs: a calibrated scale, and labelled rows of `tune`.
Source: El-Yaniv and Wiener 2010 (selective classification); Geifman and El-Yaniv 2017, arXiv 1705.08500.
"""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from trivet.core.candidate import Sketch, Work
from trivet.core.context import Context
from trivet.core.errors import Refused
from trivet.core.limits import Limit
from trivet.core.passes import Pass, Size
from trivet.core.registry import parse_limit
from trivet.core.value import value
from trivet.kit.conformal.tuned import tuned_rule, tuning_units
from trivet.runtime.part import Part


@value
class WithholdUnsure(Pass):
    """accuracy: share of the given answers that shall be right, in (0, 1).

    A finished file has its floor set on the rows that certify it, where that proves the limit.
    """

    reads: ClassVar[tuple[str, ...]] = ("tune",)
    helps: ClassVar[tuple[str, ...]] = ("accuracy-when-answered",)
    costs: ClassVar[tuple[str, ...]] = ("answered-share",)
    serves: ClassVar[tuple[str, ...]] = ("accuracy-when-answered", "answered-share")

    accuracy: float = 0.95

    @classmethod
    def for_limits(cls, limits: Sequence[Limit]) -> "WithholdUnsure":
        """As right as the highest limit asks."""
        asked = [limit.bound for limit in limits if limit.base == "accuracy-when-answered" and limit.must == ">="]
        return cls(accuracy=min(max(asked, default=cls.accuracy), 0.9999))

    def check(self, sketch: Sketch) -> Sketch:
        if not 0 < self.accuracy < 1:
            raise Refused(self.name, f"accuracy {self.accuracy}", do="0 < accuracy < 1")
        sketch.expect(link=("sigmoid", "softmax"), has=("body", "scale", "decoder"), for_=self)
        return sketch.with_kind(abstain="abstain")

    def run(self, work: Work, ctx: Context) -> Work:
        rows = work.data.tune.at_least(1, for_=self.name)
        open_ = Part(kind="abstain", arrays={"floor": np.zeros(len(work.candidate.task.classes), np.float32)})
        candidate = work.candidate.with_(abstain=open_)
        limit = parse_limit(f"accuracy-when-answered >= {self.accuracy}")
        dial, rule, use = tuned_rule(candidate, rows, [limit])
        ctx.say.note(
            f"answers from a probability of {rule.floor or 0:.3f} on; {100 * use:.3g} % of tune rows are right"
        )
        return work.with_(**{"abstain": open_, **dial.parts(rule)})

    def units(self, size: Size) -> float:
        return tuning_units(size)
