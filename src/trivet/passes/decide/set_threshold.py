"""Set from which probability a class is answered, so that few of its rows are missed, or few answers are false alarms.

Helps: false-negatives, false-alarms, which it makes provable.  Costs: accuracy, and the other of the two.
Needs: a calibrated scale, and labelled rows of `tune`.
Source: Elkan 2001, theorem 1 (a threshold is a weight); Neyman and Pearson 1933 (one kind of error, bounded).
"""

from collections.abc import Sequence
from typing import ClassVar

from trivet.core.candidate import Sketch, Work
from trivet.core.context import Context
from trivet.core.errors import Refused
from trivet.core.limits import Limit
from trivet.core.passes import Pass, Size
from trivet.core.registry import find_gauge, parse_limit
from trivet.core.text_form import text_of
from trivet.core.value import value
from trivet.kit.conformal.tuned import tuned_rule, tuning_units

_BASES = {"false-negatives": "false_negatives", "false-alarms": "false_alarms"}


@value
class SetThreshold(Pass):
    """positive: the class, "" for the second of two.  false_negatives, false_alarms: largest shares; 1 = any.

    A finished file has its threshold set on the rows that certify it, where that proves the limits.
    """

    reads: ClassVar[tuple[str, ...]] = ("tune",)
    helps: ClassVar[tuple[str, ...]] = ("false-negatives", "false-alarms")
    costs: ClassVar[tuple[str, ...]] = ("accuracy",)
    serves: ClassVar[tuple[str, ...]] = ("false-negatives", "false-alarms")

    positive: str = ""
    false_negatives: float = 0.05
    false_alarms: float = 1.0

    @classmethod
    def for_limits(cls, limits: Sequence[Limit]) -> "SetThreshold":
        """The lowest bounds on the class that the first such limit names."""
        asked = [(find_gauge(limit.gauge), limit) for limit in limits if limit.base in _BASES and limit.must == "<="]
        if not asked:
            return cls()
        positive = str(getattr(asked[0][0], "positive", ""))
        bounds = dict.fromkeys(_BASES.values(), 1.0)
        for gauge, limit in asked:
            if getattr(gauge, "positive", "") == positive:
                bounds[_BASES[limit.base]] = min(bounds[_BASES[limit.base]], limit.bound)
        return cls(positive=positive, **bounds)

    def check(self, sketch: Sketch) -> Sketch:
        bounds = (self.false_negatives, self.false_alarms)
        if not all(0 <= bound <= 1 for bound in bounds) or min(bounds) == 1:
            raise Refused(
                self.name, f"bounds {bounds}", do="0 <= false_negatives, false_alarms <= 1, one of them below 1"
            )
        sketch.expect(link=("sigmoid", "softmax"), has=("body", "scale", "decoder"), for_=self)
        classes = sketch.task.classes
        if self.positive not in classes and (self.positive or len(classes) != 2):
            raise Refused(self.name, f"no class {self.positive!r}", do=f"positive= one of {', '.join(classes[:6])}")
        return sketch.with_kind(decoder="labels")

    def run(self, work: Work, ctx: Context) -> Work:
        rows = work.data.tune.at_least(1, for_=self.name)
        dial, rule, use = tuned_rule(work.candidate, rows, self.limits())
        weights = dial.weights(rule)
        ctx.say.note(f"class weights {weights.round(4).tolist()[:6]}; {100 * use:.3g} % of tune rows are right")
        return work.with_(**dial.parts(rule))

    def limits(self) -> list[Limit]:
        """What the bounds mean."""
        found = []
        for base, name in _BASES.items():
            if (bound := getattr(self, name)) < 1:
                gauge = type(find_gauge(base))(positive=self.positive)  # type: ignore[call-arg]
                found.append(parse_limit(f"{text_of(base, gauge)} <= {bound}"))
        return found

    def units(self, size: Size) -> float:
        return tuning_units(size)
