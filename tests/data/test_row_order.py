"""What the order of rows tells: a time that nobody named, drift, neighbours that resemble each other."""

import dataclasses

import numpy as np
import pytest
from made_tables import table

from trivet.core.recipe import DataSpec, Recipe
from trivet.data.aside import aside_of
from trivet.data.doctor.checks.row_order import RowOrder, next_alike
from trivet.data.doctor.drift import drift, upper_tail
from trivet.data.doctor.exam import Exam
from trivet.data.intake import take_in
from trivet.data.sources.reading import read
from trivet.data.split.splits import split


def measured(seed=0, n_rows=900, moved=0.0):
    """Two inputs and a yes or no, both of which move by `moved` from the first row to the last."""
    rng = np.random.default_rng(seed)
    late = np.arange(n_rows) / n_rows
    a, b = rng.normal(size=(2, n_rows)) + moved * late
    return {"a": a, "b": b}, (a + rng.normal(size=n_rows) + moved * late > 0).astype(int)


def found(rows, task, **aside):
    dataset, vault = split(rows, task, seed=0)
    parts = (dataset.fit, dataset.tune, dataset.choose, vault)
    return {one.label: one for one in RowOrder().check(Exam(rows=rows, task=task, seed=0, parts=parts, aside=aside))}


def test_a_column_that_orders_the_rows_is_proposed_as_time_with_the_drift_along_it():
    columns, answer = measured(moved=2.0)
    said = found(*table({**columns, "visit_day": 20_000 + np.arange(900) // 3 * 2.0}, answer))
    finding = said["unnamed-time(visit_day)"]
    assert finding.severity == "warn" and "`--time-column visit_day`" in finding.fix
    assert "20000 to 20598" in finding.evidence and "AUROC 0." in finding.evidence and "p < 0.001" in finding.evidence


def test_without_drift_it_is_a_note_and_without_the_name_of_a_time_as_well():
    columns, answer = measured()
    assert found(*table({**columns, "day": np.arange(900) // 3}, answer))["unnamed-time(day)"].severity == "note"
    columns, answer = measured(moved=2.0)
    assert found(*table({**columns, "depth": np.arange(900) // 3}, answer))["unnamed-time(depth)"].severity == "note"


def test_a_column_that_no_model_sees_may_be_the_time():
    columns, answer = measured(moved=2.0)
    said = found(*table(columns, answer), stamp=np.cumsum(np.random.default_rng(0).exponential(size=900)))
    assert set(said) == {"unnamed-time(stamp)"}


@pytest.mark.parametrize("n_late", [3, 200])
def test_a_few_late_rows_do_not_hide_the_order_and_many_do(n_late):
    columns, answer = measured()
    day = np.arange(900.0) * 1.5
    late = np.random.default_rng(0).choice(900, n_late, replace=False)
    day[late] = np.random.default_rng(1).permutation(day)[late]
    assert ("unnamed-time(day)" in found(*table({**columns, "day": day}, answer))) == (n_late < 10)


def test_a_counter_of_the_rows_and_a_shuffled_date_are_no_time():
    columns, answer = measured()
    shuffled = np.random.default_rng(0).permutation(900) // 3
    assert found(*table({**columns, "day": shuffled}, answer), row=np.arange(900.0)) == {}


def test_drift_along_a_named_time_is_told():
    columns, answer = measured(moved=2.0)
    said = found(*table(columns, answer, time=np.arange(900.0)))
    assert set(said) == {"time-drift"} and said["time-drift"].severity == "warn"
    columns, answer = measured()
    assert found(*table(columns, answer, time=np.arange(900.0))) == {}


def test_false_alarms_about_drift_are_as_rare_as_their_p_values_say():
    told = 0
    for seed in range(40):
        columns, answer = measured(seed, 400)
        said = drift(*table(columns, answer), np.arange(400.0))
        told += said.is_told
        assert 0 <= said.chance <= 1 and said.auroc < 0.65
    assert told <= 1  # p < 0.001, twice each


@pytest.mark.parametrize("goal", ["classify", "regress"])
def test_the_answer_may_move_alone(goal):
    rng = np.random.default_rng(0)
    late = np.arange(1200) >= 600
    answer = 3 * late + rng.normal(size=1200)
    if goal == "classify":
        answer = (rng.random(1200) < 0.2 + 0.4 * late).astype(int)
    said = drift(*table({"a": rng.normal(size=1200)}, answer, goal=goal), np.arange(1200.0))
    assert said.chance > 1e-3 and said.shift_chance < 1e-3 and said.is_far
    assert said.shift.startswith("the answer '0' went from" if goal == "classify" else "the mean answer went from")


def test_the_order_of_the_source_plays_no_part_for_drift_along_a_time():
    columns, answer = measured(moved=1.0)
    rows, task = table(columns, answer)
    order = np.random.default_rng(0).permutation(900)
    assert drift(rows.take(order), task, order.astype(float)) == drift(rows, task, np.arange(900.0))


def test_rows_that_resemble_the_next_one_are_told_and_shuffled_ones_not():
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(60, 6)).repeat(15, axis=0) + rng.normal(size=(900, 6))
    rows, task = table({f"x{at}": column for at, column in enumerate(inputs.T)}, rng.integers(0, 2, 900))
    assert set(found(rows, task)) == {"row-order"}
    assert found(dataclasses.replace(rows, ids=rng.permutation(900)), task) == {}
    assert found(*table(measured()[0], rng.integers(0, 2, 900))) == {}


def test_tables_sorted_by_their_answer_are_left_alone():
    rng = np.random.default_rng(0)
    answer = np.arange(900) // 300
    inputs = answer[:, None] * 2 + rng.normal(size=(900, 4))
    rows, task = table({f"x{at}": column for at, column in enumerate(inputs.T)}, answer)
    assert next_alike(rows)[0] == pytest.approx(0.5, abs=0.05) and found(rows, task) == {}


def test_too_few_rows_say_nothing():
    columns, answer = measured(n_rows=120)
    rows, task = table(columns, answer)
    assert found(rows, task) == {} and drift(rows.take(np.arange(100)), task, np.arange(100.0)) is None


def test_upper_tail_is_that_of_a_normal():
    assert [round(upper_tail(z), 4) for z in (0.0, 1.6449, 3.0902)] == [0.5, 0.05, 0.001]


# --- columns aside


def test_columns_aside_keep_the_order_of_their_cells():
    raw = read({
        "number": ["10", "9", "", "10"], "date": ["2024-02-01", "2023-12-31", "2024-02-01", "2024-01-05"],
        "word": ["b", "a", "b", "c"], "typed": [1.5, None, 0.0, 1.5], "x": [1, 2, 3, 4],
    })  # fmt: skip
    aside = aside_of(raw, ["number", "date", "word", "typed", "word"], np.array([0, 1, 3]))
    assert aside["number"].tolist() == [10, 9, 10]
    assert aside["date"].tolist() == [19754, 19722, 19727]
    assert aside["word"].tolist() == [1, 0, 2]
    assert aside["typed"][0] == 1.5 and np.isnan(aside["typed"][1]) and len(aside) == 4


def test_a_dropped_date_is_proposed_through_intake():
    columns, answer = measured(moved=2.0)
    days = np.datetime64("2024-01-01") + np.arange(900) // 3
    source = {**{name: cells.tolist() for name, cells in columns.items()}, "date": days.astype(str).tolist()}
    source["y"] = answer.tolist()
    for drop, span in (((), " (2024-01-01 to 2024-10-26)"), (("date",), "")):
        taken = take_in(Recipe(data=DataSpec(source="", target="y", drop=drop)), source)
        (finding,) = [one for one in taken.findings if one.code == "unnamed-time"]
        assert finding.label == "unnamed-time(date)" and finding.severity == "warn"
        assert finding.evidence.startswith(f"date{span} orders the rows, and the inputs tell")
