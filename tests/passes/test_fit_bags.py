import dataclasses

import numpy as np
import pytest

from trivet.core.errors import BadData, Refused
from trivet.core.registry import parse_step
from trivet.kit.learner import member_named
from trivet.kit.out_of_fold import OUT_OF_FOLD
from trivet.kit.scores import scores_of
from trivet.kit.target import Target, mean_loss
from trivet.testing.samples import QUESTIONS, context, tiny_rows, tiny_work

READY = ("prepare-table",)
BAG = "fit-bags(members=slow-trees+linear, folds=3)"


def apart(question):
    """Work whose fit and tune rows are different rows of one source."""
    work = tiny_work(question, READY)
    tune = dataclasses.replace(work.data.tune, ids=work.data.tune.ids + 10_000)
    return work.with_splits(tune=tune)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_bag_is_taught_tune_rows_too_and_tells_of_each_what_twins_without_it_say(question, tmp_path):
    before = apart(question)
    work = parse_step(BAG).run(before, context(tmp_path))
    assert str(work.sketch.kind("body")) == "vote[trees, chain[expand, affine]]"
    tune, task = work.data.tune, work.candidate.task
    assert sorted(tune.ids) == sorted([*before.data.fit.ids, *before.data.tune.ids])
    fresh = tiny_rows(question, 1000, seed=7)
    on_fresh = mean_loss(scores_of(work.candidate, fresh), Target.of(fresh, task))
    unseen = mean_loss(scores_of(work.candidate, tune), Target.of(tune, task))
    by_heart = scores_of(work.candidate, tune.without_beside(OUT_OF_FOLD))
    assert mean_loss(by_heart, Target.of(tune, task)) < unseen
    spread = 0.15 if question != "regression" else 0.5 * on_fresh
    assert unseen == pytest.approx(on_fresh, abs=spread)


def test_a_student_of_a_bag_is_compared_on_rows_that_it_was_not_taught(tmp_path):
    taught = parse_step(BAG).run(apart("binary"), context(tmp_path))
    work = parse_step("distil(into=linear, made=0)").run(taught, context(tmp_path))
    assert np.array_equal(work.data.tune.ids, apart("binary").data.tune.ids)
    assert OUT_OF_FOLD not in work.data.tune.beside


def test_behind_a_bag_nothing_is_fitted_that_does_not_know_which_rows_were_taught():
    sketch = parse_step(BAG).check(tiny_work("binary", READY).sketch)
    assert OUT_OF_FOLD in sketch.beside
    with pytest.raises(Refused, match="taught in folds"):
        parse_step("fit-linear").check(sketch)


def test_variants_of_a_learner_vote_under_their_own_names():
    step = parse_step(BAG)
    slow, plain = (member_named(name, for_=step) for name in ("slow-trees", "trees"))
    assert slow.name == plain.name == "fit-trees" and slow.trees > plain.trees and slow.rate < plain.rate
    assert member_named("extra-trees", for_=step).name == "fit-extra-trees"
    with pytest.raises(Refused, match="quick-trees"):
        member_named("quick-trees", for_=step)


def test_rows_that_do_not_fill_the_folds_are_refused(tmp_path):
    work = tiny_work("binary", READY)
    group = np.repeat([0, 1], len(work.data.fit) // 2)
    two = dataclasses.replace(work.data.fit, roles={"group": group})
    none = dataclasses.replace(work.data.tune.take(np.arange(0)), roles={"group": group[:0]})
    with pytest.raises(BadData, match="3 folds"):
        parse_step(BAG).run(work.with_splits(fit=two, tune=none), context(tmp_path))
