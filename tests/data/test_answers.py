"""Answers: how classes are spelled, and that other spellings of one class are one class."""

import numpy as np
import pytest

from trivet.core.errors import BadData
from trivet.data.schema.table_schema import infer, to_rows
from trivet.data.sources.reading import read


def answers(*cells):
    """A table of 60 rows with these answers, repeated."""
    return read({"x": list(range(60)), "answer": (list(cells) * 60)[:60]})


@pytest.mark.parametrize(
    ("cells", "classes"),
    [
        (["True", "False"], ("False", "True")),
        (["TRUE", "FALSE"], ("FALSE", "TRUE")),
        (["true", "false"], ("false", "true")),
        (["True", "true", "True", "false", "FALSE", "FALSE"], ("FALSE", "True")),
        (["true", "True", "False", "false"], ("False", "True")),  # equally often: the capital comes first
        (["True", "?", "False"], ("False", "True")),
        ([True, False], ("false", "true")),
        ([np.True_, np.False_, None], ("false", "true")),
    ],
)
def test_05_1_truth_values_are_spelled_as_the_data_spell_them(cells, classes):
    raw = answers(*cells)
    schema = infer(raw, target="answer")
    assert (schema.answer.type, schema.classes) == ("boolean", classes)
    rows, dropped = to_rows(raw, schema)
    told = [schema.classes[code].lower() for code in rows.truth]
    given = [str(cell).lower() for cell in (cells * 60)[:60] if cell is not None and cell != "?"]
    assert told == given
    assert len(rows) + sum(count for _, count in dropped) == 60


def test_05_1_yes_and_no_that_the_user_calls_boolean_stay_yes_and_no():
    schema = infer(answers("yes", "no"), target="answer", types={"answer": "boolean"})
    assert (schema.answer.type, schema.classes) == ("boolean", ("no", "yes"))


@pytest.mark.parametrize(
    ("built", "fresh"),
    [
        (["True", "False"], ["true", "FALSE"]),
        (["true", "false"], ["1", "0"]),
        (["TRUE", "FALSE"], [True, False]),
        ([True, False], ["True", "False"]),
        ([1, 0], ["1.0", "0.0"]),
        (["1", "0"], ["1.00", "0e0"]),
        (["1", "0"], [True, False]),
    ],
)
def test_05_1_another_table_may_spell_truth_values_and_numbers_its_own_way(built, fresh):
    schema = infer(answers(*built), target="answer")
    rows, dropped = to_rows(answers(*fresh), schema)
    assert dropped == ()
    assert rows.truth.tolist() == [1, 0] * 30


def test_05_1_a_number_that_is_none_of_the_classes_is_left_out_and_counted():
    schema = infer(answers("0", "1"), target="answer")
    rows, dropped = to_rows(answers("1.0", "2", ""), schema)
    assert dropped == (("no answer", 20), ("an answer that is none of the classes", 20))
    assert rows.truth.tolist() == [1] * 20


def test_a_word_among_truth_values_is_refused_by_name():
    schema = infer(answers("True", "False"), target="answer")
    with pytest.raises(BadData, match="'maybe'"):
        to_rows(answers("True", "maybe"), schema)
