import numpy as np
import pytest

from trivet.core.errors import Refused
from trivet.core.registry import parse_step
from trivet.kit.conformal.calibrate import mean_log_loss
from trivet.kit.scores import scores_of, stated_probabilities
from trivet.passes.calibrate.fit_temperature import least_probability
from trivet.testing.samples import context, tiny_work

READY = ("prepare-table", "fit-linear")


def test_equals_scikit_learn_up_to_the_row_of_doubt():
    from sklearn.base import BaseEstimator, ClassifierMixin
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.frozen import FrozenEstimator

    from trivet.kit.conformal.calibrate import best_temperature, probabilities_of

    class GivenScores(ClassifierMixin, BaseEstimator):
        def __init__(self):
            self.classes_ = np.arange(3)

        def fit(self, x, y):
            return self

        def decision_function(self, x):
            return x

        def predict(self, x):
            return x.argmax(axis=1)

    rng = np.random.default_rng(0)
    scores = rng.normal(size=(500, 3)) * 3
    answer = (probabilities_of(scores / 2).cumsum(axis=1) < rng.uniform(size=(500, 1))).sum(axis=1)
    theirs = CalibratedClassifierCV(FrozenEstimator(GivenScores()), method="temperature").fit(scores, answer)
    ours = probabilities_of(scores, best_temperature(scores, np.eye(3)[answer]))
    np.testing.assert_allclose(ours, theirs.predict_proba(scores), atol=2e-4)  # theirs stops its search earlier


@pytest.mark.parametrize("question", ["binary", "multiclass"])
def test_log_loss_on_the_tune_rows_never_rises(question, tmp_path):
    work = tiny_work(question, READY)
    rows, classes = work.data.tune, len(work.candidate.task.classes)
    scaled = parse_step("fit-temperature").run(work, context(tmp_path)).candidate
    targets = np.eye(classes)[rows.truth]
    before = mean_log_loss(stated_probabilities(work.candidate, rows), targets)
    assert mean_log_loss(stated_probabilities(scaled, rows), targets) <= before + 1e-4  # the row of doubt


@pytest.mark.parametrize("question", ["binary", "multiclass"])
def test_the_order_of_the_classes_stays(question, tmp_path):
    work = tiny_work(question, READY)
    scaled = parse_step("fit-temperature").run(work, context(tmp_path)).candidate
    before, after = (stated_probabilities(c, work.data.choose) for c in (work.candidate, scaled))
    assert (before.argmax(axis=1) == after.argmax(axis=1)).all()


def test_a_bias_moves_the_mean_probability_to_the_share_of_the_class(tmp_path):
    work = tiny_work("binary", READY)
    some = np.flatnonzero((work.data.tune.truth == 1) | (work.data.tune.ids % 4 == 0))  # fewer of class 0
    tune = work.data.tune.take(some)
    shifted = work.with_splits(fit=work.data.fit, tune=tune, choose=tune)
    scaled = parse_step("fit-temperature(bias=true)").run(shifted, context(tmp_path)).candidate
    assert stated_probabilities(scaled, tune)[:, 1].mean() == pytest.approx(tune.truth.mean(), abs=0.01)


def test_the_guard_goes_because_its_probabilities_do(tmp_path):
    work = parse_step("guard-sets").run(tiny_work("binary", READY), context(tmp_path))
    assert "guard" not in parse_step("fit-temperature").run(work, context(tmp_path)).candidate.parts


def test_refuses_values():
    with pytest.raises(Refused, match="regress"):
        parse_step("fit-temperature").check(tiny_work("regression", READY).sketch)


def test_few_rows_leave_the_temperature_as_it_is_and_the_answers_less_sure(tmp_path):
    work = tiny_work("binary", READY)
    few = work.data.tune.take(np.arange(9))
    made = parse_step("fit-temperature").run(
        work.with_splits(fit=work.data.fit, tune=few, choose=few), context(tmp_path)
    )
    arrays = made.candidate.parts["scale"].arrays
    assert arrays["temperature"] == 1 and not arrays["bias"].any() and arrays["floor"] == np.float32(0.01)


def test_scores_of_workshop_and_runtime_bodies_agree():
    before, after = tiny_work("binary", READY[:2]), tiny_work("binary", READY)
    np.testing.assert_array_equal(
        scores_of(before.candidate, before.data.tune), scores_of(after.candidate, after.data.tune)
    )


@pytest.mark.parametrize("question", ["binary", "multiclass"])
def test_no_class_is_given_less_than_the_tune_rows_can_tell_from_never(question, tmp_path):
    work = tiny_work(question, READY)
    scaled = parse_step("fit-temperature").run(work, context(tmp_path)).candidate
    floor, n_classes = scaled.parts["scale"].arrays["floor"][0], len(work.candidate.task.classes)
    assert floor == np.float32(least_probability(len(work.data.tune), n_classes))
    told = stated_probabilities(scaled, work.data.choose)
    assert told.min() >= floor and told.sum(axis=1) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("classes", [2, 3, 10, 1000])
def test_the_doubt_of_all_other_classes_together_does_not_grow_with_their_number(classes):
    assert (classes - 1) * least_probability(128, classes) == pytest.approx(1 / 256)
    assert (classes - 1) * least_probability(20, classes) == pytest.approx(0.01)


def test_a_floor_keeps_the_ranks(tmp_path):
    work = tiny_work("binary", READY)
    scaled = parse_step("fit-temperature").run(work, context(tmp_path)).candidate
    before, after = scores_of(work.candidate, work.data.choose)[:, 0], stated_probabilities(scaled, work.data.choose)
    assert (np.diff(after[np.argsort(before, kind="stable"), 1]) >= 0).all()
    assert len(np.unique(after[:, 1])) == len(np.unique(before))
