import dataclasses

import numpy as np
import pytest

from trivet.core.errors import BadData, Refused
from trivet.core.registry import parse_step
from trivet.kit.learner import learner_named
from trivet.kit.lesson import Lesson
from trivet.kit.scores import scores_of
from trivet.kit.target import Target, mean_loss
from trivet.kit.vote import TEACHER
from trivet.kit.voting import LEAST_WEIGHT
from trivet.testing.samples import QUESTIONS, context, tiny_rows, tiny_work

READY = ("prepare-table",)
SMALL = "fit-vote(members=trees+linear, folds=2)"


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_member_stays_in_the_order_of_the_recipe(question, tmp_path):
    work = parse_step("fit-vote(members=linear+trees, folds=2)").run(tiny_work(question, READY), context(tmp_path))
    body = work.candidate.parts["body"]
    assert str(work.sketch.kind("body")) == "vote[chain[expand, affine], trees]"
    assert body.arrays["weights"].min() >= LEAST_WEIGHT * 0.98 and body.arrays["weights"].sum() == pytest.approx(1)


@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_left_for_a_student_come_from_models_that_did_not_see_the_row(question, tmp_path):
    """They are as good as on new rows, and not as good as on rows that were learned by heart."""
    work = parse_step(SMALL).run(tiny_work(question, READY), context(tmp_path))
    fit, task = work.data.fit, work.candidate.task
    fresh = tiny_rows(question, 1000, seed=7)
    on_fit = mean_loss(scores_of(work.candidate, fit), Target.of(fit, task))
    on_fresh = mean_loss(scores_of(work.candidate, fresh), Target.of(fresh, task))
    left = mean_loss(fit.beside[TEACHER], Target.of(fit, task))
    assert fit.beside[TEACHER].shape == (len(fit), task.n_scores)
    assert on_fit < left
    assert abs(left - on_fresh) < abs(on_fit - left)


def test_the_vote_is_as_good_as_its_best_member(tmp_path):
    work = tiny_work("binary", READY)
    voted = parse_step(SMALL).run(work, context(tmp_path))
    fresh = tiny_rows("binary", 2000, seed=8)
    target, lesson = Target.of(fresh, work.candidate.task), Lesson.of(work, seed=0, for_="test")
    step = parse_step(SMALL)
    bodies = [learner_named(name, for_=step).as_member().learn(lesson) for name in ("trees", "linear")]
    alone = [mean_loss(scores_of(voted.candidate.with_(body=body), fresh), target) for body in bodies]
    # Weights come from 240 rows: 0.01 nats is half a standard error of the loss there.
    assert mean_loss(scores_of(voted.candidate, fresh), target) < min(alone) + 0.01


def test_groups_never_straddle_folds(tmp_path):
    """Rows that come in pairs with one random answer: who sees the twin answers well, and no one may."""
    work = tiny_work("binary", READY)
    rows = work.data.fit.take(np.repeat(np.arange(120), 2))
    coin = np.repeat(np.random.default_rng(0).integers(0, 2, 120), 2).astype(np.int32)
    paired = dataclasses.replace(rows, truth=coin, roles={"group": np.repeat(np.arange(120), 2)})
    taught = parse_step(SMALL).run(work.with_splits(fit=paired), context(tmp_path)).data.fit
    assert mean_loss(taught.beside[TEACHER], Target.of(taught, work.candidate.task)) > 0.66  # log 2 = 0.693


def test_refuses_unknown_members_and_too_few_rows(tmp_path):
    work = tiny_work("binary", READY)
    for text, said in (("members=tres", "trees"), ("members=trees+trees", "once"), ("folds=1", "2 folds")):
        with pytest.raises(Refused, match=said):
            parse_step(f"fit-vote({text})").check(work.sketch)
    few = work.data.fit.take(np.arange(7))
    with pytest.raises(BadData, match="8 rows"):
        parse_step("fit-vote").run(work.with_splits(fit=few, tune=few, choose=few), context(tmp_path))
