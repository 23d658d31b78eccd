"""Trust gauges: known answers worked out by hand, laws and refusals."""

import numpy as np
import pytest
from made_trials import class_task, classes, two_normals, values

from trivet.core.errors import NotApplicable
from trivet.core.gauges import plain_trial
from trivet.core.registry import find_gauge
from trivet.runtime.batch import Answers
from trivet.testing.trials import bare_rows, sketch_of


def read(name, trial, sure=0.95):
    return find_gauge(name).measure(trial, sure=sure)


def in_sets(truth, sets, weight=None):
    sets = np.asarray(sets, bool)
    return classes(np.asarray(truth), np.full(sets.shape, 1 / sets.shape[1]), sets=sets, weight=weight)


def in_intervals(truth, low, high):
    low, high = np.asarray(low, float), np.asarray(high, float)
    return values(truth, (low + high) / 2, low=low, high=high)


def test_coverage_of_sets():
    reading = read("coverage", in_sets([0, 1, 2, 2], [[1, 0, 0], [1, 0, 1], [0, 1, 1], [1, 1, 1]]))
    assert (reading.value, reading.n, reading.how) == (0.75, 4, "Clopper-Pearson")


def test_the_ends_of_an_interval_belong_to_it():
    assert read("coverage", in_intervals([0, 1, 2], [0, 0, 0], [1, 1, 1])).value == pytest.approx(2 / 3)


def test_worst_class_is_named_and_judged_for_all_classes_at_once():
    truth = np.repeat([0, 1], 50)
    sets = np.ones((100, 2), bool)
    sets[50:60, 1] = False
    reading = read("worst-class-coverage", in_sets(truth, sets))
    one_class = find_gauge("coverage").measure(in_sets(truth[50:], sets[50:]), sure=0.975)
    assert (reading.value, reading.high) == (0.8, one_class.high)
    assert reading.low == find_gauge("coverage").measure(in_sets(truth[50:], sets[50:])).low
    assert reading.notes == ("worst is class 'b'",)
    assert reading.how == "Clopper-Pearson, lowest of 2 classes"


def test_a_class_that_was_never_seen_may_never_be_covered():
    reading = read("worst-class-coverage", in_sets([0] * 30, np.ones((30, 2), bool)))
    assert (reading.value, reading.low) == (1, 0)
    assert reading.notes[-1] == "no row of class 'b'"


def test_set_size_is_a_mean_count():
    assert read("set-size", in_sets([0, 1], [[1, 1, 0], [0, 1, 0]])).value == 1.5


def test_single_classes_only_leave_room_for_sets_too_rare_to_be_seen():
    reading = read("set-size", in_sets([0] * 50, np.eye(3)[[0] * 50]))
    assert reading.value == 1
    assert reading.high == pytest.approx(1 + 2 * (1 - 0.025 ** (1 / 50)))


def test_one_width_for_all_rows_is_exact():
    reading = read("interval-width", in_intervals([0, 1], [0, 4], [2, 6]))
    assert (reading.low, reading.value, reading.high) == (2, 2, 2)


def test_one_endless_interval_makes_the_mean_endless():
    assert read("interval-width", in_intervals([0, 1], [0, -np.inf], [2, 6])).value == np.inf


def test_calibration_gap_by_hand():
    # one bin says 0.3 and sees 1 of 5, the other says 0.9 and sees 5 of 5
    truth = [1, 0, 0, 0, 0, 1, 1, 1, 1, 1]
    reading = read("calibration-gap", classes(truth, [0.3] * 5 + [0.9] * 5))
    assert reading.value == pytest.approx((0.1 + 0.1) / 2)


def test_calibration_gap_of_several_classes_is_on_the_most_probable_one():
    given = [[0.6, 0.3, 0.1], [0.6, 0.1, 0.3]]
    assert read("calibration-gap", classes([0, 1], given)).value == pytest.approx(0.1)


def test_a_calibrated_model_on_few_rows_shows_a_gap_but_zero_stays_possible():
    reading = read("calibration-gap", two_normals(np.random.default_rng(0), 500, apart=1.5, positives=0.3))
    assert reading.value > 0.02
    assert reading.low == 0


def test_an_overconfident_model_has_a_gap_for_sure():
    trial = two_normals(np.random.default_rng(0), 4000, apart=1.5, positives=0.3, trust=2.0)
    assert read("calibration-gap", trial).low > 0.05


@pytest.mark.parametrize("name", ["coverage", "set-size", "worst-class-coverage"])
def test_a_guard_is_asked_for_before_work(name):
    with pytest.raises(NotApplicable, match="no guard") as caught:
        find_gauge(name).applies(sketch_of("binary", guard=False))
    assert "guard-sets" in caught.value.do


def test_widths_are_for_numbers_only():
    with pytest.raises(NotApplicable, match="it reads low; this task asks to classify"):
        find_gauge("interval-width").applies(sketch_of("multiclass"))


@pytest.mark.parametrize(
    "name", ["accuracy-when-answered", "answered-share", "false-negatives", "false-alarms", "accuracy", "coverage"]
)
def test_a_row_that_is_there_ten_times_is_no_tenfold_evidence(name):
    truth = np.tile([0, 1, 1, 0, 1, 0, 1, 0, 1, 1], 4)
    wrong, told = np.arange(40) % 7 == 0, np.arange(40) % 5 != 0
    chosen = np.where(wrong, 1 - truth, truth)

    def interval(copies):
        rows = bare_rows(np.repeat(truth, copies), group=np.repeat(np.arange(40), copies))
        said = {"chosen": chosen, "answered": told, "answer": np.where(told, chosen, -1), "sets": np.eye(2)[chosen] > 0}
        answers = Answers({what: np.repeat(array, copies, axis=0) for what, array in said.items()})
        reading = find_gauge(name).measure(plain_trial(class_task(2), rows, answers))
        return reading.value, reading.high - reading.low

    (once, width), (ten, same) = interval(1), interval(10)
    assert ten == pytest.approx(once) and same == pytest.approx(width, rel=0.1)
