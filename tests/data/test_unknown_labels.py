"""Answers that a file does not know are refused by name and number; other spellings of the same answer are known."""

import pytest

from trivet.core.errors import BadData
from trivet.core.task import Field
from trivet.data.sources.reading import read
from trivet.data.unknown_labels import refuse_unknown_labels, unknown_labels
from trivet.testing.tasks import made_task


def task(classes, type="category"):
    inputs, answer = (Field(name="a", type="number"),), Field(name="y", type=type)
    return made_task("classify", tuple(classes), inputs=inputs, answer=answer)


def refused(answers, classes, type="category"):
    raw = read({"a": list(range(len(answers))), "y": answers})
    with pytest.raises(BadData) as caught:
        refuse_unknown_labels(raw, task(classes, type))
    return caught.value


def test_05_3_unknown_labels_are_refused_by_name_and_number():
    error = refused([*["ok"] * 3217, *["fraud?"] * 2000, *["x"] * 1000], ["fraud", "ok"])
    assert error.code == "unknown-labels"
    assert error.found == "3,000 of 6,217 rows have other answers: 'fraud?' (2,000), 'x' (1,000)"
    assert "'fraud', 'ok'" in error.wanted
    assert """SELECT * FROM 'rows.csv' WHERE "y" IN ('fraud', 'ok')""" in error.do


def test_05_3_all_labels_renamed_are_named_too():
    assert refused(["A", "B", "A", None], ["a", "b"]).found == "3 of 4 rows have other answers: 'A' (2), 'B' (1)"


def test_05_3_many_unknown_labels_are_told_shortly():
    assert refused([f"w{at}" for at in range(9)], ["a", "b"]).found.endswith("'w4' (1) and 4 more")


@pytest.mark.parametrize(
    ("answers", "classes", "type"),
    [
        (["1.0", "0", "", "00", "NA"], ["0", "1"], "number"),
        ([1, 0, None], ["0", "1"], "number"),
        ([1.0, 0.0], ["0", "1"], "number"),
        ([True, False], ["0", "1"], "number"),
        (["TRUE", "false", "T", "0"], ["false", "true"], "boolean"),
        ([True, False], ["False", "True"], "boolean"),
        ([1, 0], ["FALSE", "TRUE"], "boolean"),
        (["no", "yes", "?"], ["no", "yes"], "category"),
    ],
)
def test_05_3_answers_are_matched_by_value_and_missing_ones_pass(answers, classes, type):
    refuse_unknown_labels(read({"a": list(range(len(answers))), "y": answers}), task(classes, type))


def test_05_3_answers_in_their_own_spelling_are_matched_by_value():
    answer = Field(name="y", type="number", spelling="decimal=','")
    commas = read({"y": ["1,5", "2", "3,5"]}).column("y")
    assert unknown_labels(commas, answer, ["1.5", "2"]) == [("3,5", 1)]
    assert unknown_labels(read({"y": [1.5, 2.0]}).column("y"), answer, ["1.5", "2"]) == []


@pytest.mark.parametrize(("type", "classes"), [("number", ["0", "1"]), ("boolean", ["false", "true"])])
def test_05_3_words_among_numbers_and_truth_values_are_counted(type, classes):
    assert refused(["1", "0", "2", "oops", "oops"], classes, type).found.endswith("'oops' (2), '2' (1)")
