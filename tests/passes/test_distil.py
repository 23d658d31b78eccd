import dataclasses

import numpy as np
import pytest

from trivet.core.candidate import kinds_of
from trivet.core.errors import Refused
from trivet.core.registry import parse_step
from trivet.kit.lesson import Lesson
from trivet.kit.scores import scores_of
from trivet.kit.target import Target, mean_loss
from trivet.kit.vote import TEACHER, answers_of
from trivet.passes.distil.distil import lesson_by_teacher
from trivet.testing.samples import QUESTIONS, context, tiny_work

READY = ("prepare-table", "fit-vote(members=trees+linear, folds=2)")


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("into", ["trees", "tree", "linear", "net"])
def test_every_student_answers_better_than_the_mean(into, question, tmp_path):
    work = parse_step(f"distil(into={into})").run(tiny_work(question, READY), context(tmp_path))
    rows, task = work.data.choose, work.candidate.task
    target = Target.of(rows, task)
    flat = np.zeros((len(rows), task.n_scores)) if task.classes else np.full((len(rows), 1), rows.truth.mean())
    assert work.sketch.kind("body") == kinds_of(work.candidate.parts["body"])
    assert mean_loss(scores_of(work.candidate, rows), target) < 0.9 * mean_loss(flat, target)


def test_keeps_the_student_with_the_least_loss_on_the_tune_rows_and_says_so(tmp_path):
    work, ctx = tiny_work("binary", READY), context(tmp_path)
    after = parse_step("distil(into=tree, size=0.5)").run(work, ctx)
    (note,) = ctx.say.notes
    numbers = [float(word.strip("),")) for word in note.split() if word.strip("),").replace(".", "").isdigit()]
    kept = mean_loss(scores_of(after.candidate, work.data.tune), Target.of(work.data.tune, work.candidate.task))
    assert min(numbers) == pytest.approx(kept, rel=1e-3)
    assert len(numbers) == 4


def test_a_teacher_who_knows_more_than_the_labels_makes_a_better_student(tmp_path):
    """The labels are wrong for a third of the rows; the teacher is right."""
    work = tiny_work("binary", READY)
    fit, rng = work.data.fit, np.random.default_rng(0)
    wrong = rng.random(len(fit)) < 0.35
    noisy = dataclasses.replace(fit, truth=np.where(wrong, 1 - fit.truth, fit.truth))
    ctx = context(tmp_path)
    parse_step("distil(into=tree, blend=1.0)").run(work.with_splits(fit=noisy), ctx)
    assert "distillation pays" in ctx.say.notes[0]


@pytest.mark.parametrize("question", QUESTIONS)
def test_made_rows_are_one_more_lesson(question, tmp_path):
    work, ctx = tiny_work(question, READY), context(tmp_path)
    lesson = Lesson.of(work, seed=0, for_="test")
    with_made, without = (parse_step(f"distil(made={m})").lessons(work, lesson, ctx) for m in (1.5, 0.0))
    assert len(without) == 3
    last = with_made["answers to made rows too"]
    assert len(last.x) == len(last.target) == 2.5 * len(lesson.x)


def test_the_whole_blend_is_the_teacher(tmp_path):
    work = tiny_work("multiclass", READY)
    lesson = Lesson.of(work, seed=0, for_="test")
    soft = work.data.fit.beside[TEACHER]
    np.testing.assert_allclose(
        lesson_by_teacher(lesson, soft, 1.0).target.shares(),
        answers_of(soft, "softmax"),
        atol=1e-5,  # float32 scores
    )
    half = lesson_by_teacher(lesson, soft, 0.5).target.shares()
    np.testing.assert_allclose(half, (answers_of(soft, "softmax") + lesson.target.shares()) / 2, atol=1e-5)


def test_the_teacher_s_answers_stay_for_another_student(tmp_path):
    once = parse_step("distil(into=linear)").run(tiny_work("binary", READY), context(tmp_path))
    twice = parse_step("distil(into=tree)").run(once, context(tmp_path))
    assert TEACHER in once.sketch.beside and str(twice.sketch.kind("body")) == "trees"


def test_refuses_without_a_teacher_and_says_what_to_do():
    sketch = tiny_work("binary", ("prepare-table", "fit-linear")).sketch
    with pytest.raises(Refused, match="fit-vote"):
        parse_step("distil").check(sketch)
    with pytest.raises(Refused, match="tree"):
        parse_step("distil(into=tre)").check(tiny_work("binary", READY).sketch)
