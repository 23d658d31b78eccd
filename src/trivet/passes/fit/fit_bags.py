"""Fit bags of several learners on every row that may teach, and let them vote.

Helps: quality, most of all on small tables, where each row counts.  Costs: megabytes and latency: the bodies of all
folds are kept.  Needs: what its members need.
Source: Breiman 1996, "Bagging predictors"; Caruana et al. 2004 for the weights; Barber et al. 2021, arXiv 1905.02928
(CV+), for calibration on answers that were made without the row.
"""

from typing import ClassVar

from trivet.core.candidate import Sketch, Work, kinds
from trivet.core.context import Context
from trivet.core.passes import Size
from trivet.core.routes import Route
from trivet.core.task import Task
from trivet.core.value import value
from trivet.kit.bag import bag_kinds, bagged
from trivet.kit.lesson import Lesson
from trivet.kit.numbers import expect_numbers, with_body
from trivet.kit.out_of_fold import OUT_OF_FOLD, held_out, with_unseen
from trivet.kit.vote import TEACHER, vote_scores
from trivet.kit.voting import Folded, Voting, stops_early
from trivet.runtime.part import Part


@value
class FitBags(Voting):
    """members: names of learners joined by "+"; slow-, wide- and shallow-trees are sorts of boosted trees.

    folds: parts of the fit and tune rows, at least 2.  Of a member that stops early the bodies of all folds are kept,
    averaged, each ended on the fold that it was not taught; the others are fitted once, on all rows.
    rounds: of greedy selection of the weights; 1 would take the best member alone.

    What follows calibrates on answers that were made without the row, of tune and fit rows alike.
    """

    reads: ClassVar[tuple[str, ...]] = ("fit", "tune")
    helps: ClassVar[tuple[str, ...]] = ("quality",)
    costs: ClassVar[tuple[str, ...]] = ("size", "latency")

    members: str = "slow-trees+wide-trees+shallow-trees+extra-trees+linear"
    folds: int = 5

    @classmethod
    def offers(cls, task: Task, size: Size) -> tuple[Route, ...]:
        """The bags of all the usual members."""
        return (Route(name="bags", steps=(cls.pass_name(),)),)

    def check(self, sketch: Sketch) -> Sketch:
        ready, voters = expect_numbers(sketch, for_=self), self.checked_voters(sketch)
        members = [bag_kinds(voter.kinds(sketch.task), self.folds if stops_early(voter) else 1) for voter in voters]
        return ready.with_kind(body=kinds("vote", *members)).with_beside(TEACHER, OUT_OF_FOLD)

    def run(self, work: Work, ctx: Context) -> Work:
        task, lesson = work.candidate.task, Lesson.of_all(work, seed=ctx.seed, for_=self.name)
        fold = self.dealt(work.data.fit.and_(held_out(work.data)), ctx, least=self.folds)
        voters = self.voters(task)
        taught = [Folded.of(voter, lesson, fold, ctx, stops_on_fold=True) for voter in voters.values()]
        unseen = [one.unseen for one in taught]
        weights = self.weighed(voters, unseen, lesson, ctx)
        members = tuple(
            bagged(one.bodies, task.link) if stops_early(voter) else voter.learn(lesson)
            for voter, one in zip(voters.values(), taught)
        )
        body = Part(kind="vote", config={"link": task.link}, arrays={"weights": weights}, children=members)
        said = vote_scores(unseen, weights, task.link)
        done = with_body(work, body)
        return done.with_data(with_unseen(done.data, said, **{TEACHER: said}))

    def units(self, size: Size) -> float:
        return self.folds * sum(voter.units(size) for voter in self.uses())
