"""What columns mean, what is asked, which rows can be used."""

import numpy as np
import pytest

from trivet.core.errors import BadData, BadUse, ManyErrors
from trivet.data.schema.table_schema import infer, to_rows
from trivet.data.sources.reading import read

ANSWER = ["a", "b"] * 30


def table(**columns):
    """The raw table of these columns, repeated to 60 rows, with an answer."""
    full = {name: (list(cells) * 60)[:60] for name, cells in columns.items()}
    return read({**full, "answer": ANSWER})


def type_of(*cells):
    (field,) = infer(table(x=cells), target="answer").fields
    return field.type


@pytest.mark.parametrize(
    ("cells", "type"),
    [
        (["1", "2.5", "-3e4", ".5", "NA"], "number"),
        (["0", "1"], "number"),
        (["yes", "No", "?"], "boolean"),
        (["True", "false", ""], "boolean"),
        (["yes"], "category"),
        (["t", "f", "m"], "category"),
        (["2024-02-29", "1999-12-31 23:59", "2020-01-01T00:00:00Z", "2020-01-01 00:00:00+02:00", "null"], "date"),
        (["2024-02-30", "2024-02-29"], "category"),
        (["01/02/2003"], "category"),
        (["007", "123"], "category"),
        (["12345678901234567", "1"], "category"),
        (["9007199254740993", "1"], "category"),
        (["9007199254740992", "1"], "number"),
        (["1" + "0" * 5000, "1"], "category"),
        (["1,234.5", "2"], "number"),
        (["12 %", "15 %"], "number"),
        (["1,234", "2,345"], "category"),
        (["31.12.2024", "1.1.2025"], "date"),
        (["12_34", "12"], "category"),
        (["red", "green"], "category"),
        ([3, 4.5, None, float("nan")], "number"),
        ([True, None], "boolean"),
        ([2**53 + 1, 5], "category"),
        ([3, "x"], "category"),
    ],
)
def test_the_type_follows_from_the_cells(cells, type):
    assert type_of(*cells) == type


def test_sentences_of_which_most_differ_are_text_and_labels_are_not():
    sentences = [f"the number {i} walked into a bar" for i in range(60)]
    assert type_of(*sentences) == "text"
    assert type_of(*sentences[:6]) == "category"
    assert type_of(*[f"name {i}" for i in range(60)]) == "category"


def test_the_users_word_wins():
    raw = table(x=["1", "2", "3"], when=["2024-01-01"], note=["a b"])
    schema = infer(raw, target="answer", types={"x": "category", "when": "text", "note": "text"})
    assert [field.type for field in schema.fields] == ["category", "text", "text"]
    rows, _ = to_rows(raw, schema)
    assert rows.words == {"x": ("1", "2", "3"), "when": ("2024-01-01",), "note": ("a b",)}


def test_cells_that_contradict_the_users_types_are_named_all_at_once():
    with pytest.raises(ManyErrors) as error:
        infer(table(x=["1", "two"], y=["yes", "perhaps"]), target="answer", types={"x": "number", "y": "boolean"})
    assert [e.code for e in error.value.errors] == ["cell-type", "cell-type"]
    assert "'two'" in str(error.value)
    assert "'perhaps'" in str(error.value)


def test_typed_numbers_are_no_dates():
    with pytest.raises(BadData, match="cell-type"):
        infer(table(x=[1.5]), target="answer", types={"x": "date"})


def test_numbers_as_categories_are_spelled_as_the_runtime_spells_them():
    raw = table(x=[3.0, 2.5, None], flag=[True, False])
    rows, _ = to_rows(raw, infer(raw, target="answer", types={"x": "category", "flag": "category"}))
    assert rows.words == {"x": ("2.5", "3"), "flag": ("false", "true")}


def test_rows_hold_values_codes_and_days():
    raw = table(n=["1", "?"], b=["t", "f"], c=[" red", "red ", "NA"], d=["1970-01-02 12:00", ""])
    rows, dropped = to_rows(raw, infer(raw, target="answer"))
    assert dropped == ()
    np.testing.assert_array_equal(rows.columns["n"][:2], [1, np.nan])
    np.testing.assert_array_equal(rows.columns["b"][:2], [1, 0])
    np.testing.assert_array_equal(rows.columns["c"][:3], [0, 0, -1])
    np.testing.assert_array_equal(rows.columns["d"][:2], [1.5, np.nan])
    assert rows.words == {"c": ("red",)}
    assert rows.ids.tolist() == list(range(60))


def test_a_text_keeps_words_that_mean_missing_elsewhere():
    raw = table(x=["NA", "none", ""])
    rows, _ = to_rows(raw, infer(raw, target="answer", types={"x": "text"}))
    assert rows.words == {"x": ("NA", "none")}
    assert rows.columns["x"][:3].tolist() == [0, 1, -1]


@pytest.mark.parametrize(
    ("answers", "goal", "classes"),
    [
        (["no", "yes"], "classify", ("no", "yes")),
        (["No", "Yes", "?"], "classify", ("No", "Yes")),
        (["True", "False"], "classify", ("False", "True")),
        ([True, False], "classify", ("false", "true")),
        (["10", "9", "10.0"], "classify", ("9", "10")),
        ([1, -1], "classify", ("-1", "1")),
        (["0", "1", "2"], "classify", ("0", "1", "2")),
        (["0", "1", "2", "3"], "regress", ()),  # 4 of 60 rows: more than 5 %
        (["0.5", "1"], "regress", ()),
        ([str(i) for i in range(60)], "regress", ()),
    ],
)
def test_the_goal_follows_from_the_answers(answers, goal, classes):
    raw = read({"x": list(range(60)), "answer": (answers * 60)[:60]})
    schema = infer(raw, target="answer")
    assert (schema.goal, schema.classes) == (goal, classes)


def test_the_user_may_force_the_goal():
    raw = read({"x": list(range(60)), "answer": [i % 6 for i in range(60)]})
    assert infer(raw, target="answer").goal == "regress"
    assert infer(raw, target="answer", goal="classify").classes == ("0", "1", "2", "3", "4", "5")
    with pytest.raises(BadData, match="answer-type"):
        infer(table(x=[1, 2]), target="answer", goal="regress")


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ([None], "answer-missing"),
        (["NA", "?"], "answer-missing"),
        (["same"], "answer-constant"),
        ([7], "answer-constant"),
        ([7, "inf"], "answer-constant"),
        (["2024-01-01", "2024-01-02"], "answer-type"),
        ([f"id-{i}" for i in range(60)], "answer-classes"),
    ],
)
def test_answers_that_teach_nothing_are_refused(answers, code):
    with pytest.raises(BadData) as error:
        infer(read({"x": list(range(60)), "answer": (answers * 60)[:60]}), target="answer")
    assert error.value.code == code


def test_rows_without_answer_weight_group_or_time_are_dropped_and_counted():
    raw = read(
        {
            "x": list(range(60)),
            "answer": [None, "?", *ANSWER[2:]],
            "w": [None, 1, None, *[2.0] * 57],
            "g": ["k", "l", "k", "NA", *["m", "l"] * 28],
            "t": ["2024-01-01"] * 59 + [""],
        }
    )
    schema = infer(raw, target="answer", weight="w", group="g", time="t")
    rows, dropped = to_rows(raw, schema)
    assert dropped == (("no answer", 2), ("no weight", 1), ("no group", 1), ("no time", 1))
    assert len(rows) + sum(count for _, count in dropped) == raw.n_rows
    assert rows.ids.tolist() == list(range(4, 59))
    assert [field.name for field in schema.fields] == ["x"]
    assert len(set(rows.group.tolist())) == 2  # k has no row that is kept
    assert set(rows.time.tolist()) == {19723.0}


def test_another_table_is_read_by_the_same_schema():
    schema = infer(table(x=["1", "2"], c=["u", "v"]), target="answer")
    other = read({"c": ["w", "u"], "extra": [1, 2], "x": ["5", None], "answer": ["c", "b"]})
    rows, dropped = to_rows(other, schema)
    assert dropped == (("an answer that is none of the classes", 1),)
    assert rows.truth.tolist() == [1]
    with pytest.raises(ManyErrors, match="'x'"):
        to_rows(read({"answer": ["a", "b"]}), schema)


def test_bad_weights_are_refused():
    for weights in ([-1, 1], [0]):
        raw = table(x=[1, 2], w=weights)
        with pytest.raises(BadData, match="bad-weight"):
            to_rows(raw, infer(raw, target="answer", weight="w"))


def test_the_target_may_be_given_by_name_position_or_as_last():
    raw = table(x=[1, 2])
    for target in ("answer", "last", -1, 1, "-1"):
        assert infer(raw, target=target).answer.name == "answer"
    with pytest.raises(BadUse, match="did you mean 'answer'"):
        infer(raw, target="anwser")
    with pytest.raises(BadUse, match="unknown-column"):
        infer(raw, target=7)


def test_all_unknown_names_and_types_are_said_at_once():
    with pytest.raises(ManyErrors) as error:
        infer(table(x=[1, 2]), target="answer", types={"y": "number", "x": "numbr"}, drop=("z",))
    assert sorted(e.code for e in error.value.errors) == ["unknown-column", "unknown-column", "unknown-type"]


def test_a_column_plays_one_part():
    with pytest.raises(BadUse, match="column-used-twice"):
        infer(table(x=[1, 2], w=[1, 2]), target="answer", weight="w", drop=("w",))


def test_columns_without_a_value_and_dropped_ones_are_no_inputs():
    raw = table(x=[1, 2], empty=[None, "NA"], name=["u", "v"])
    schema = infer(raw, target="answer", drop=("name",))
    assert [field.name for field in schema.fields] == ["x"]
    assert schema.dropped == (("name", "left out by the user"), ("empty", "every cell is missing"))
    with pytest.raises(BadData, match="no-inputs"):
        infer(raw, target="answer", drop=("name", "x"))


def test_surprises_are_noted():
    schema = infer(
        table(amount=[str(i) for i in range(59)] + ["ten"], zip=["01234", "99999"], big=["1e999", "-inf", "3", "4"]),
        target="answer",
    )
    assert schema.notes == (
        "amount is a category: all cells are numbers but 1 distinct ones, such as 'ten'",
        "zip is a category: as numbers its cells, such as '01234', would lose digits",
        "big: 30 infinite cells count as missing",
    )


def test_infinite_cells_count_as_missing():
    raw = table(x=[float("inf"), 1.0], y=["Infinity", "2"])
    rows, _ = to_rows(raw, infer(raw, target="answer"))
    assert np.isnan(rows.columns["x"][0])
    assert np.isnan(rows.columns["y"][0])


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_changes_neither_schema_nor_words(seed):
    order = np.random.default_rng(seed).permutation(60)
    columns = {"x": [["b", "a", "ü", None][i % 4] for i in range(60)], "answer": ANSWER}
    shuffled = {name: [cells[i] for i in order] for name, cells in columns.items()}
    one, other = read(columns), read(shuffled)
    schema = infer(one, target="answer")
    assert infer(other, target="answer") == schema
    rows, moved = to_rows(one, schema)[0], to_rows(other, schema)[0]
    assert moved.words == rows.words
    np.testing.assert_array_equal(moved.columns["x"], rows.columns["x"][order])
    np.testing.assert_array_equal(moved.truth, rows.truth[order])


def test_the_runtime_reads_what_the_schema_reads():
    """The raw cells, read by the runtime's own readers, are the numbers that the rows hold."""
    from trivet.runtime.kinds.readers import raw_values

    raw = table(n=["1", "?", "-3.5e2"], b=["yes", "F", ""], d=["1969-12-31 18:00", "2024-02-29", "2020-01-01T00:00Z"])
    rows, _ = to_rows(raw, infer(raw, target="answer"))
    given = raw.columns_for(["n", "b", "d"])
    np.testing.assert_array_equal([raw_values.number(v) for v in given["n"]], rows.columns["n"])
    np.testing.assert_array_equal([raw_values.boolean(v) for v in given["b"]], rows.columns["b"])
    np.testing.assert_allclose(
        # atol: 0.1 ms, expressed in days
        [raw_values.date_parts(v)[0] for v in given["d"]],
        rows.columns["d"],
        atol=1e-9,
    )  # 0.1 ms
