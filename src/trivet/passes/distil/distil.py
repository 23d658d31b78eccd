"""Distil a teacher into a small student, and keep whichever student answers the tune rows best.

Helps: size, latency and explanations of a large body, and often calibration.  Costs: a little quality.
Needs: a teacher's answers beside the fit rows, as fit-vote leaves them; what the student needs.
Source: Hinton, Vinyals and Dean 2015, arXiv 1503.02531; Bucila et al. 2006 (made rows).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import numpy as np

from trivet.core.candidate import Sketch, Work, kinds_of
from trivet.core.context import Context
from trivet.core.errors import Refused
from trivet.core.passes import Pass, Range, Size
from trivet.core.routes import Route
from trivet.core.task import Task
from trivet.core.value import value
from trivet.kit.learner import Learner, learner_named, paying
from trivet.kit.lesson import Lesson
from trivet.kit.made_rows import made_rows
from trivet.kit.numbers import expect_numbers, inputs_of, with_body
from trivet.kit.target import mean_loss
from trivet.kit.vote import TEACHER, answers_of, scores_for
from trivet.runtime.batch import Batch
from trivet.runtime.part import Array, Part
from trivet.runtime.program import body_scores

MOST_MADE = 20_000  # made rows


@value
class Distil(Pass):
    """into: the student, a learner by its short name: trees, tree (a single one), linear, net ...

    size: of the student, above 0: 1 is the usual one, 4 about four times as large; a weighted sum has one size only.
    blend: share of the teacher in what the student learns, in (0, 1]; the rest is the label.
    made: rows per real row, 20,000 at most, that are made up and labelled by the body that is replaced; 0 = none.

    Up to four students compete on the tune rows: one learns the labels alone, one the teacher's answers as they were
    left (made without the row itself), one those of the body, one these and made rows.  A note says how each did.
    """

    reads: ClassVar[tuple[str, ...]] = ("fit", "tune")
    helps: ClassVar[tuple[str, ...]] = ("size", "latency", "calibration-gap")
    costs: ClassVar[tuple[str, ...]] = ("quality",)

    into: str = "trees"
    size: float = 1.0
    blend: float = 0.7
    made: float = 2.0

    @classmethod
    def offers(cls, task: Task, size: Size) -> tuple[Route, ...]:
        """The usual student of a vote at once; a search tries the others that say that they pay."""
        names = sorted(paying("student", task), key=lambda name: name != cls.into)
        return tuple(
            Route(
                name=f"taught-{name}", steps=("fit-vote", str(cls(into=name))), vary=(cls.pass_name(),),
                is_starter=name == cls.into,
            )
            for name in names
        )  # fmt: skip

    @property
    def student(self) -> Learner:
        """The learner that is taught."""
        return learner_named(self.into, for_=self).as_student(self.size)

    def uses(self) -> tuple[Pass, ...]:
        return (self.student,)

    def check(self, sketch: Sketch) -> Sketch:
        if not 0 < self.blend <= 1 or self.made < 0 or self.size <= 0:
            raise Refused(self.name, f"{self}", do="0 < blend <= 1, made >= 0 and size > 0")
        student = self.student
        sketch.expect(has=("reader", "body"), for_=self)
        if TEACHER not in sketch.beside:
            raise Refused(self.name, "no teacher's answers beside the fit rows", do="put fit-vote before distil")
        student.check(sketch)
        return expect_numbers(sketch, for_=self).with_kind(body=student.kinds(sketch.task))

    def run(self, work: Work, ctx: Context) -> Work:
        work.data.tune.at_least(1, for_=self.name)
        lesson, student = Lesson.of(work, seed=ctx.seed, for_=self.name), self.student
        students = {way: student.learn(one) for way, one in self.lessons(work, lesson, ctx).items()}
        losses = {way: tune_loss(body, lesson) for way, body in students.items()}
        best = min(losses, key=losses.__getitem__)
        ctx.say.note(verdict(losses, best))
        return with_body(work, students[best])

    def lessons(self, work: Work, lesson: Lesson, ctx: Context) -> dict[str, Lesson]:
        """The lessons of the students that compete, by what they are taught."""
        body, soft = work.candidate.parts["body"], work.data.fit.beside.get(TEACHER)
        if soft is None:
            raise ValueError("check saw a teacher's answers, and they are gone")
        fit = inputs_of(work.data.fit, work.candidate.parts, for_=self.name)
        seen = lesson_by_teacher(lesson, body_scores(body, fit), self.blend)
        lessons = {
            "the labels alone": lesson,
            "answers to unseen rows": lesson_by_teacher(lesson, soft, self.blend),
            "answers to seen rows": seen,
        }
        reads_texts = "ngrams" in kinds_of(body)  # which cannot be made up
        n_made = 0 if reads_texts else min(round(self.made * len(lesson.x)), MOST_MADE)
        if n_made:
            more = made_rows(lesson.x, n_made, rng=ctx.rng, codes=lesson.codes)
            scores = body_scores(body, Batch(numbers=more))
            lessons["answers to made rows too"] = lesson_with_rows(seen, more, scores)
        return lessons

    def ranges(self) -> Mapping[str, Range]:
        learner = learner_named(self.into, for_=self)
        can_be_sized = learner.as_student(0.25) != learner.as_student(4.0)
        sizes = {"size": Range(low=0.1, high=5, log=True)} if can_be_sized else {}
        return {"blend": Range(low=0.3, high=1), **sizes}

    def units(self, size: Size) -> float:
        made = min(self.made * size.rows, MOST_MADE)
        four = 4 * self.student.units(replace(size, rows=size.rows + round(made / 4)))
        # 1.7 s into 120 trees on 12,500 x 14, 0.7 s on 7,900 x 9 (2026-11)
        return 0.1 + four + 3e-5 * made + 7e-7 * size.rows * size.columns


def lesson_by_teacher(lesson: Lesson, soft: Array, blend: float) -> Lesson:
    """The lesson with blend * teacher + (1 - blend) * labels as its target.  soft: (rows, n_scores or more) scores."""
    target = lesson.target
    labels = target.values()[:, None] if target.link == "identity" else target.shares()
    blended = blend * answers_of(soft[:, : target.n_scores], target.link) + (1 - blend) * labels
    return lesson.with_target(replace(target, soft=scores_for(blended, target.link)))


def lesson_with_rows(lesson: Lesson, more: Array, scores: Array) -> Lesson:
    """The lesson with made rows and a teacher's scores of them; each weighs as much as the mean row."""
    target = lesson.target
    old = np.empty((0, target.n_scores)) if target.soft is None else target.soft
    soft = np.concatenate([old, scores[:, : target.n_scores]]).astype(np.float32)
    weight = None if target.weight is None else np.append(target.weight, np.full(len(more), target.weight.mean()))
    return lesson.with_target(replace(target, hard=None, soft=soft, weight=weight), np.concatenate([lesson.x, more]))


def tune_loss(student: Part, lesson: Lesson) -> float:
    """The loss on the tune rows' labels."""
    x, target = lesson.tune or (lesson.x, lesson.target)
    return mean_loss(body_scores(student, Batch(numbers=x)), target)


def verdict(losses: Mapping[str, float], best: str) -> str:
    """What the comparison says, with its numbers."""
    numbers = ", ".join(f"{way} {loss:.4g}" for way, loss in losses.items())
    pays = "distillation pays" if best != "the labels alone" else "distillation is not worth it here"
    return f"{pays}: kept the student of {best} (loss on the tune rows: {numbers})"
