"""Distil a teacher into a small student, and keep whichever student answers the tune rows best.

Helps: size, latency and explanations of a large body, and often calibration.  Costs: a little quality.
Needs: a teacher's answers beside the fit rows, as fit-vote leaves them; LightGBM or scikit-learn for the student.
Source: Hinton, Vinyals and Dean 2015, arXiv 1503.02531; Bucila et al. 2006 (made rows).
"""

from collections.abc import Callable, Mapping
from typing import ClassVar

import numpy as np

from trivet.core.candidate import Sketch, Work
from trivet.core.context import Context
from trivet.core.errors import Refused, nearest_names
from trivet.core.passes import Pass, Range, Size
from trivet.core.value import value
from trivet.kit.goal import Goal, mean_loss
from trivet.kit.learners import Lesson
from trivet.kit.linear import fit_line
from trivet.kit.lower import lowered
from trivet.kit.munge import munged
from trivet.kit.net import train_net
from trivet.kit.numbers import expect_numbers
from trivet.kit.single_tree import grow_tree
from trivet.kit.trees import grow_trees
from trivet.kit.vote import answers_of, scores_for
from trivet.runtime.batch import Batch
from trivet.runtime.part import Array, Part
from trivet.runtime.program import body_scores

KINDS = {
    "trees": "lightgbm",
    "tree": "trees",
    "linear": "chain[expand,sklearn-linear]",
    "net": "chain[expand,sklearn-net]",
}


@value
class Distil(Pass):
    """into: the student: trees, tree (a single one), linear or net.

    trees, leaves: of the students made of trees.  width: of a network's one hidden layer.
    blend: share of the teacher in what the student learns, in (0, 1]; the rest is the label.
    munge: made rows per real row, labelled by the body that is replaced; 0 = none.

    Three students compete on the tune rows: one learns the labels alone, one the teacher's answers as they were left
    (made without the row itself), one those of the body.  A note says how each did.
    """

    needs: ClassVar[tuple[str, ...]] = ("lightgbm", "sklearn.linear_model")
    helps: ClassVar[tuple[str, ...]] = ("size", "latency", "calibration-gap")
    costs: ClassVar[tuple[str, ...]] = ("quality",)

    into: str = "trees"
    trees: int = 120
    leaves: int = 16
    width: int = 16
    blend: float = 0.7
    munge: float = 0.0

    def check(self, sketch: Sketch) -> Sketch:
        if self.into not in KINDS:
            raise Refused(self.name, f"into={self.into}", do=nearest_names(self.into, KINDS))
        if not 0 < self.blend <= 1 or self.munge < 0:
            raise Refused(self.name, f"blend {self.blend}, munge {self.munge}", do="0 < blend <= 1 and munge >= 0")
        sketch.expect(has=("reader", "body"), for_=self)
        if not sketch.has_soft:
            raise Refused(self.name, "no teacher's answers beside the fit rows", do="put fit-vote before distil")
        return expect_numbers(sketch, for_=self).with_kind(body=KINDS[self.into])

    def run(self, work: Work, ctx: Context) -> Work:
        work.data.tune.at_least(1, for_=self.name)
        lesson = Lesson.of(work, seed=ctx.seed, for_=self.name)
        body = lowered(work.candidate.parts["body"])
        students = {
            "labels alone": self.student(lesson),
            "unseen answers": self.student(self.taught(lesson, work.data.fit.soft, body, ctx)),
            "the body's answers": self.student(self.taught(lesson, scored(body, lesson.x), body, ctx)),
        }
        losses = {way: tune_loss(student, lesson) for way, student in students.items()}
        best = min(losses, key=losses.__getitem__)
        ctx.say.note(verdict(losses, best))
        return work.without("scale", "guard").with_(body=students[best])

    def taught(self, lesson: Lesson, soft: Array | None, body: Part, ctx: Context) -> Lesson:
        """The lesson with the teacher's scores blended into the labels, and with made rows."""
        if soft is None:
            raise ValueError("check saw a teacher's answers, and they are gone")
        goal = lesson.goal
        blended = scores_for(mixed(answers_of(soft, goal.link), goal, self.blend), goal.link)
        if self.munge == 0:
            return lesson.with_goal(goal_with(goal, blended))
        made = munged(lesson.x, round(self.munge * len(lesson.x)), rng=ctx.rng, codes=lesson.codes)
        return lesson.with_goal(
            goal_with(goal, np.concatenate([blended, scored(body, made)])), np.concatenate([lesson.x, made])
        )

    def student(self, lesson: Lesson) -> Part:
        """The student that learned the lesson."""
        x, goal, codes, tune = lesson.x, lesson.goal, lesson.codes, lesson.tune
        learn: Mapping[str, Callable[[], Part]] = {
            "trees": lambda: grow_trees(
                x, goal, trees=self.trees, leaves=self.leaves, rate=0.1, seed=lesson.seed, tune=tune
            ),
            "tree": lambda: grow_tree(x, goal, leaves=self.leaves, seed=lesson.seed),
            "linear": lambda: fit_line(x, goal, codes=codes),
            "net": lambda: train_net(x, goal, codes=codes, width=self.width, seed=lesson.seed, tune=tune),
        }
        return learn[self.into]()

    def ranges(self) -> Mapping[str, Range]:
        small = {"tree": Range(low=4, high=64, log=True, whole=True), "trees": Range(low=4, high=32, whole=True)}
        own: dict[str, dict[str, Range]] = {
            "trees": {"trees": Range(low=20, high=300, log=True, whole=True), "leaves": small["trees"]},
            "tree": {"leaves": small["tree"]},
            "net": {"width": Range(low=4, high=64, log=True, whole=True)},
        }
        return {"blend": Range(low=0.3, high=1), "munge": Range(low=0, high=5), **own.get(self.into, {})}

    def units(self, size: Size) -> float:
        rows = size.rows * (1 + 2 * self.munge)
        per_row = {"trees": 6e-8 * self.trees * size.columns**0.5, "net": 1e-6 * self.width}.get(self.into, 1e-6)
        return 0.3 + 3 * rows * (per_row * size.scores + 2e-6 * size.columns) + 3 * (3.5 if self.into == "net" else 0)


def mixed(teacher: Array, goal: Goal, blend: float) -> Array:
    """blend * teacher + (1 - blend) * labels, as probabilities (rows, classes) or values (rows, 1)."""
    labels = goal.values()[:, None] if goal.link == "identity" else goal.shares()
    blended: Array = blend * teacher + (1 - blend) * labels
    return blended


def goal_with(goal: Goal, soft: Array) -> Goal:
    """The goal to follow these scores (rows + made rows, n_scores); made rows weigh as much as the mean row."""
    extra = len(soft) - len(goal)
    weight = goal.weight if extra == 0 or goal.weight is None else np.r_[goal.weight, [goal.weight.mean()] * extra]
    hard = goal.hard if extra == 0 else None
    return Goal(link=goal.link, n_scores=goal.n_scores, hard=hard, soft=soft, weight=weight)


def scored(body: Part, x: Array) -> Array:
    """(rows, n_scores) float32 scores of a body, lowered where it has to be."""
    return body_scores(lowered(body), Batch(numbers=x))


def tune_loss(student: Part, lesson: Lesson) -> float:
    """The loss on the tune rows' labels."""
    x, goal = lesson.tune or (lesson.x, lesson.goal)
    return mean_loss(scored(student, x), goal)


def verdict(losses: Mapping[str, float], best: str) -> str:
    """What the comparison says, with its numbers."""
    numbers = ", ".join(f"{way} {loss:.4g}" for way, loss in losses.items())
    pays = "distillation pays" if best != "labels alone" else "distillation is not worth it here"
    return f"{pays}: kept the student of {best} (loss on the tune rows: {numbers})"
