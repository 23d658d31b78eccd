"""A single row is answered the quick way exactly as among others, and what is wrong with it is told as ever."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

import numpy as np
import pytest

from trivet.runtime.errors import BadRow
from trivet.runtime.file.container import encode
from trivet.runtime.kinds.readers.raw_values import MOST
from trivet.runtime.part import Part
from trivet.runtime.program import Program, read_batch
from trivet.runtime.specialist import Specialist
from trivet.testing.parts import FIELDS, random_program_parts, random_rows
from trivet.testing.sample_files import SPELLINGS, reader, sample_files

NUMBERS = [
    0, 1, -0.0, 2.5, 10**17 + 1, 1e-45, 1e-320, MOST, 1e39, -1e300, 10**400, None, float("nan"), True, "3.5", "NA", "",
    np.float64(0.1), np.float32(0.1), np.int64(7), np.float64("nan"), 16777217, 0.1,
]  # fmt: skip


def model(executor, *, body="chain", goal="classify", k=3, seed=0):
    """A specialist without text columns, for which there is a quick way."""
    parts = random_program_parts(np.random.default_rng(seed), goal, k=k, body=body)
    return Specialist.from_bytes(encode({}, parts, {}), executor=executor)


def usual_rows(seed, n):
    """Rows whose numbers are numbers, not texts of them."""
    rows = random_rows(np.random.default_rng(seed), n)
    return [{**row, "age": 52.5 if isinstance(row["age"], str) else row["age"]} for row in rows]


def quick(specialist, row):
    """The answer the quick way, or None."""
    return specialist._one_row.answer(row)


@pytest.mark.parametrize("executor", ["numpy", "onnx"])
@pytest.mark.parametrize(("goal", "k"), [("classify", 1), ("classify", 3), ("regress", 1), ("regress", 3)])
@pytest.mark.parametrize("body", ["chain", "trees", "additive", "vote"])
def test_quick_answers_are_those_of_a_list_of_one_bit_for_bit(executor, goal, k, body):
    specialist = model(executor, body=body, goal=goal, k=k)
    for row in usual_rows(1, 60):
        assert quick(specialist, row) == specialist.predict(row) == specialist.predict([row])


@pytest.mark.parametrize("body", ["trees", "chain"])
def test_the_numbers_behind_quick_answers_are_those_of_the_session_bit_for_bit(body):
    program = model("onnx", body=body, goal="classify", k=3).program
    lane = program.executor.lane("probabilities")
    for row in usual_rows(2, 60):
        assert program.reader.read_one(lane.numbers, row)
        lane.run()
        assert np.array_equal(lane.found, program.run(program.read_rows([row]), "probabilities")[0])


def test_quick_reading_gives_the_numbers_of_a_column_or_says_no():
    part = Part(kind="columns", config={"fields": [["x", "number"], ["y", "number"]]})
    load, n_quick = Program({"reader": part}).reader, 0
    for value in NUMBERS:
        numbers = np.zeros((1, 2), np.float32)
        wanted = load.read({"x": [value], "y": [1.5]}).numbers
        if load.read_one(numbers, {"x": value, "y": 1.5}):
            n_quick += 1
            assert np.array_equal(numbers, wanted, equal_nan=True), value
            assert np.array_equal(np.signbit(numbers), np.signbit(wanted)) or np.isnan(wanted).any()
    assert n_quick >= 12


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), "three", [1.0], (1.0,), {}, b"1", np.array([1.0])])
def test_what_a_number_column_cannot_hold_is_never_read_the_quick_way(value):
    part = Part(kind="columns", config={"fields": [["x", "number"], ["y", "number"]]})
    numbers = np.zeros((1, 2), np.float32)
    load = Program({"reader": part}).reader
    for other in (1.0, None, float("nan")):
        assert not load.read_one(numbers, {"x": value, "y": other})
        assert not load.read_one(numbers, {"x": other, "y": value})


def test_dates_booleans_categories_and_spellings_are_read_as_in_a_column():
    fields = [["age", "number"], ["smokes", "boolean"], ["ward", "category"], ["seen", "date"]]
    codes = reader().children
    for more in ({}, {"spellings": SPELLINGS}):
        part = Part(kind="columns", config={"fields": fields, **more}, children=codes)
        load = Program({"reader": part}).reader
        for seen in ("2024-05-31", date(2024, 5, 31), datetime(2024, 5, 31, 12, 30), None):
            for ward in ("east", "nowhere", None, 3):
                row = {"age": 3.5, "smokes": "yes", "ward": ward, "seen": seen, "more": object()}
                numbers = np.zeros((1, 6), np.float32)
                assert load.read_one(numbers, row)
                wanted = read_batch(part, {name: [cell] for name, cell in row.items()}).numbers
                assert np.array_equal(numbers, wanted, equal_nan=True)


@pytest.mark.parametrize("change", [{"age": "old"}, {"age": float("inf")}, {"town": b"Ulm"}, {"since": "yesterday"}])
def test_a_wrong_cell_is_told_as_for_many_rows(change):
    specialist = model("onnx")
    row = random_rows(np.random.default_rng(3), 1)[0]
    with pytest.raises(BadRow) as alone:
        specialist.predict({**row, **change})
    with pytest.raises(BadRow) as among:
        specialist.predict([{**row, **change}])
    assert str(alone.value) == str(among.value)


def test_an_absent_column_is_told():
    specialist = model("onnx")
    row = random_rows(np.random.default_rng(3), 1)[0]
    del row[FIELDS[0][0]]
    with pytest.raises(BadRow, match="missing-column"):
        specialist.predict(row)


def test_columns_given_as_one_dict_are_still_columns():
    specialist = model("onnx")
    rows = random_rows(np.random.default_rng(4), 5)
    columns = {name: [row[name] for row in rows] for name, _ in FIELDS}
    assert specialist.predict(columns) == specialist.predict(rows)
    assert specialist.predict({name: column[:1] for name, column in columns.items()}) == specialist.predict(rows[:1])


def test_a_program_that_reads_texts_has_no_quick_way_and_answers():
    specialist = Specialist.from_bytes(sample_files()["ngrams"])
    row = {"age": 41.0, "smokes": True, "ward": "east", "seen": "2026-01-01", "remark": "feels better"}
    assert specialist._one_row is None and specialist.predict(row) == specialist.predict([row])


def test_threads_share_a_specialist_without_mixing_their_rows():
    specialist = model("onnx", goal="regress", k=1)
    rows = usual_rows(6, 40)
    wanted = [specialist.predict(row) for row in rows]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(20):
            assert list(pool.map(specialist.predict, rows)) == wanted


def test_each_answer_is_a_list_of_its_own():
    specialist = model("onnx", goal="regress", k=1)
    rows = random_rows(np.random.default_rng(7), 2)
    first = specialist.predict(rows[0])
    kept = list(first)
    specialist.predict(rows[1])
    assert first == kept
