"""Raw values are read by the type of their column, and what cannot be read is named."""

from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pytest

from trivet.runtime.errors import BadFile, BadRow
from trivet.runtime.kinds import load_reader
from trivet.runtime.kinds.readers.raw_values import MOST
from trivet.runtime.part import Part
from trivet.runtime.program import read_batch
from trivet.testing.parts import blob_of, random_part, random_rows


def reader(name: str, type_: str) -> Part:
    codes = Part(
        kind="codes",
        arrays={
            **blob_of(["3", "Ulm", "true"]),
            "counts": np.array([3], np.uint32),
            "code": np.array([3, 10, 20], np.float32),
            "unknown": np.array([-5], np.float32),
        },
    )
    children = (codes,) if type_ == "category" else ()
    return Part(kind="columns", config={"fields": [[name, type_]]}, children=children)


def read(type_: str, values: list) -> list:
    """The values read as one column, after checking that single rows read the same."""
    part = reader("x", type_)
    together = read_batch(part, {"x": values}).numbers
    alone = [load_reader(part).read_rows([{"x": value}]).numbers for value in values]
    np.testing.assert_array_equal(np.concatenate(alone), together)
    return [None if np.isnan(row).any() else row.tolist() if len(row) > 1 else row[0].item() for row in together]


def test_numbers_come_as_numbers_or_their_text():
    values = [1, 2.5, "3.5", True, np.float32(4), np.int64(5), None, float("nan"), "", " NA ", "?"]
    assert read("number", values) == [1, 2.5, 3.5, 1, 4, 5, None, None, None, None, None]


def test_numbers_beyond_float32_are_clipped():
    assert read("number", [1e300, -1e300, 10**400, 3]) == [MOST, -MOST, MOST, 3]


def test_booleans_come_in_many_spellings():
    values = [True, False, 1, 0.0, "YES", "f", "1", np.bool_(True), None, "null"]
    assert read("boolean", values) == [1, 0, 1, 0, 1, 0, 1, 1, None, None]


def test_categories_are_looked_up_numbers_by_their_text():
    assert read("category", ["Ulm", 3, 3.0, True, "Bonn", 3.5, None, "n/a"]) == [10, 3, 3, 20, -5, -5, None, None]


def test_dates_give_days_month_and_weekday():
    east = timezone(timedelta(hours=2))
    values = ["1970-01-02", date(1970, 1, 1), datetime(1970, 1, 1, 12), datetime(1970, 1, 1, 2, tzinfo=east), None]
    assert read("date", values) == [[1, 1, 4], [0, 1, 3], [0.5, 1, 3], [0, 1, 3], None]
    assert read("date", ["1969-12-31T18:00:00Z", datetime(1970, 2, 1, tzinfo=UTC)]) == [[-0.25, 12, 2], [31, 2, 6]]


def test_numpy_columns_read_like_lists():
    days = np.array(["1970-01-03", "NaT"], "datetime64[ns]")
    numbers = read_batch(reader("x", "date"), {"x": days}).numbers
    assert numbers[0].tolist() == [2, 1, 5] and np.isnan(numbers[1]).all()
    assert read_batch(reader("x", "number"), {"x": np.array([1, 2], np.int8)}).numbers.ravel().tolist() == [1, 2]


def test_texts_go_beside_the_numbers_and_missing_ones_are_empty():
    batch = read_batch(reader("x", "text"), {"x": ["An owl", None, "NA", 3]})
    assert batch.texts == (("An owl", "", "NA", "3"),) and batch.numbers.shape == (4, 0)


def test_rows_read_the_same_one_by_one_as_in_columns():
    rng = np.random.default_rng(0)
    columns, rows = load_reader(random_part("columns", rng)), random_rows(rng, 60)
    together = columns.read_rows(rows).numbers
    alone = np.concatenate([columns.read_rows([row]).numbers for row in rows])
    np.testing.assert_array_equal(alone, together)


@pytest.mark.parametrize("n_rows", [1, 20])
def test_all_absent_columns_are_named_at_once(n_rows):
    columns = load_reader(random_part("columns", np.random.default_rng(0)))
    with pytest.raises(BadRow) as caught:
        columns.read_rows([{"age": 3, "town": "Ulm", "more": 1}] * n_rows)
    assert caught.value.code == "missing-column"
    assert all(name in caught.value.wanted for name in ("member", "since", "colour"))


@pytest.mark.parametrize(
    "type_, value",
    [("number", "many"), ("number", [1]), ("boolean", 2), ("date", "soon"), ("category", [1]), ("text", {})],
)
def test_a_value_of_the_wrong_type_is_named_with_column_and_row(type_, value):
    for column in ([None, value], [None] * 19 + [value]):
        with pytest.raises(BadRow) as caught:
            load_reader(reader("x", type_)).read_rows([{"x": item} for item in column])
        error = caught.value
        assert error.code == "wrong-type" and error.where == f"row {len(column)}"
        assert "'x'" in error.wanted and error.found == repr(value)


@pytest.mark.parametrize("value", [float("inf"), "-Infinity", np.float64("inf")])
def test_infinite_numbers_are_refused(value):
    for rows in ([{"x": value}], [{"x": 1}] * 20 + [{"x": value}]):
        with pytest.raises(BadRow) as caught:
            load_reader(reader("x", "number")).read_rows(rows)
        assert caught.value.code == "not-finite"


def test_columns_of_different_lengths_are_refused():
    part = Part(kind="columns", config={"fields": [["a", "number"], ["b", "number"]]})
    with pytest.raises(BadRow) as caught:
        read_batch(part, {"a": [1], "b": [1, 2]})
    assert caught.value.code == "ragged-columns"


def test_a_cell_of_numbers_is_a_list_or_a_text_of_them():
    config = {"fields": [["signal", "numbers"], ["age", "number"]], "spellings": {"signal": "length='3'"}}
    reader = load_reader(Part(kind="columns", config=config))
    cells = [[1, 2.5, -3], "1 2.5 -3", "[1, 2.5, -3]", "1;2.5; -3", np.array([1, 2.5, -3]), None, ""]
    batch = reader.read({"signal": cells, "age": [7.0] * len(cells)})
    assert batch.numbers[:5].tolist() == [[1, 2.5, -3, 7]] * 5
    assert np.isnan(batch.numbers[5:, :3]).all() and (batch.numbers[:, 3] == 7).all()
    one = reader.read_rows([{"signal": (1, 2.5, -3), "age": 7}])
    assert one.numbers.tolist() == [[1, 2.5, -3, 7]]


@pytest.mark.parametrize("cell", [[1, 2], [1, 2, "three"], "1 2", 5.0, [1, 2, float("inf")]])
def test_other_cells_than_so_many_numbers_are_refused(cell):
    config = {"fields": [["signal", "numbers"]], "spellings": {"signal": "length='3'"}}
    with pytest.raises(BadRow):
        load_reader(Part(kind="columns", config=config)).read({"signal": [cell]})


@pytest.mark.parametrize("spelling", ["length='0'", "length='03'", "length='5000'", "length='x'"])
def test_a_length_that_is_none_is_refused(spelling):
    config = {"fields": [["signal", "numbers"]], "spellings": {"signal": spelling}}
    with pytest.raises(BadFile):
        load_reader(Part(kind="columns", config=config))
    with pytest.raises(BadFile):
        load_reader(Part(kind="columns", config={"fields": [["signal", "numbers"]]}))
