"""Set how probabilities become one answered class, so that rare classes are answered as often as the gauge wants.

Helps: balanced-accuracy, f1.  Costs: accuracy, which counts rare classes by their rows.
Needs: a calibrated scale, and labelled rows of `tune`.
Source: for balanced accuracy the best weights are one over each class's share (Menon et al. 2013); Koyejo et al. 2014.
"""

from collections.abc import Callable, Sequence
from typing import ClassVar

import numpy as np

from trivet.core.candidate import Sketch, Work
from trivet.core.context import Context
from trivet.core.errors import BadRecipe
from trivet.core.limits import Limit
from trivet.core.passes import Pass
from trivet.core.value import value
from trivet.runtime.part import Array, Part
from trivet.runtime.program import Program

_POWERS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25)
_MOST_ROWS_FOR_ONE = 200  # below this many tune rows only 0 and 1 are compared: a finer choice would fit noise


@value
class SetDecision(Pass):
    """gauge: "balanced-accuracy" or "f1".  Each class's probability is weighted by its share to a power <= 0."""

    reads: ClassVar[tuple[str, ...]] = ("tune",)
    helps: ClassVar[tuple[str, ...]] = ("balanced-accuracy", "f1")
    costs: ClassVar[tuple[str, ...]] = ("accuracy",)
    serves: ClassVar[tuple[str, ...]] = ("balanced-accuracy", "f1")

    gauge: str = "balanced-accuracy"

    def __post_init__(self) -> None:
        if self.gauge not in _MEANS:
            raise BadRecipe(
                "bad-step",
                wanted="gauge=balanced-accuracy or gauge=f1 for set-decision",
                found=repr(self.gauge),
                do="see `trivet explain set-decision`",
            )

    @classmethod
    def for_limits(cls, limits: Sequence[Limit]) -> "SetDecision":
        wanted = [limit.base for limit in limits if limit.base in _MEANS]
        return cls(gauge=wanted[0]) if wanted else cls()

    def check(self, sketch: Sketch) -> Sketch:
        sketch.expect(link=("sigmoid", "softmax"), has=("body", "scale", "decoder"), for_=self)
        return sketch.with_kind(decoder="labels")

    def run(self, work: Work, ctx: Context) -> Work:
        rows = work.data.tune.at_least(1, for_=self.name)
        program = Program(work.candidate.parts, executor="numpy")
        answers = program.answers(program.read(rows.raw()))
        probabilities = np.asarray(answers["probabilities"])
        n_classes = len(work.candidate.task.classes)
        counts = np.bincount(rows.truth, minlength=n_classes)
        shares = np.maximum(counts, 0.5) / len(rows)
        powers = _POWERS if len(rows) >= _MOST_ROWS_FOR_ONE else (0.0, 1.0)
        found = {p: self.score(probabilities * shares**-p, rows.truth) for p in powers}
        # Ties go to the power that theory gives, 1, then to the smaller change.
        best = max(powers, key=lambda p: (round(found[p], 6), -abs(p - 1.0), -p))
        ctx.say.note(f"class weights are shares to the power of -{best:g}: {self.gauge} {found[best]:.4f} on tune rows")
        old = work.candidate.parts["decoder"]
        weights = (shares**-best / (shares**-best).max()).astype(np.float32)
        return work.with_(decoder=Part(kind="labels", config=old.config, arrays={**old.arrays, "weights": weights}))

    def score(self, weighed: Array, truth: Array) -> float:
        return _MEANS[self.gauge](weighed.argmax(axis=1), truth, weighed.shape[1])


def mean_recall(chosen: Array, truth: Array, n_classes: int) -> float:
    """The plain mean over the classes that occur of the share of their rows answered right."""
    right = np.bincount(truth[chosen == truth], minlength=n_classes)
    there = np.bincount(truth, minlength=n_classes)
    return float(np.mean(right[there > 0] / there[there > 0]))


def mean_f1(chosen: Array, truth: Array, n_classes: int) -> float:
    """F1 of the second of two classes; the plain mean over the classes for more."""
    right = np.bincount(truth[chosen == truth], minlength=n_classes)
    either = np.bincount(truth, minlength=n_classes) + np.bincount(chosen, minlength=n_classes)
    each = 2 * right / np.maximum(either, 1)
    return float(each[1] if n_classes == 2 else each.mean())


_MEANS: dict[str, Callable[[Array, Array, int], float]] = {"balanced-accuracy": mean_recall, "f1": mean_f1}
