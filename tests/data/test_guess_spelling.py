"""Spelled numbers and dates are recognised when only one reading fits every cell; else the choice is the user's."""

import numpy as np
import pytest

from trivet.core.errors import BadData, BadUse, ManyErrors, TrivetError
from trivet.core.recipe import parse_recipe
from trivet.data.schema.guess import Guess, guess
from trivet.data.schema.table_schema import infer, spelled_types, to_rows
from trivet.data.sources.reading import read
from trivet.runtime.kinds.readers.spellings import type_text
from trivet.runtime.part import Part
from trivet.runtime.program import read_batch

ANSWER = ["a", "b"] * 30


def table(**columns):
    """The raw table of these columns, repeated to 60 rows, with an answer."""
    full = {name: (list(cells) * 60)[:60] for name, cells in columns.items()}
    return read({"answer": ANSWER, **full})


def guessed(cells) -> Guess:
    return guess(table(x=cells).column("x"))


SURE = [
    (["31.12.2024", "1.2.2025"], "date(format='%d.%m.%Y')"),
    (["01.02.2024", "02.03.2024"], "date(format='%d.%m.%Y')"),  # nobody writes the month first between points
    (["31.12.24", "01.02.99"], "date(format='%d.%m.%y')"),
    (["31/12/2024", "01/02/2024"], "date(format='%d/%m/%Y')"),
    (["31/12/24", "01/02/24"], "date(format='%d/%m/%y')"),
    (["12/31/2024", "01/02/2024"], "date(format='%m/%d/%Y')"),
    (["31/12/2024 18:30", "01/02/2024 07:05"], "date(format='%d/%m/%Y %H:%M')"),
    (["2024/12/31", "2024/1/2"], "date(format='%Y/%m/%d')"),
    (["Mar-2018", "apr-2018"], "date(format='%b-%Y')"),
    (["March 2018", "May 2018"], "date(format='%b %Y')"),
    (["5-Mar-2018", "31-Dec-2018"], "date(format='%d-%b-%Y')"),
    (["Mar 5, 2018", "Dec 31, 2018"], "date(format='%b %d, %Y')"),
    (["03/2018", "12/2019"], "date(format='%m/%Y')"),
    (["12,5", "3,25"], "number(decimal=',')"),
    (["0,123", "1,234"], "number(decimal=',')"),  # no thousands begin with a 0
    (["1.234,50", "12,00", "7,10"], "number(decimal=',', thousands='.')"),
    (["1.234", "12,5"], "number(decimal=',', thousands='.')"),
    (["1.234.567", "2.345.678"], "number(decimal=',', thousands='.')"),
    (["1,234.50", "12.00"], "number(thousands=',')"),
    (["1,234,567", "999"], "number(thousands=',')"),
    (["1 234", "12 345", "7"], "number(thousands=' ')"),
    (["1'234.50", "12.00"], 'number(thousands="\'")'),
    (["12 %", "15 %", "-3 %"], "number(unit='%')"),
    (["12,5%", "3,25%"], "number(decimal=',', unit='%')"),
    (["$5", "$1,200.50", "-$3"], "number(thousands=',', unit='$')"),
    (["1.200,50 €", "7,00 €"], "number(decimal=',', thousands='.', unit='€')"),
    (["£0.50", "NA", "£7"], "number(unit='£')"),
]
PLAIN = [
    (["1", "2.5", "-3e4"], "number"),
    (["0.123", "1.234"], "number"),
    (["1234", "12"], "number"),
    (["2024-01-31", "2024-02-01"], "date"),
    (["$5", "7"], "category"),  # a sign on some cells only
    (["$5", "€7"], "category"),
    (["$005", "$123"], "category"),  # a code
    (["1,2,3", "4,5"], "category"),
    (["12,5", "ten"], "category"),
    (["31.02.2024", "01.01.2024"], "category"),  # no such day
    (["31.12.2024", "12/31/2024"], "category"),
    (["030 123 456", "030 654 321"], "category"),  # a telephone
    (["555 123 456", "555 654 321"], "category"),
    (["192.168.0.1", "10.0.0.7"], "category"),
    (["May 2018", "Lent 2018"], "category"),
    (["1e5 kg", "2 kg"], "category"),
]
UNSURE = [
    (["03/04/2020", "05/06/2020"], "category", ("date(format='%d/%m/%Y')", "date(format='%m/%d/%Y')")),
    (["01/01/2020", "02/02/2020"], "category", ("date(format='%d/%m/%Y')", "date(format='%m/%d/%Y')")),
    (["1,234", "12,345"], "category", ("number(decimal=',')", "number(thousands=',')")),
    (["1,234", "999"], "category", ("number(decimal=',')", "number(thousands=',')")),
    (["$1,200", "$2,300"], "category", ("number(decimal=',', unit='$')", "number(thousands=',', unit='$')")),
    (["1.234", "12.345"], "number", ("number(decimal=',', thousands='.')",)),
    (["Mar-18", "Apr-19"], "category", ("date(format='%b-%y')",)),
    (["31-12-24", "30-11-24"], "category", ("date(format='%d-%m-%y')", "date(format='%y-%m-%d')")),
]


@pytest.mark.parametrize(("cells", "text"), SURE)
def test_05_8_a_spelling_is_guessed_when_it_is_the_only_reading(cells, text):
    found = guessed(cells)
    assert type_text(found.type, found.spelling) == text and found.others == ()


@pytest.mark.parametrize(("cells", "type"), PLAIN)
def test_05_8_other_cells_stay_what_they_were(cells, type):
    assert guessed(cells) == Guess(type=type)


@pytest.mark.parametrize(("cells", "type", "others"), UNSURE)
def test_05_8_of_several_readings_none_is_taken_and_all_are_named(cells, type, others):
    found = guessed(cells)
    assert (found.type, found.others) == (type, others)
    assert found.spelling == ""
    (note,) = infer(table(x=cells), target="answer").notes
    assert all(text in note for text in (type, *others)) and "--type" in note


@pytest.mark.parametrize("seed", range(3))
def test_05_8_the_order_of_rows_changes_no_guess_and_no_note(seed):
    for cells, *_ in SURE + UNSURE:
        shuffled = np.random.default_rng(seed).permutation(cells).tolist()
        assert guessed(cells) == guessed(shuffled)
        assert infer(table(x=cells), target="answer") == infer(table(x=shuffled), target="answer")


def test_05_8_what_was_made_of_spelled_cells_is_noted_with_count_and_way_back():
    raw = table(amount=["1.234,50", "12,00", "?"], share=["12 %"], **{"my day": ["31.12.2024"]})
    notes = infer(raw, target="answer").notes
    assert notes == (
        "amount: 40 cells such as '1.234,50' are read as number(decimal=',', thousands='.'); "
        "keep them as words with --type amount=category",
        "share: 60 cells such as '12 %' are read as number(unit='%'); the percent sign is taken off, 12 % becomes 12; "
        "keep them as words with --type share=category",
        "my day: 60 cells such as '31.12.2024' are read as date(format='%d.%m.%Y'); "
        'keep them as words with --type "my day=category"',
    )


def test_05_8_the_users_word_decides_between_readings():
    raw = table(day=["03/04/2020"], money=["1,234"])
    for types, day, money in [
        ({"day": "date(format='%d/%m/%Y')", "money": "number(decimal=',')"}, "2020-04-03", 1.234),
        ({"day": 'date(format="%m/%d/%Y")', "money": "number(thousands=',')"}, "2020-03-04", 1234),
    ]:
        schema = infer(raw, target="answer", types=types)
        assert schema.notes == ()
        rows, _ = to_rows(raw, schema)
        days = (np.datetime64(day) - np.datetime64("1970-01-01")).astype(int)
        assert rows.columns["day"][0] == days and rows.columns["money"][0] == money


def test_05_8_an_answer_with_decimal_commas_is_regressed():
    raw = read({"x": list(range(60)), "price": [f"{i},5 €" for i in range(60)]})
    schema = infer(raw, target="price")
    assert (schema.goal, schema.answer.type, schema.answer.spelling) == ("regress", "number", "decimal=',', unit='€'")
    assert any(note.startswith("price: 60 cells") for note in schema.notes)
    rows, dropped = to_rows(raw, schema)
    assert rows.truth.tolist() == [i + 0.5 for i in range(60)] and dropped == ()
    kept = infer(raw, target="price", types={"price": "number(decimal=',', unit='€')"})
    assert (kept.goal, kept.notes) == ("regress", ())


def test_05_8_weight_and_time_columns_are_spelled_too():
    raw = table(x=[1, 2], w=["1,5", "0,5"], t=["31.12.1970", "02.01.1970"])
    schema = infer(raw, target="answer", weight="w", time="t")
    rows, _ = to_rows(raw, schema)
    assert rows.weight[:2].tolist() == [1.5, 0.5] and rows.time[:2].tolist() == [364, 1]
    assert spelled_types(schema) == {"w": "number(decimal=',')", "t": "date(format='%d.%m.%Y')"}
    assert [note.partition(":")[0] for note in schema.notes] == ["w", "t"]
    given = infer(raw, target="answer", weight="w", time="t", types=spelled_types(schema))
    assert given.role_fields == schema.role_fields and given.notes == ()


def test_05_8_guessed_spellings_can_be_written_into_a_recipe_and_read_back():
    raw = table(x=["1,5"], d=["31.12.2024"], n=[1], m=["1'234.5"])
    types = spelled_types(infer(raw, target="answer"))
    assert types == {"x": "number(decimal=',')", "d": "date(format='%d.%m.%Y')", "m": 'number(thousands="\'")'}
    text = '[data]\nsource = "a"\ntarget = "answer"\n'
    recipe = parse_recipe(
        str(parse_recipe(text + "[types]\n" + "\n".join(f"{k} = '''{v}'''" for k, v in types.items())))
    )
    assert recipe.data.types == types
    assert spelled_types(infer(raw, target="answer", types=recipe.data.types)) == types


def test_05_8_all_bad_cells_of_all_columns_are_counted_at_once():
    cells = ["1"] * 23 + ["abc"] * 20 + ["x"] * 10 + ["y"] * 7
    raw = read({"amount": cells, "flag": ["yes", "perhaps"] * 30, "w": ["1", "heavy"] * 30, "price": ["1", "2,5"] * 30})
    types = {"amount": "number", "flag": "boolean", "price": "number"}
    for judge in (lambda: infer(raw, target="price", weight="w", types=types), lambda: to_rows(raw, schema())):
        with pytest.raises(ManyErrors) as error:
            judge()
        found = [one.found for one in error.value.errors]
        assert [one.code for one in error.value.errors] == ["cell-type"] * 4
        assert found == [
            "37 of 60 cells in column 'amount', such as 'abc' (20), 'x' (10), 'y' (7)",
            "30 of 60 cells in column 'flag', such as 'perhaps' (30)",
            "30 of 60 cells in column 'price', such as '2,5' (30)",
            "30 of 60 cells in column 'w', such as 'heavy' (30)",
        ]
        assert "give 'price' the type number(decimal=','), which fits all cells" in error.value.errors[2].do


def schema():
    """What a table without bad cells would give."""
    good = read({"amount": [1, 2] * 30, "flag": [True, False] * 30, "w": [1, 2] * 30, "price": [0.5, 1] * 30})
    return infer(good, target="price", weight="w")


def test_05_8_numbers_of_a_typed_source_are_read_by_a_date_format():
    raw = table(x=[20240531, 20240601])
    rows, _ = to_rows(raw, infer(raw, target="answer", types={"x": "date(format='%Y%m%d')"}))
    assert np.diff(rows.columns["x"][:2]).tolist() == [1]
    with pytest.raises(BadData, match="60 of 60 cells"):
        infer(raw, target="answer", types={"x": "date(format='%d.%m.%Y')"})


@pytest.mark.parametrize("text", ["number(decimal=';')", "date(format='%d')", "text(unit='x')", "numbr", 7])
def test_05_8_types_that_cannot_be_understood_are_refused_by_column(text):
    with pytest.raises(BadUse) as error:
        infer(table(x=["1"]), target="answer", types={"x": text})
    assert error.value.code == "unknown-type" and "'x'" in error.value.wanted and error.value.found == repr(text)


def test_05_8_a_recipe_names_all_types_it_cannot_read_with_their_lines():
    types = "[types]\na = \"number(decimal=';')\"\nb = \"date(format='%Q')\"\nc = 'date'\n"
    text = f"[data]\nsource = 'a'\ntarget = 'y'\n{types}"
    with pytest.raises(TrivetError) as caught:
        parse_recipe(text, where="r.toml")
    where = [error.where for error in caught.value.errors]
    assert [error.code for error in caught.value.errors] == ["recipe-field"] * 2
    assert "line 5" in where[0] and "line 6" in where[1]


def test_05_8_the_runtime_reads_spelled_cells_as_the_schema_does():
    raw = table(**{f"c{at}": cells for at, (cells, _) in enumerate(SURE)})
    rows, _ = to_rows(raw, schema := infer(raw, target="answer"))
    config = {
        "fields": [[field.name, field.type] for field in schema.fields],
        "spellings": {field.name: field.spelling for field in schema.fields},
    }
    numbers = read_batch(Part(kind="columns", config=config), raw.columns_for(rows.columns)).numbers
    widths = [3 if field.type == "date" else 1 for field in schema.fields]
    first = np.cumsum([0, *widths[:-1]])
    want = np.stack([rows.columns[field.name] for field in schema.fields], axis=1)
    np.testing.assert_allclose(numbers[:, first], want.astype(np.float32), rtol=1e-7)
