"""Quality gauges: known answers worked out by hand, laws and refusals."""

import time

import numpy as np
import pytest
from made_trials import chosen, classes, many_normals, two_normals, values

from trivet.core.errors import BadData, NotApplicable
from trivet.core.limits import Verdict
from trivet.core.registry import find_gauge, parse_limit
from trivet.testing.trials import sketch_of


def read(name, trial, sure=0.95):
    return find_gauge(name).measure(trial, sure=sure)


def test_auroc_counts_pairs_and_halves_ties():
    reading = read("auroc", classes([0, 0, 1, 1], [0.1, 0.5, 0.5, 0.9]))
    assert reading.value == (1 + 1 + 0.5 + 1) / 4
    assert reading.how == "DeLong, logit scale"


def test_auroc_does_not_change_when_scores_are_stretched():
    rng = np.random.default_rng(3)
    trial = two_normals(rng, 300, apart=1, positives=0.4)
    stretched = classes(trial.truth, trial.plain["probabilities"][:, 1] ** 3)
    assert read("auroc", trial) == read("auroc", stretched)


@pytest.mark.parametrize("name", ["auroc", "average-precision"])
def test_a_faultless_ranking_of_few_rows_proves_little(name):
    few = read(name, classes([0] * 50 + [1] * 10, np.linspace(0, 1, 60)))
    assert few.value == few.high == 1
    assert few.low == pytest.approx(0.025 ** (1 / 10))


def test_a_single_positive_says_nothing_of_the_spread():
    reading = read("auroc", classes([0, 0, 0, 1], [0.1, 0.2, 0.9, 0.5]))
    assert (reading.low, reading.high) == (0, 1)


@pytest.mark.parametrize("name", ["auroc", "average-precision", "balanced-accuracy"])
def test_refuses_one_class_and_names_it(name):
    with pytest.raises(BadData, match="2 rows, all of class 'b'") as caught:
        read(name, classes([1, 1], [0.3, 0.4]))
    assert caught.value.code == "one-class"


def test_a_class_without_rows_is_left_out_with_a_note():
    trial = many_normals(np.random.default_rng(0), 200, n_classes=3, apart=1.0)
    rows = trial.truth != 1
    some = classes(trial.truth[rows], trial.plain["probabilities"][rows])
    assert read("auroc", some).notes == ("no row of class 'b': left out",)


def test_average_precision_by_hand():
    # ranked: 1, 0, 1, 0 -> precision 1 at the first positive, 2/3 at the second
    reading = read("average-precision", classes([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.6]))
    assert reading.value == pytest.approx((1 + 2 / 3) / 2)


def test_average_precision_of_equal_scores_is_the_share_of_positives():
    assert read("average-precision", classes([1, 0, 0, 0, 1, 0], [0.4] * 6)).value == pytest.approx(1 / 3)


def test_accuracy_is_exact_binomial():
    reading = read("accuracy", chosen([0] * 10, [0] * 10))
    assert (reading.value, reading.high, reading.how) == (1, 1, "Clopper-Pearson")
    assert reading.low == pytest.approx(0.025 ** (1 / 10))


def test_weights_of_one_wrong_row_count():
    trial = chosen([0, 0, 1], [0, 0, 0], weight=np.array([1.0, 1.0, 2.0]))
    reading = read("accuracy", trial)
    assert reading.value == 0.5
    assert reading.how == "Gaffke, 3 effective rows"


def test_balanced_accuracy_of_a_constant_answer_is_one_over_classes():
    truth = [0] * 90 + [1] * 9 + [2] * 1
    assert read("balanced-accuracy", chosen(truth, [0] * 100, 3)).value == pytest.approx(1 / 3)


def test_f1_by_hand():
    # 2 right of class 1, 1 missed, 1 false: 2 * 2 / (2 * 2 + 2)
    assert read("f1", chosen([1, 1, 1, 0, 0], [1, 1, 0, 1, 0])).value == pytest.approx(2 / 3)


def test_f1_of_a_class_that_never_occurs_is_zero_and_unknown():
    reading = read("f1", chosen([0, 0, 0], [0, 0, 0]))
    assert (reading.value, reading.low, reading.high) == (0, 0, 1)


def test_brier_of_two_classes_is_half_of_the_sum_over_classes():
    assert read("brier", classes([1, 0], [0.8, 0.4])).value == pytest.approx((0.2**2 + 0.4**2) / 2)
    assert read("brier", classes([2], [[0.2, 0.3, 0.5]])).value == pytest.approx(0.04 + 0.09 + 0.25)


def test_log_loss_of_a_sure_mistake_is_finite():
    assert read("log-loss", classes([1, 0], [0.0, 0.0])).value == pytest.approx(-np.log(1e-7) / 2)


@pytest.mark.parametrize("name", ["log-loss", "brier"])
def test_sixty_right_rows_do_not_prove_a_tiny_loss(name):
    reading = read(name, classes([0] * 60, np.full(60, 0.02)))
    never = 1 - 0.025 ** (1 / 60)  # wrong rows may be as frequent without having been seen
    wrong = {"log-loss": -np.log(0.02), "brier": 0.98**2}[name]
    assert reading.high > never * wrong > reading.value


def test_errors_of_numbers_by_hand():
    trial = values([0, 0, 0, 4], [1, -1, 1, 1])
    assert read("mae", trial).value == 1.5
    assert read("rmse", trial).value == pytest.approx(np.sqrt(12 / 4))
    assert read("r2", trial).value == pytest.approx(1 - 12 / 12)


def test_rmse_grows_with_the_unit_and_r2_does_not():
    rng = np.random.default_rng(0)
    truth, said = rng.normal(size=(2, 50))
    one, thousand = values(truth, said), values(1024 * truth, 1024 * said)  # a power of two rounds nowhere
    assert read("rmse", thousand).high == 1024 * read("rmse", one).high
    assert read("r2", thousand) == read("r2", one)


def test_r2_refuses_equal_answers():
    with pytest.raises(BadData, match="3 rows, all with the answer 7") as caught:
        read("r2", values([7, 7, 7], [7, 6, 5]))
    assert caught.value.code == "one-answer"


def test_nan_is_named_by_row():
    with pytest.raises(BadData, match="NaN in row 1") as caught:
        read("mae", values([1, 2, 3], [1, np.nan, 3]))
    assert caught.value.code == "not-a-number"


def test_no_rows_are_refused():
    with pytest.raises(BadData) as caught:
        read("accuracy", chosen(np.zeros(0, int), np.zeros(0, int)))
    assert caught.value.code == "too-few-rows"


def test_class_gauges_refuse_regression_and_say_why():
    with pytest.raises(NotApplicable, match="it reads probabilities; this task asks to regress"):
        find_gauge("auroc").applies(sketch_of("regression"))


@pytest.mark.parametrize(
    "name", ["auroc", "accuracy", "balanced-accuracy", "f1", "average-precision", "brier", "log-loss"]
)
def test_weight_two_gives_the_value_of_a_row_that_occurs_twice(name):
    rng = np.random.default_rng(5)
    trial = many_normals(rng, 80, n_classes=3, apart=1.0)
    times = rng.integers(1, 4, 80)
    probabilities = trial.plain["probabilities"]
    weighted = classes(trial.truth, probabilities, weight=times.astype(float))
    repeated = classes(np.repeat(trial.truth, times), np.repeat(probabilities, times, axis=0))
    assert read(name, weighted).value == pytest.approx(read(name, repeated).value, abs=1e-12)


@pytest.mark.parametrize("name", ["auroc", "average-precision", "balanced-accuracy", "f1", "brier", "calibration-gap"])
def test_rows_of_weight_zero_do_not_exist(name):
    trial = many_normals(np.random.default_rng(5), 80, n_classes=3, apart=1.0)
    weight = np.where(trial.truth == 2, 0.0, 1.5)
    some = trial.truth != 2
    fewer = classes(trial.truth[some], trial.plain["probabilities"][some], weight=weight[some])
    assert read(name, classes(trial.truth, trial.plain["probabilities"], weight=weight)) == read(name, fewer)


@pytest.mark.parametrize("name", ["auroc", "average-precision", "f1", "log-loss", "calibration-gap"])
def test_ten_thousand_rows_of_ten_classes_take_a_moment(name):
    trial = many_normals(np.random.default_rng(1), 10_000, n_classes=10, apart=1.5)
    start = time.perf_counter()
    read(name, trial)
    assert time.perf_counter() - start < 1.5


def test_a_limit_is_judged_by_the_interval():
    trial = chosen([0] * 100, [0] * 95 + [1] * 5)
    reading = read("accuracy", trial)
    bounds = {"0.85": Verdict.HOLDS, "0.93": Verdict.UNPROVEN, "0.96": Verdict.UNPROVEN, "0.99": Verdict.BROKEN}
    assert {bound: parse_limit(f"accuracy >= {bound}").judge(reading) for bound in bounds} == bounds
