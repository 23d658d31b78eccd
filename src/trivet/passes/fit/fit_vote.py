"""Fit several learners and let them vote, with weights chosen on rows that none of them saw.

Helps: quality, and it teaches: its answers for each fit row, made without that row, are left for `distil`.
Costs: size and latency (all members are kept), and the time to fit each member folds + 1 times.
Needs: what its members need.
Source: Caruana et al. 2004, "Ensemble selection from libraries of models", section 2; Wolpert 1992 for the folds.
"""

from typing import ClassVar

from trivet.core.candidate import Sketch, Work, kinds
from trivet.core.context import Context
from trivet.core.passes import Size
from trivet.core.routes import Route
from trivet.core.task import Task
from trivet.core.value import value
from trivet.kit.learner import Learner, paying
from trivet.kit.lesson import Lesson
from trivet.kit.numbers import expect_numbers, with_body
from trivet.kit.vote import TEACHER, vote_scores
from trivet.kit.voting import Folded, Voting
from trivet.runtime.part import Part


@value
class FitVote(Voting):
    """members: names of learners joined by "+", such as trees+linear; "" = all that say that they pay in a vote.

    folds: parts of the fit rows, each answered by members that were fitted on the others; at least 2.
    rounds: of greedy selection; 1 would take the best member alone.
    """

    reads: ClassVar[tuple[str, ...]] = ("fit", "tune")
    helps: ClassVar[tuple[str, ...]] = ("quality",)
    costs: ClassVar[tuple[str, ...]] = ("size", "latency")

    @classmethod
    def offers(cls, task: Task, size: Size) -> tuple[Route, ...]:
        """The vote of all learners that pay in one, where there are two or more."""
        if len(paying("member", task)) < 2:
            return ()
        return (Route(name="vote", steps=(cls.pass_name(),)),)

    def check(self, sketch: Sketch) -> Sketch:
        ready, voters = expect_numbers(sketch, for_=self), self.checked_voters(sketch)
        members = kinds("vote", *(voter.kinds(sketch.task) for voter in voters))
        return ready.with_kind(body=members).with_beside(TEACHER)

    def run(self, work: Work, ctx: Context) -> Work:
        task, lesson = work.candidate.task, Lesson.of(work, seed=ctx.seed, for_=self.name)
        fold, voters = self.dealt(work.data.fit, ctx, least=2), self.voters(work.candidate.task)
        unseen = [Folded.of(voter, lesson, fold, ctx).unseen for voter in voters.values()]
        weights = self.weighed(voters, unseen, lesson, ctx)
        members = tuple(voter.learn(lesson) for voter in ctx.say.each(voters.values(), "members"))
        body = Part(kind="vote", config={"link": task.link}, arrays={"weights": weights}, children=members)
        answered = work.data.fit.with_beside(**{TEACHER: vote_scores(unseen, weights, task.link)})
        return with_body(work, body).with_splits(fit=answered)

    def units(self, size: Size) -> float:
        once = 0.15 + 5e-6 * size.rows * size.columns**0.5 * size.scores
        return (self.folds + 1) * once * sum(type(voter).cost for voter in self.uses() if isinstance(voter, Learner))
