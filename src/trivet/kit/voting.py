"""What votes have in common: members by name, and what each says of rows that it was not taught.

Source: Wolpert 1992, "Stacked generalization" (the folds); Caruana et al. 2004 (the weights, `kit/vote.py`).
"""

from collections.abc import Mapping, Sequence

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.context import Context
from trivet.core.errors import BadData, Refused
from trivet.core.folds import folds_of
from trivet.core.passes import Pass, Range
from trivet.core.rows import Rows
from trivet.core.task import Task
from trivet.core.value import value
from trivet.runtime.batch import Batch
from trivet.runtime.part import Array, Part
from trivet.runtime.program import body_scores

from .learner import Learner, learners, member_named, paying
from .lesson import Lesson
from .vote import greedy_weights, with_floor

# Every member keeps this weight, so that the kinds of the result are known before any row is.
LEAST_WEIGHT = 0.02


@value
class Voting(Pass):
    """Base of passes that fit several learners in folds and weigh them.  See `FitVote` for the parameters."""

    members: str = ""
    folds: int = 4
    rounds: int = 25

    def voters(self, task: Task) -> dict[str, Learner]:
        """The members by name; refuses names of no learner."""
        names = self.members.split("+") if self.members else paying("member", task)
        return {name: member_named(name, for_=self) for name in names}

    def uses(self) -> tuple[Pass, ...]:
        if self.members:
            return tuple(member_named(name, for_=self) for name in self.members.split("+"))
        return tuple(kind.as_member() for kind in learners().values() if "member" in kind.pays_as)

    def checked_voters(self, sketch: Sketch) -> Sequence[Learner]:
        """The members; refuses parameters out of range, and a sketch that a member refuses."""
        voters = self.voters(sketch.task)
        if not voters or len(voters) < len(self.members.split("+")) or self.folds < 2 or self.rounds < 1:
            raise Refused(self.name, f"{self}", do="name each member once, with 2 folds and 1 round at least")
        for voter in voters.values():
            voter.check(sketch)
        return tuple(voters.values())

    def dealt(self, rows: Rows, ctx: Context, *, least: int) -> Array:
        """(rows,) the fold of each row; refuses rows that do not fill so many."""
        fold = folds_of(rows.at_least(2 * self.folds, for_=self.name), self.folds, ctx.rng)
        if len(np.unique(fold)) < least:
            raise BadData(
                "too-few-rows",
                wanted=f"rows for {self.name} in {least} folds, of which some differ, or of more than one group",
                found=f"{len(rows)} rows that have to stay together",
                do="give rows that differ, or leave this step out",
            )
        return fold

    def weighed(self, voters: Mapping[str, Learner], unseen: Sequence[Array], lesson: Lesson, ctx: Context) -> Array:
        """(members,) float32 weights by what each says of rows that it was not taught; a note tells them."""
        weights = with_floor(greedy_weights(unseen, lesson.target, self.rounds), LEAST_WEIGHT)
        ctx.say.note("weights: " + ", ".join(f"{name} {w:.2f}" for name, w in zip(voters, weights)))
        return weights.astype(np.float32)

    def ranges(self) -> Mapping[str, Range]:
        return {"folds": Range(low=3, high=8, whole=True)}


def stops_early(voter: Learner) -> bool:
    """Whether it needs rows to stop on, besides those that it learns from."""
    return "tune" in voter.reads


@value
class Folded:
    """A learner fitted on all folds but one, for each of them.

    unseen: (rows, n_scores) float32 scores of each row by the body that was fitted without it.
    """

    bodies: tuple[Part, ...]
    unseen: Array

    @classmethod
    def of(cls, voter: Learner, lesson: Lesson, fold: Array, ctx: Context, *, stops_on_fold: bool = False) -> "Folded":
        """stops_on_fold: learners that can stop early do so on the rows of the fold, else on the lesson's tune rows."""
        unseen = np.zeros((len(fold), lesson.target.n_scores), np.float32)
        bodies = []
        for one in ctx.say.each(np.unique(fold), f"folds of {voter.short_name()}"):
            bodies.append(voter.learn(lesson.without(fold == one, to_tune=stops_on_fold)))
            unseen[fold == one] = body_scores(bodies[-1], Batch(numbers=lesson.x[fold == one]))
        return cls(bodies=tuple(bodies), unseen=unseen)
