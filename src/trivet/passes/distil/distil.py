"""Distil a teacher into a small student, and keep whichever student answers the tune rows best.

Helps: size, latency and explanations of a large body, and often calibration.  Costs: a little quality.
Needs: a teacher's answers beside the fit rows, as fit-vote leaves them; LightGBM or scikit-learn for the student.
Source: Hinton, Vinyals and Dean 2015, arXiv 1503.02531; Bucila et al. 2006 (made rows).
"""

from collections.abc import Callable, Mapping
from typing import ClassVar

import numpy as np

from trivet.core.candidate import Sketch, Work, kinds, kinds_of
from trivet.core.context import Context
from trivet.core.errors import Refused, nearest_names
from trivet.core.passes import Pass, Range, Size
from trivet.core.value import value
from trivet.kit.goal import Goal, mean_loss
from trivet.kit.learners import Lesson
from trivet.kit.linear.lines import fit_line
from trivet.kit.lower import lowered
from trivet.kit.munge import munged
from trivet.kit.net import train_net
from trivet.kit.numbers import expect_numbers, with_body
from trivet.kit.scores import scores_of
from trivet.kit.trees.boosting import grow_trees
from trivet.kit.trees.single_tree import grow_tree
from trivet.kit.vote import TEACHER, answers_of, scores_for
from trivet.runtime.batch import Batch
from trivet.runtime.part import Array, Part
from trivet.runtime.program import body_scores

KINDS = {
    "trees": kinds("lightgbm"),
    "tree": kinds("trees"),
    "linear": kinds("chain", "expand", "sklearn-linear"),
    "net": kinds("chain", "expand", "sklearn-net"),
}

MOST_MADE = 20_000  # made rows


@value
class Distil(Pass):
    """into: the student: trees, tree (a single one), linear or net.

    trees, leaves: of the students made of trees.  width: of a network's one hidden layer.
    blend: share of the teacher in what the student learns, in (0, 1]; the rest is the label.
    munge: made rows per real row, 20,000 at most, labelled by the body that is replaced; 0 = none.

    Up to four students compete on the tune rows: one learns the labels alone, one the teacher's answers as they were
    left (made without the row itself), one those of the body, one these and made rows.  A note says how each did.
    """

    reads: ClassVar[tuple[str, ...]] = ("fit", "tune")
    needs: ClassVar[tuple[str, ...]] = ("lightgbm", "sklearn.linear_model")
    helps: ClassVar[tuple[str, ...]] = ("size", "latency", "calibration-gap")
    costs: ClassVar[tuple[str, ...]] = ("quality",)

    into: str = "trees"
    trees: int = 120
    leaves: int = 16
    width: int = 16
    blend: float = 0.7
    munge: float = 2.0

    def check(self, sketch: Sketch) -> Sketch:
        if self.into not in KINDS:
            raise Refused(self.name, f"into={self.into}", do=nearest_names(self.into, KINDS))
        if not 0 < self.blend <= 1 or self.munge < 0:
            raise Refused(self.name, f"blend {self.blend}, munge {self.munge}", do="0 < blend <= 1 and munge >= 0")
        sketch.expect(has=("reader", "body"), for_=self)
        if TEACHER not in sketch.beside:
            raise Refused(self.name, "no teacher's answers beside the fit rows", do="put fit-vote before distil")
        return expect_numbers(sketch, for_=self).with_kind(body=KINDS[self.into])

    def run(self, work: Work, ctx: Context) -> Work:
        work.data.tune.at_least(1, for_=self.name)
        lesson = Lesson.of(work, seed=ctx.seed, for_=self.name)
        students = {way: self.student(one) for way, one in self.lessons(work, lesson, ctx).items()}
        losses = {way: tune_loss(student, lesson) for way, student in students.items()}
        best = min(losses, key=losses.__getitem__)
        ctx.say.note(verdict(losses, best))
        return with_body(work, students[best])

    def lessons(self, work: Work, lesson: Lesson, ctx: Context) -> dict[str, Lesson]:
        """The lessons of the students that compete, by what they are taught."""
        body, soft = work.candidate.parts["body"], work.data.fit.beside.get(TEACHER)
        if soft is None:
            raise ValueError("check saw a teacher's answers, and they are gone")
        seen = taught(lesson, scores_of(work.candidate, work.data.fit), self.blend)
        lessons = {
            "the labels alone": lesson,
            "answers to unseen rows": taught(lesson, soft, self.blend),
            "answers to seen rows": seen,
        }
        reads_texts = "ngrams" in kinds_of(body)  # which cannot be made up
        n_made = 0 if reads_texts else min(round(self.munge * len(lesson.x)), MOST_MADE)
        if n_made:
            made = munged(lesson.x, n_made, rng=ctx.rng, codes=lesson.codes)
            lessons["answers to made rows too"] = widened(seen, made, scored(body, made))
        return lessons

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
        own: dict[str, dict[str, Range]] = {
            "trees": {
                "trees": Range(low=20, high=300, log=True, whole=True),
                "leaves": Range(low=4, high=32, log=True, whole=True),
            },
            "tree": {"leaves": Range(low=4, high=64, log=True, whole=True)},
            "net": {"width": Range(low=4, high=64, log=True, whole=True)},
        }
        return {"blend": Range(low=0.3, high=1), **own.get(self.into, {})}

    def units(self, size: Size) -> float:
        made = min(self.munge * size.rows, MOST_MADE)
        per_row = {"trees": 2e-8 * self.trees * size.columns**0.5 * size.scores}.get(self.into, 4e-7 * size.columns)
        steps = 12.0 if self.into == "net" else 0.0  # four networks of 3,000 steps
        # 1.7 s into 120 trees on 12,500 x 14, 0.7 s on 7,900 x 9 (2026-11)
        return 0.1 + (4 * size.rows + made) * per_row + 3e-5 * made + 7e-7 * size.rows * size.columns + steps


def taught(lesson: Lesson, soft: Array, blend: float) -> Lesson:
    """The lesson with blend * teacher + (1 - blend) * labels as its goal.  soft: (rows, n_scores or more) scores."""
    goal = lesson.goal
    labels = goal.values()[:, None] if goal.link == "identity" else goal.shares()
    blended = blend * answers_of(soft[:, : goal.n_scores], goal.link) + (1 - blend) * labels
    scores = scores_for(blended, goal.link)
    return lesson.with_goal(
        Goal(link=goal.link, n_scores=goal.n_scores, hard=goal.hard, soft=scores, weight=goal.weight)
    )


def widened(lesson: Lesson, made: Array, scores: Array) -> Lesson:
    """The lesson with made rows and a teacher's scores of them; each weighs as much as the mean row."""
    goal = lesson.goal
    soft = np.concatenate(
        [np.empty((0, goal.n_scores)) if goal.soft is None else goal.soft, scores[:, : goal.n_scores]]
    )
    weight = None if goal.weight is None else np.append(goal.weight, np.full(len(made), goal.weight.mean()))
    wider = Goal(link=goal.link, n_scores=goal.n_scores, soft=soft.astype(np.float32), weight=weight)
    return lesson.with_goal(wider, np.concatenate([lesson.x, made]))


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
    pays = "distillation pays" if best != "the labels alone" else "distillation is not worth it here"
    return f"{pays}: kept the student of {best} (loss on the tune rows: {numbers})"
