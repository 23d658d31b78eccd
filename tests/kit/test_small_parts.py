"""Small parts of the statistics and guards by hand: class losses, shares of no rows, promises, forecasts of work."""

import inspect
import math
from dataclasses import replace

import numpy as np
import pytest

from trivet.core.errors import NotApplicable, Refused
from trivet.core.gauges import Samples, plain_trial
from trivet.core.passes import Size
from trivet.core.registry import find, find_gauge, homes, parse_limit
from trivet.kit.conformal.guard import MOST_COVERAGE
from trivet.kit.conformal.tuned import tuning_units
from trivet.kit.stats.class_losses import mean_class_loss
from trivet.kit.stats.error_quantiles import quantile_estimate
from trivet.kit.stats.intervals import clopper_pearson, mean_estimate
from trivet.kit.stats.ranking import ranking_estimate
from trivet.kit.stats.share_among import share_reading
from trivet.passes.guard.guard_sets import GuardSets
from trivet.runtime.batch import Answers
from trivet.testing.tasks import made_task
from trivet.testing.trials import MADE, bare_rows, made_trial, sketch_of


def test_the_loss_of_the_true_class_is_bounded_by_the_largest_there_could_have_been():
    loss = np.array([[0.1, 2.0], [0.7, 0.2], [0.3, 0.4], [0.0, 1.0]])
    truth, weight, units = np.array([0, 1, 1, 0]), np.array([1.0, 2, 1, 1]), np.array([0, 0, 1, 2])
    seen = np.array([0.1, 0.2, 0.4, 0.0])
    for w, u in ((None, None), (weight, None), (None, units), (weight, units)):
        found = mean_class_loss(loss, truth, w, 0.9, least=0.0, units=u)
        assert found == mean_estimate(seen, w, 0.9, least=0.0, most=2.0, units=u)
    assert mean_class_loss(loss, truth, None, 0.9, least=0.0, units=units) != mean_class_loss(
        loss, truth, None, 0.9, least=0.0, units=None
    )


def test_a_share_of_no_rows_says_nothing_and_one_of_some_is_exact():
    gauge, trial = find_gauge("false-alarms"), made_trial("binary", rows=10)
    hit = np.arange(10) < 3
    nothing = share_reading(gauge, trial, hit, 0.95, among=np.zeros(10, bool), without=0.25, notes=["n"])
    assert (nothing.value, nothing.low, nothing.high, nothing.n, nothing.notes) == (0.25, 0.0, 1.0, 10, ("n",))
    some = share_reading(gauge, trial, hit, 0.9, among=np.arange(10) < 6, without=0.25)
    assert (some.value, some.low, some.high) == (0.5, *clopper_pearson(3, 6, 0.9))
    assert (some.n, some.sure, some.trials) == (6, 0.9, 6.0)
    weighed = replace(trial, rows=replace(trial.rows, roles={"weight": np.r_[2.0, np.ones(9)]}))
    assert share_reading(gauge, weighed, hit, 0.9, among=np.arange(10) < 6, without=0).value == pytest.approx(4 / 7)


@pytest.mark.parametrize("promise", [{"coverage": 0.0}, {"coverage": 1.0}, {"coverage": -0.1}, {"margin": -0.01}])
def test_a_promise_that_cannot_be_is_refused(promise):
    with pytest.raises(Refused):
        GuardSets(**promise).expect_promise()


@pytest.mark.parametrize("promise", [{"coverage": 0.001}, {"coverage": 0.999}, {"margin": 0.0}, {"margin": 0.5}])
def test_a_promise_that_can_be_is_not(promise):
    GuardSets(**promise).expect_promise()


def test_the_highest_limit_is_promised_and_never_all():
    limits = [parse_limit(f"coverage >= {bound}") for bound in (0.8, 0.95)]
    assert GuardSets.highest_coverage(limits) == 0.95 and GuardSets.highest_coverage([]) == 0.9
    assert GuardSets.highest_coverage([parse_limit("coverage >= 0.9999")]) == MOST_COVERAGE == 0.999
    low, high = GuardSets().ranges()["margin"].low, GuardSets().ranges()["margin"].high
    assert (low, high) == (0.5, 3.0)
    assert (GuardSets().coverage, GuardSets().margin) == (0.9, 1.5)


def test_work_is_forecast_by_rows_times_what_each_has():
    assert tuning_units(Size(rows=1000, columns=20, scores=3)) == pytest.approx(0.1 + 1e-6 * 1000 * 23)


def test_a_quantile_of_nothing_is_no_number():
    assert math.isnan(share_reading(
        find_gauge("accuracy"), made_trial("binary", rows=2), np.ones(2, bool), 0.9, among=np.zeros(2, bool),
        without=math.nan,
    ).value)  # fmt: skip


def test_the_doubt_about_a_group_is_that_of_the_worst_group_gauge():
    trial = made_trial("regression", rows=300)
    alone, worst = (find_gauge(text).measure(trial) for text in ("mae", "mae(among=site)"))
    assert alone.approximate and worst.approximate
    assert worst.notes[-1].startswith("100 independent rows say too little of rare large errors")
    accuracy = find_gauge("accuracy(among=site)").measure(made_trial("binary", rows=300))
    assert not accuracy.approximate and accuracy.notes[-1].startswith("worst is group")


@pytest.mark.parametrize(("name", "again"), [("auroc", 1), ("average-precision", 2)])
@pytest.mark.parametrize("question", ["binary", "multiclass"])
def test_a_ranking_is_the_mean_of_what_is_asked_and_its_units_the_rarest_classs(name, again, question):
    trial = made_trial(question, rows=300, weighted=True)
    trial = replace(trial, rows=replace(trial.rows, roles={**trial.rows.roles, "group": np.arange(300) // 3}))
    gauge, weight, units = find_gauge(name), trial.weight, np.arange(300) // 3
    asked = [1] if question == "binary" else [0, 1, 2]
    parts = [gauge.influence(trial.plain["probabilities"][:, c], trial.truth == c, weight, units) for c in asked]
    moves = np.bincount(units, sum(moves for _, moves in parts) / len(asked))
    worth = []
    for c in range(len(trial.task.classes)):
        held = np.bincount(units, weight * (trial.truth == c))
        worth.append(held.sum() ** 2 / (held**2).sum())
    expected = ranking_estimate(np.mean([area for area, _ in parts]), moves, min(worth), 0.9, "", again=again)
    found = gauge.measure(trial, sure=0.9)
    assert (found.value, found.low, found.high) == pytest.approx((expected.value, expected.low, expected.high))


@pytest.mark.parametrize(
    ("name", "probe", "least"), [("rows-per-second", "throughput", 2), ("p50-latency", "latency", 19)]
)
def test_fewer_processes_than_a_gauge_asks_for_prove_nothing(name, probe, least):
    trial = made_trial("binary", rows=50)
    for count in (1, least - 1, least, least + 1):
        each = Samples(numbers=np.linspace(1, 2, count), process=np.arange(count), where=MADE)
        reading = find_gauge(name).measure(replace(trial, costs={probe: each}))
        assert reading.approximate is (count < least) and reading.n == count
        assert reading.value == pytest.approx(1.5 if count > 1 else 1.0)
        assert not reading.contended and reading.where == MADE


@pytest.mark.parametrize(("name", "missed"), [("false-negatives", [1, 4]), ("false-alarms", [0, 2])])
def test_mistakes_of_a_class_are_shares_of_its_own_rows(name, missed):
    truth, chosen = np.array([0, 1, 0, 1, 1, 0]), np.array([1, 0, 1, 1, 0, 0])
    answers = Answers(probabilities=np.eye(2)[chosen], chosen=chosen)
    trial = plain_trial(made_task("classify", ("no", "yes")), bare_rows(truth), answers)
    gauge = find_gauge(name)
    found = gauge.measure(trial, sure=0.9)
    assert (found.value, found.low, found.high) == (2 / 3, *clopper_pearson(2, 3, 0.9)) and found.n == 3
    assert gauge.measure(trial).value == find_gauge(f"{name}(positive=yes)").measure(trial).value
    answered = np.ones(6, bool)
    answered[missed[0]] = False  # somebody else will look at it
    withheld = replace(trial, answers={"plain": Answers({**answers, "answered": answered})})
    assert gauge.measure(withheld).value == pytest.approx(1 / 3)
    none = trial.take(np.flatnonzero(truth == (0 if name == "false-negatives" else 1)))
    nothing = gauge.measure(none)
    assert (nothing.value, nothing.low, nothing.high) == (0.0, 0.0, 1.0)
    if name == "false-negatives":
        assert "of 3 rows of class 'yes'" in found.notes
    else:
        assert "of 3 rows of other classes than 'yes'" in found.notes


@pytest.mark.parametrize(("name", "share"), [("p90-error", 0.9), ("median-error", 0.5)])
def test_a_quantile_of_errors_is_read_of_all_rows_weights_and_units(name, share):
    trial = made_trial("regression", rows=200, weighted=True)
    off, gauge = np.abs(trial.plain["values"] - trial.truth), find_gauge(name)
    for roles in ({}, {"weight": trial.weight}, {"group": np.arange(200) // 2}):
        some = replace(trial, rows=replace(trial.rows, roles=roles))
        units = roles.get("group")
        expected = quantile_estimate(off, share, roles.get("weight"), 0.9, units)
        found = gauge.measure(some, sure=0.9)
        assert (found.value, found.low, found.high) == (expected.value, expected.low, expected.high)
        assert (found.n, found.sure, found.how) == (200, 0.9, expected.how)
    with pytest.raises(NotApplicable):
        gauge.applies(sketch_of("binary"))
    gauge.applies(sketch_of("regression"))


@pytest.mark.parametrize("name", ["false-negatives", "false-alarms"])
def test_of_several_classes_one_has_to_be_named(name):
    find_gauge(name).applies(sketch_of("binary"))
    find_gauge(f"{name}(positive=c)").applies(sketch_of("multiclass"))
    for text in (name, f"{name}(positive=z)"):
        with pytest.raises(NotApplicable):
            find_gauge(text).applies(sketch_of("multiclass"))
    with pytest.raises(NotApplicable, match=f"{name}\\(positive=a\\)"):
        find_gauge(name).applies(sketch_of("multiclass"))


@pytest.mark.parametrize("name", homes("gauge"))
def test_a_gauge_reads_at_95_percent_where_nobody_asks_for_more(name):
    assert inspect.signature(find("gauge", name).measure).parameters["sure"].default == 0.95
