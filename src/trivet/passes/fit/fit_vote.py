"""Fit several learners and let them vote, with weights chosen on rows that none of them saw.

Helps: quality, and it teaches: its answers for each fit row, made without that row, are left for `distil`.
Costs: size and latency (all members are kept), and the time to fit each member folds + 1 times.
Needs: LightGBM, scikit-learn and interpret, as far as their learners are members.
Source: Caruana et al. 2004, "Ensemble selection from libraries of models", section 2; Wolpert 1992 for the folds.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from trivet.core.candidate import Sketch, Work, kinds
from trivet.core.context import Context
from trivet.core.errors import BadData, Refused, nearest_names
from trivet.core.folds import folds_of
from trivet.core.passes import Pass, Range, Size
from trivet.core.value import value
from trivet.kit.learners import LEARNERS, Lesson
from trivet.kit.lower import lowered
from trivet.kit.numbers import expect_numbers, with_body
from trivet.kit.vote import TEACHER, greedy_weights, voted, with_floor
from trivet.runtime.batch import Batch
from trivet.runtime.part import Array, Part
from trivet.runtime.program import body_scores

# Every member keeps this weight, so that the kinds of the result are known before any row is.
LEAST_WEIGHT = 0.02
_COST = {"trees": 1.0, "linear": 0.2, "net": 2.5, "glass-box": 1.5}  # against fit-trees, by rows and columns


@value
class FitVote(Pass):
    """members: names of learners joined by "+": trees, linear, net, glass-box.

    folds: parts of the fit rows, each answered by members that were fitted on the others; at least 2.
    rounds: of greedy selection; 1 would take the best member alone.
    """

    reads: ClassVar[tuple[str, ...]] = ("fit", "tune")
    needs: ClassVar[tuple[str, ...]] = ("lightgbm", "sklearn.linear_model", "interpret.glassbox")
    helps: ClassVar[tuple[str, ...]] = ("quality",)
    costs: ClassVar[tuple[str, ...]] = ("size", "latency")

    members: str = "trees+linear+net+glass-box"
    folds: int = 4
    rounds: int = 25

    @property
    def names(self) -> tuple[str, ...]:
        """The members one by one."""
        return tuple(self.members.split("+"))

    def check(self, sketch: Sketch) -> Sketch:
        for name in self.names:
            if name not in LEARNERS:
                raise Refused(self.name, f"the member {name!r}", do=nearest_names(name, LEARNERS))
        if len(set(self.names)) < len(self.names) or self.folds < 2 or self.rounds < 1:
            raise Refused(self.name, f"{self}", do="name each member once, with 2 folds and 1 round at least")
        members = kinds("vote", *(LEARNERS[name][0] for name in self.names))
        return expect_numbers(sketch, for_=self).with_kind(body=members).with_beside(TEACHER)

    def run(self, work: Work, ctx: Context) -> Work:
        task = work.candidate.task
        rows = work.data.fit.at_least(2 * self.folds, for_=self.name)
        lesson = Lesson.of(work, seed=ctx.seed, for_=self.name)
        fold = folds_of(rows, self.folds, ctx.rng)
        if len(np.unique(fold)) < 2:
            raise BadData(
                "too-few-rows",
                wanted=f"rows for {self.name} of which some differ, or of more than one group",
                found=f"{len(rows)} rows that have to stay together",
                do="give rows that differ, or leave this step out",
            )
        unseen = {name: crossed(name, lesson, fold, ctx) for name in self.names}
        weights = with_floor(greedy_weights(list(unseen.values()), lesson.goal, self.rounds), LEAST_WEIGHT)
        ctx.say.note("weights: " + ", ".join(f"{name} {w:.2f}" for name, w in zip(self.names, weights)))
        members = tuple(LEARNERS[name][1](lesson) for name in ctx.say.each(self.names, "members"))
        arrays = {"weights": weights.astype(np.float32)}
        body = Part(kind="vote", config={"link": task.link}, arrays=arrays, children=members)
        taught = rows.with_beside(**{TEACHER: voted(list(unseen.values()), weights, task.link)})
        return with_body(work, body).with_splits(fit=taught)

    def ranges(self) -> Mapping[str, Range]:
        return {"folds": Range(low=3, high=8, whole=True)}

    def units(self, size: Size) -> float:
        once = 0.15 + 5e-6 * size.rows * size.columns**0.5 * size.scores
        return (self.folds + 1) * once * sum(_COST.get(name, 1.0) for name in self.names)


def crossed(name: str, lesson: Lesson, fold: Array, ctx: Context) -> Array:
    """(rows, n_scores) float32 scores of a member for each row, fitted on the other folds."""
    scores = np.zeros((len(fold), lesson.goal.n_scores), np.float32)
    for one in ctx.say.each(np.unique(fold), f"folds of {name}"):
        body = LEARNERS[name][1](lesson.take(fold != one))
        scores[fold == one] = body_scores(lowered(body), Batch(numbers=lesson.x[fold == one]))
    return scores
