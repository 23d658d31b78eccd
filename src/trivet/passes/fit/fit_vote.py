"""Fit several learners and let them vote, with weights chosen on rows that none of them saw.

Helps: quality, and it teaches: its answers for each fit row, made without that row, are left for `distil`.
Costs: size and latency (all members are kept), and the time to fit each member folds + 1 times.
Needs: what its members need.
Source: Caruana et al. 2004, "Ensemble selection from libraries of models", section 2; Wolpert 1992 for the folds.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from trivet.core.candidate import Sketch, Work, kinds
from trivet.core.context import Context
from trivet.core.errors import BadData, Refused
from trivet.core.folds import folds_of
from trivet.core.passes import Pass, Range, Size
from trivet.core.routes import Route
from trivet.core.task import Task
from trivet.core.value import value
from trivet.kit.learner import Learner, learner_named, learners, paying
from trivet.kit.lesson import Lesson
from trivet.kit.numbers import expect_numbers, with_body
from trivet.kit.vote import TEACHER, greedy_weights, vote_scores, with_floor
from trivet.runtime.batch import Batch
from trivet.runtime.part import Array, Part
from trivet.runtime.program import body_scores

# Every member keeps this weight, so that the kinds of the result are known before any row is.
LEAST_WEIGHT = 0.02


@value
class FitVote(Pass):
    """members: names of learners joined by "+", such as trees+linear; "" = all that say that they pay in a vote.

    folds: parts of the fit rows, each answered by members that were fitted on the others; at least 2.
    rounds: of greedy selection; 1 would take the best member alone.
    """

    reads: ClassVar[tuple[str, ...]] = ("fit", "tune")
    helps: ClassVar[tuple[str, ...]] = ("quality",)
    costs: ClassVar[tuple[str, ...]] = ("size", "latency")

    members: str = ""
    folds: int = 4
    rounds: int = 25

    @classmethod
    def offers(cls, task: Task, size: Size) -> tuple[Route, ...]:
        """The vote of all learners that pay in one, where there are two or more."""
        if len(paying("member", task)) < 2:
            return ()
        return (Route(name="vote", steps=(cls.pass_name(),)),)

    def voters(self, task: Task) -> dict[str, Learner]:
        """The members by name; refuses names of no learner."""
        names = self.members.split("+") if self.members else paying("member", task)
        return {name: learner_named(name, for_=self).as_member() for name in names}

    def uses(self) -> tuple[Pass, ...]:
        if self.members:
            return tuple(learner_named(name, for_=self).as_member() for name in self.members.split("+"))
        return tuple(kind.as_member() for kind in learners().values() if "member" in kind.pays_as)

    def check(self, sketch: Sketch) -> Sketch:
        ready = expect_numbers(sketch, for_=self)
        voters = self.voters(sketch.task)
        if not voters or len(voters) < len(self.members.split("+")) or self.folds < 2 or self.rounds < 1:
            raise Refused(self.name, f"{self}", do="name each member once, with 2 folds and 1 round at least")
        for voter in voters.values():
            voter.check(sketch)
        members = kinds("vote", *(voter.kinds(sketch.task) for voter in voters.values()))
        return ready.with_kind(body=members).with_beside(TEACHER)

    def run(self, work: Work, ctx: Context) -> Work:
        task = work.candidate.task
        rows = work.data.fit.at_least(2 * self.folds, for_=self.name)
        lesson, voters = Lesson.of(work, seed=ctx.seed, for_=self.name), self.voters(task)
        fold = folds_of(rows, self.folds, ctx.rng)
        if len(np.unique(fold)) < 2:
            raise BadData(
                "too-few-rows",
                wanted=f"rows for {self.name} of which some differ, or of more than one group",
                found=f"{len(rows)} rows that have to stay together",
                do="give rows that differ, or leave this step out",
            )
        unseen = [scores_out_of_fold(voter, lesson, fold, ctx) for voter in voters.values()]
        weights = with_floor(greedy_weights(unseen, lesson.target, self.rounds), LEAST_WEIGHT)
        ctx.say.note("weights: " + ", ".join(f"{name} {w:.2f}" for name, w in zip(voters, weights)))
        members = tuple(voter.learn(lesson) for voter in ctx.say.each(voters.values(), "members"))
        arrays = {"weights": weights.astype(np.float32)}
        body = Part(kind="vote", config={"link": task.link}, arrays=arrays, children=members)
        answered = rows.with_beside(**{TEACHER: vote_scores(unseen, weights, task.link)})
        return with_body(work, body).with_splits(fit=answered)

    def ranges(self) -> Mapping[str, Range]:
        return {"folds": Range(low=3, high=8, whole=True)}

    def units(self, size: Size) -> float:
        once = 0.15 + 5e-6 * size.rows * size.columns**0.5 * size.scores
        return (self.folds + 1) * once * sum(type(voter).cost for voter in self.uses() if isinstance(voter, Learner))


def scores_out_of_fold(voter: Learner, lesson: Lesson, fold: Array, ctx: Context) -> Array:
    """(rows, n_scores) float32 scores of a member for each row, fitted on the other folds."""
    scores = np.zeros((len(fold), lesson.target.n_scores), np.float32)
    for one in ctx.say.each(np.unique(fold), f"folds of {voter.short_name()}"):
        body = voter.learn(lesson.take(fold != one))
        scores[fold == one] = body_scores(body, Batch(numbers=lesson.x[fold == one]))
    return scores
