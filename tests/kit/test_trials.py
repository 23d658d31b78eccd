"""What a gauge takes from a trial: rows with weight, units that are no rows, classes that occur; and its refusals."""

from dataclasses import replace

import numpy as np
import pytest

from trivet.core.errors import BadData, NotApplicable
from trivet.core.gauges import Samples, plain_trial
from trivet.core.registry import find_gauge
from trivet.kit.stats.trials import (
    answer,
    class_index,
    classes_present,
    cost_of,
    equal_or_given,
    expect_answers,
    expect_class,
    rankings_asked,
    rows_of,
    units_of,
    weights_of,
)
from trivet.runtime.batch import Answers
from trivet.testing.tasks import made_task
from trivet.testing.trials import bare_rows, made_rows, made_trial, sketch_of

GAUGE = find_gauge("accuracy")
TWO, THREE = made_task("classify", ("no", "yes")), made_task("classify", ("a", "b", "c"))


def trial(truth=(0, 1, 1), weight=None, task=TWO, **answers):
    given = None if weight is None else np.array(weight, float)
    return plain_trial(task, bare_rows(np.array(truth), given), Answers(chosen=np.array([0, 1, 0]), **answers))


def test_rows_of_weight_nought_are_left_out_everywhere():
    given = trial(weight=(1.0, 0.0, 2.0), values=np.array([0.5, 0.25, 1.0], np.float32))
    truth, chosen, values = rows_of(given, "chosen", "values", for_=GAUGE)
    assert (truth.tolist(), chosen.tolist(), values.tolist()) == ([0, 1], [0, 0], [0.5, 1.0])
    assert values.dtype == np.float64 and chosen.dtype.kind == "i"
    assert weights_of(given).tolist() == [1.0, 2.0] and weights_of(given).dtype == np.float64
    assert weights_of(trial()) is None
    assert rows_of(trial(), for_=GAUGE)[0].tolist() == [0, 1, 1]
    assert equal_or_given(None, 3).tolist() == [1, 1, 1] and equal_or_given(weights_of(given), 2).tolist() == [1, 2]


@pytest.mark.parametrize(
    ("at_least", "wanted"), [(2, "at least 2 rows for accuracy"), (1, "at least 1 row for accuracy")]
)
def test_too_few_rows_are_refused_and_just_enough_are_not(at_least, wanted):
    few = trial(weight=np.r_[np.ones(at_least - 1), np.zeros(4 - at_least)])
    with pytest.raises(BadData) as caught:
        rows_of(few, for_=GAUGE, at_least=at_least)
    assert (caught.value.code, caught.value.wanted, caught.value.found) == (
        "too-few-rows", wanted, f"{at_least - 1} rows",
    )  # fmt: skip
    enough = trial(weight=np.r_[np.ones(at_least), np.zeros(3 - at_least)])
    assert len(rows_of(enough, for_=GAUGE, at_least=at_least)[0]) == at_least
    with pytest.raises(BadData):
        rows_of(trial(weight=np.zeros(3)), for_=GAUGE)


def test_units_are_told_only_where_some_row_is_not_alone():
    rows = made_rows("binary", "good", 3)
    rows = replace(rows, roles={"group": np.array([4, 4, 9])})
    given = plain_trial(TWO, rows, Answers(chosen=np.array([0, 1, 0])))
    units = units_of(given)
    assert units[0] == units[1] != units[2] and len(units) == 3
    weighed = plain_trial(TWO, replace(rows, roles={**rows.roles, "weight": np.array([1.0, 0, 1])}), given.plain)
    assert units_of(weighed) is None  # of the two of one group one has no weight
    assert units_of(trial()) is None


def test_answers_that_are_missing_or_no_numbers_are_told_by_name():
    with pytest.raises(NotApplicable, match="have no values"):
        answer(trial(), "values", for_=GAUGE)
    with pytest.raises(NotApplicable, match="nobody asked the candidate about noise"):
        answer(trial(), "chosen", for_=GAUGE, to="noise")
    with pytest.raises(BadData) as caught:
        answer(trial(values=np.array([[0.0, 1.0], [1.0, np.nan], [np.nan, 0.0]])), "values", for_=GAUGE)
    assert caught.value.code == "not-a-number" and caught.value.found == "NaN in row 1"


def test_a_class_is_found_or_answered_with_those_there_are():
    assert class_index(THREE, "c", for_=GAUGE) == 2
    with pytest.raises(NotApplicable) as caught:
        class_index(made_task("classify", ("yes", "no")), "yess", for_=GAUGE)
    assert "did you mean" in str(caught.value) and "'yes'" in str(caught.value)
    names = tuple(f"{'abcdefghijkl'[at]}{at}{at}" for at in range(12))
    for count, end in ((10, "j99"), (11, "j99, ..."), (12, "j99, ...")):
        with pytest.raises(NotApplicable) as caught:
            class_index(made_task("classify", names[:count]), "Q", for_=GAUGE)
        assert str(caught.value).rstrip().endswith(end)


def test_a_class_that_is_not_asked_is_not_missed():
    expect_class(sketch_of("binary"), "", for_=GAUGE)
    expect_class(sketch_of("binary"), "yes", for_=GAUGE)
    with pytest.raises(NotApplicable):
        expect_class(sketch_of("binary"), "maybe", for_=GAUGE)


def test_answers_are_the_tasks_own_or_those_of_a_guard_that_is_there():
    expect_answers(sketch_of("binary"), "chosen", "probabilities", "sets", for_=GAUGE)
    with pytest.raises(NotApplicable, match=r"which gives .*probabilities.*sets"):
        expect_answers(sketch_of("binary"), "chosen", "low", for_=GAUGE)
    bare = sketch_of("binary", guard=False)
    expect_answers(bare, "chosen", for_=GAUGE)
    with pytest.raises(NotApplicable, match="no guard") as caught:
        expect_answers(bare, "chosen", "sets", for_=find_gauge("coverage"))
    assert "put guard-interval or guard-sets into the steps" in str(caught.value)
    with pytest.raises(NotApplicable, match="put a pass that makes a guard into the steps"):
        expect_answers(bare, "sets", for_=find_gauge("auroc"))


def test_classes_without_a_row_are_told_and_rows_of_one_class_are_refused():
    assert classes_present(np.array([2, 0, 2]), THREE.classes, for_=GAUGE) == (
        [0, 2], ("no row of class 'b': left out",)
    )  # fmt: skip
    assert classes_present(np.array([1, 0]), TWO.classes, for_=GAUGE) == ([0, 1], ())
    with pytest.raises(BadData) as caught:
        classes_present(np.array([1, 1]), TWO.classes, for_=GAUGE)
    assert caught.value.code == "one-class" and caught.value.found == "2 rows, all of class 'yes'"


def test_which_classes_are_ranked_against_which_rows():
    truth = np.array([0, 1, 1, 0])
    asked, kinds, notes = rankings_asked(truth, TWO, "", for_=GAUGE)
    assert asked == [1] and [kind.tolist() for kind in kinds] == [(truth == 0).tolist(), (truth == 1).tolist()]
    asked, kinds, notes = rankings_asked(np.array([0, 2, 2]), THREE, "", for_=GAUGE)
    assert asked == [0, 2] and len(kinds) == 2 and notes == ("no row of class 'b': left out",)
    asked, kinds, notes = rankings_asked(np.array([0, 2, 2]), THREE, "a", for_=GAUGE)
    assert asked == [0] and [kind.tolist() for kind in kinds] == [[True, False, False], [False, True, True]]
    assert notes == ()
    with pytest.raises(BadData, match="any other"):
        rankings_asked(np.array([0, 2, 2]), THREE, "b", for_=GAUGE)


def test_a_cost_is_what_its_own_probe_measured():
    latency, given = find_gauge("p50-latency"), made_trial("binary", rows=50)
    found = cost_of(given, for_=latency)
    assert found.numbers.dtype == np.float64 and len(found.numbers) == 50
    whole = replace(given, costs={**given.costs, "latency": Samples(numbers=[1, 2, 3])})
    assert cost_of(whole, for_=latency).numbers.tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(NotApplicable, match="no cost was measured"):
        cost_of(replace(given, costs={}), for_=latency)
    for some in ({"size": given.costs["size"]}, {"latency": Samples(numbers=np.zeros(0))}):
        with pytest.raises(NotApplicable, match="the probe latency measured nothing"):
            cost_of(replace(given, costs=some), for_=latency)
    with pytest.raises(BadData, match="NaN in row 1"):
        cost_of(replace(given, costs={"latency": Samples(numbers=np.array([1.0, np.nan]))}), for_=latency)
