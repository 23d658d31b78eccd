import dataclasses

import numpy as np
import pytest

from trivet.core.registry import parse_step
from trivet.kit.out_of_fold import OUT_OF_FOLD, held_out, with_unseen
from trivet.kit.scores import answers_on, scores_of, stated_probabilities
from trivet.runtime.kinds.links import sigmoid
from trivet.testing.samples import context, tiny_work

READY = ("prepare-table", "fit-linear")


def test_scores_out_of_fold_stand_for_those_of_the_body_behind_every_part(tmp_path):
    """What a temperature, a set of classes and a decoder make of them is what they make of a body's own scores."""
    steps = (*READY, "fit-temperature(bias=true)", "guard-sets(coverage=0.8)")
    work = tiny_work("binary", steps)
    rows, candidate = work.data.choose, work.candidate
    own = scores_of(candidate, rows)
    beside = rows.with_beside(**{OUT_OF_FOLD: own})
    assert np.array_equal(scores_of(candidate, beside), own)
    assert np.array_equal(stated_probabilities(candidate, beside), stated_probabilities(candidate, rows))
    plain, unseen = answers_on(candidate, rows).plain, answers_on(candidate, beside).plain
    assert set(plain) == set(unseen) and all(np.array_equal(plain[name], unseen[name]) for name in plain)
    moved = answers_on(candidate, rows.with_beside(**{OUT_OF_FOLD: own + 1})).plain["probabilities"]
    bare = candidate.without("scale", "guard")
    assert (moved[:, 1] > plain["probabilities"][:, 1]).all()
    other = rows.with_beside(**{OUT_OF_FOLD: np.full_like(own, 2.0)})
    assert stated_probabilities(bare, other)[:, 1] == pytest.approx(sigmoid(np.float32(2)))


def test_tune_rows_are_all_that_taught_and_the_others_are_found_again():
    data = tiny_work("binary").data
    apart = dataclasses.replace(data.tune, ids=data.tune.ids + 1000)
    shuffled = data.fit.take(np.random.default_rng(0).permutation(len(data.fit)))
    data = data.with_({"fit": shuffled, "tune": apart})
    taught = data.fit.and_(data.tune)
    scores = taught.ids[:, None].astype(np.float32)
    done = with_unseen(data, scores, teacher=2 * scores)
    assert np.array_equal(done.tune.ids, taught.ids) and np.array_equal(done.tune.beside[OUT_OF_FOLD], scores)
    assert np.array_equal(done.fit.ids, shuffled.ids)
    assert np.array_equal(done.fit.beside[OUT_OF_FOLD][:, 0], shuffled.ids.astype(np.float32))
    assert np.array_equal(done.fit.beside["teacher"][:, 0], 2 * shuffled.ids.astype(np.float32))
    assert held_out(done).digest == apart.digest
    assert held_out(data) is apart


def test_a_temperature_learned_out_of_fold_mends_what_one_learned_on_seen_rows_hides(tmp_path):
    """A body that knows its rows by heart looks sure and right on them; twins that did not see them tell the truth."""
    work = tiny_work("binary", ("prepare-table",))
    noisy = dataclasses.replace(work.data.fit, truth=np.random.default_rng(0).permutation(work.data.fit.truth))
    learned = work.with_splits(fit=noisy, tune=noisy)
    by_heart = parse_step("fit-extra-trees(trees=30)").run(learned, context(tmp_path))
    bag = parse_step("fit-bags(members=extra-trees, folds=3)")
    in_folds = bag.run(work.with_splits(fit=noisy, tune=noisy.take(np.arange(0))), context(tmp_path))
    step = parse_step("fit-temperature")
    sure, unsure = (
        step.run(one, context(tmp_path)).candidate.parts["scale"].arrays["temperature"][0]
        for one in (by_heart, in_folds)
    )
    assert sure < 1 < 5 < unsure
