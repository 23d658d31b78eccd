"""How numbers and dates are written: each spelling by cells worked by hand, and back from what a printer writes."""

from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trivet.runtime.errors import BadFile, BadRow
from trivet.runtime.kinds import load_reader
from trivet.runtime.kinds.readers.raw_values import Unreadable
from trivet.runtime.kinds.readers.spellings import (
    MONTHS,
    THOUSANDS,
    BadSpelling,
    DateSpelling,
    NumberSpelling,
    parse_type,
    type_text,
)
from trivet.runtime.part import Part
from trivet.runtime.program import read_batch


def reader(**types: str) -> Part:
    """A reader of columns with these type texts."""
    parsed = {name: parse_type(text) for name, text in types.items()}
    fields = [[name, type_] for name, (type_, _) in parsed.items()]
    spellings = {name: text for name, (_, text) in parsed.items() if text}
    return Part(kind="columns", config={"fields": fields, **({"spellings": spellings} if spellings else {})})


def read(type_text: str, values: list) -> list:
    """The values read as one column, after checking that single rows read the same; None for missing."""
    part = reader(x=type_text)
    together = read_batch(part, {"x": values}).numbers
    alone = [load_reader(part).read_rows([{"x": value}]).numbers for value in values]
    np.testing.assert_array_equal(np.concatenate(alone), together)
    return [None if np.isnan(row).any() else row.tolist() if len(row) > 1 else row[0].item() for row in together]


@pytest.mark.parametrize(
    ("type_", "cells"),
    [
        ("number(decimal=',')", {"12,5": 12.5, "-0,25": -0.25, "7": 7, ",5": 0.5, "3,": 3, "1,5e3": 1500, "12": 12}),
        ("number(decimal=',', thousands='.')", {"1.234,50": 1234.5, "1.234": 1234, "1234,5": 1234.5, "0,5": 0.5}),
        ("number(thousands=',')", {"1,234.5": 1234.5, "12,345,678": 12345678, "999": 999, "+1,000": 1000}),
        ("number(thousands=' ')", {"1 234": 1234, "1\u00a0234\u00a0567.5": 1234567.5, "1\u202f000": 1000}),
        ('number(thousands="\'")', {"1'234.50": 1234.5, "1\u2019234": 1234}),
        ("number(unit='%')", {"12 %": 12, "12%": 12, "-0.5 %": -0.5, "12": 12, "%12": 12}),
        ("number(thousands=',', unit='$')", {"$1,200.50": 1200.5, "-$5": -5, "$-5": -5, "$ 7": 7, "\u22123 $": -3}),
        ("number(decimal=',', unit='€')", {"12,50 €": 12.5, "€ 1": 1, "12,50\u00a0€": 12.5}),
        ("number(unit='Fr.')", {"Fr. 12.50": 12.5, "12.50 Fr.": 12.5}),
        ("number(unit='EUR')", {"12 EUR": 12, "1e3EUR": 1000}),
    ],
)
def test_05_8_numbers_are_read_as_their_spelling_says(type_, cells):
    assert read(type_, [*cells, None, "", "NA"]) == [*cells.values(), None, None, None]


@pytest.mark.parametrize(
    ("type_", "wrong"),
    [
        ("number(decimal=',')", ["1.5", "1,2,3", "1.234,5", "ten", "1,5x", "inf", "1_000,5", "--1", ","]),
        ("number(decimal=',', thousands='.')", ["12.34", "1.2345", "1234.567", "0.123", ".123", "1..234", "1.234.5"]),
        ("number(thousands=',')", ["1,23", "12,3456", "1,234,56", "0,123", "1,234,", "1.234,5"]),
        ("number(unit='%')", ["12 $", "12 %%", "% 12 %", "12 percent", "-5- %"]),
        ("number(unit='$')", ["$1,200", "$$5", "($5)", "-$-5"]),
        ("number(decimal=',')", ["1" * 201, "١٢,٥"]),
    ],
)
def test_05_8_cells_that_do_not_fit_a_spelling_are_refused_with_it(type_, wrong):
    for cell in wrong:
        for rows in ([{"x": cell}], [{"x": None}] * 19 + [{"x": cell}]):
            with pytest.raises(BadRow) as caught:
                load_reader(reader(x=type_)).read_rows(rows)
            assert caught.value.code == "wrong-type" and type_ in caught.value.wanted
            assert caught.value.where == f"row {len(rows)}"


def test_05_8_thousands_stand_at_every_third_digit():
    spelling = NumberSpelling(thousands=",")
    cells = ("1,000", "10,000", "100,000", "1000,000", "1,00", "1,0000", "01,000")
    fits = [cell for cell in cells if fit(spelling, cell)]
    assert fits == ["1,000", "10,000", "100,000"]


def fit(spelling, cell: str) -> bool:
    try:
        spelling.measure(cell)
    except Unreadable:
        return False
    return True


@pytest.mark.parametrize(
    ("type_", "cells"),
    [
        ("date(format='%d.%m.%Y')", {"31.12.2024": "2024-12-31", "1.2.2020": "2020-02-01"}),
        ("date(format='%d.%m.%y')", {"31.12.24": "2024-12-31", "01.01.69": "1969-01-01", "01.01.68": "2068-01-01"}),
        ("date(format='%m/%d/%Y')", {"12/31/2024": "2024-12-31", "3/4/2020": "2020-03-04"}),
        ("date(format='%b-%Y')", {"Mar-2018": "2018-03-01", "MARCH-2018": "2018-03-01", "sept-1999": "1999-09-01"}),
        ("date(format='%d %b %y')", {"5 May 01": "2001-05-05", "29 february 00": "2000-02-29"}),
        ("date(format='%Y%m%d')", {"20240531": "2024-05-31"}),
        (
            "date(format='%d.%m.%Y %H:%M')",
            {"31.12.2024 18:30": "2024-12-31T18:30", "1.1.1970 6:05": "1970-01-01T06:05"},
        ),
        ("date(format='%d%b%Y:%H:%M:%S')", {"31Dec2024:23:59:59": "2024-12-31T23:59:59"}),
    ],
)
def test_05_8_dates_are_read_as_their_format_says(type_, cells):
    assert read(type_, [*cells, None]) == read("date", [*cells.values(), None])


@pytest.mark.parametrize(
    ("type_", "wrong"),
    [
        ("date(format='%d.%m.%Y')", ["31.02.2024", "31/12/2024", "31.12.24", "0.1.2020", "1.13.2020", "x31.12.2024"]),
        ("date(format='%b-%Y')", ["Mai-2018", "March", "Mar-18", "Ma-2018", "Mar 2018"]),
        ("date(format='%Y%m%d')", ["2024531", "202405311", 2024.5]),
        ("date(format='%d.%m.%Y %H:%M')", ["1.1.2020 24:00", "1.1.2020 12:60", "1.1.2020"]),
        ("date(format='%d.%m.%Y')", ["0000-01-01", "2024-02-30", "20240101", "2024-W05-1", True]),
    ],
)
def test_05_8_days_that_do_not_exist_or_fit_are_refused(type_, wrong):
    for cell in wrong:
        with pytest.raises(BadRow) as caught:
            load_reader(reader(x=type_)).read_rows([{"x": cell}])
        assert caught.value.code == "wrong-type" and type_ in caught.value.wanted


def test_05_8_spelled_columns_take_numbers_and_iso_dates_too():
    east = timezone(timedelta(hours=2))
    numbers = [1, 2.5, np.float32(4), np.int64(5), True, None, float("nan")]
    assert read("number(decimal=',', thousands='.')", numbers) == [1, 2.5, 4, 5, 1, None, None]
    days = ["1970-01-02", "1970-01-01T12:00:00", date(1970, 1, 1), datetime(1970, 1, 1, 2, tzinfo=east), None]
    assert read("date(format='%d.%m.%Y')", days) == read("date", days)
    assert read("date(format='%d.%m.%Y')", ["1969-12-31T18:00:00Z", datetime(1970, 2, 1, tzinfo=UTC)])
    assert read("date(format='%Y%m%d')", [20240531, 20240531.0]) == read("date", ["2024-05-31"] * 2)


def test_05_8_a_thousands_point_is_never_taken_for_a_decimal_one_in_a_whole_column():
    """numpy would read these texts at once, and as other numbers."""
    part = reader(x="number(decimal=',', thousands='.')")
    cells = ["1.234", "12.345", "7"] * 10
    assert read_batch(part, {"x": cells}).numbers.ravel().tolist() == [1234, 12345, 7] * 10
    assert read_batch(part, {"x": np.array(cells)}).numbers.ravel().tolist() == [1234, 12345, 7] * 10
    assert read_batch(part, {"x": np.array([1.5, 2] * 20)}).numbers.ravel().tolist() == [1.5, 2] * 20


def test_05_8_infinite_spelled_numbers_are_refused_like_plain_ones():
    with pytest.raises(BadRow) as caught:
        load_reader(reader(x="number(decimal=',')")).read_rows([{"x": "1e999"}])
    assert caught.value.code == "not-finite"


number_spellings = st.builds(
    lambda decimal, thousands, unit: (decimal, "" if thousands == decimal else thousands, unit),
    st.sampled_from([".", ","]),
    st.sampled_from(["", *THOUSANDS]),
    st.sampled_from(["", "%", "€", "$", "kg", "Fr.", "m/s"]),
)


def written(value: float, decimal: str, thousands: str, unit: str, *, before: bool) -> str:
    """The value with two decimals as a cash register of that country prints it."""
    text = f"{abs(value):,.2f}".replace(",", "T").replace(".", "D").replace("T", thousands).replace("D", decimal)
    sign = "-" if value < 0 else ""
    return f"{sign}{unit}{text}" if before else f"{sign}{text} {unit}".strip()


@given(number_spellings, st.integers(-(10**12), 10**12), st.booleans())
@settings(max_examples=300, deadline=None)
def test_05_8_a_number_that_was_written_is_read_back(marks, cents, before):
    value = cents / 100
    assert NumberSpelling(*marks).measure(written(value, *marks, before=before)) == value


FORMATS = ["%d.%m.%Y", "%m/%d/%Y", "%d/%m/%y", "%Y%m%d", "%d-%b-%Y", "%b %d, %Y", "%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M"]


@given(st.sampled_from(FORMATS), st.datetimes(datetime(1969, 1, 1), datetime(2068, 12, 31)))
@settings(max_examples=300, deadline=None)
def test_05_8_a_date_that_was_written_is_read_back(text, when):
    parts = {
        "%d": f"{when.day:02}", "%m": f"{when.month:02}", "%Y": f"{when.year:04}", "%y": f"{when.year % 100:02}",
        "%b": MONTHS[when.month - 1][:3].title(), "%H": f"{when.hour:02}", "%M": f"{when.minute:02}",
        "%S": f"{when.second:02}",
    }  # fmt: skip
    cell = text
    for directive, shown in parts.items():
        cell = cell.replace(directive, shown)
    kept = {"%H": "hour", "%M": "minute", "%S": "second"}
    lost = {name: 0 for directive, name in kept.items() if directive not in text}
    assert DateSpelling(text).when(cell) == when.replace(microsecond=0, **lost)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("number", "number"),
        (" number ( ) ", "number"),
        ("number(decimal='.')", "number"),
        ('number(thousands=".", decimal=",")', "number(decimal=',', thousands='.')"),
        ("number(unit=' € ',decimal=',',)", "number(decimal=',', unit='€')"),
        ("number(thousands='\u202f')", "number(thousands=' ')"),
        ('number(thousands="\'")', 'number(thousands="\'")'),
        ("date(format = '%d.%m.%Y')", "date(format='%d.%m.%Y')"),
        ("category", "category"),
    ],
)
def test_05_8_a_type_text_has_one_canonical_form(text, canonical):
    assert type_text(*parse_type(text)) == canonical
    assert parse_type(canonical) == parse_type(text)


@pytest.mark.parametrize(
    "text",
    ["nmber", "", "number(", "number)", "number('x')", "number(decimal=,)", "number(decimal=';')", "number(unit='1')",
     "number(unit='')(x)", "number(locale='de')", "number(decimal=',', decimal=',')", "number(thousands='.')",
     "number(decimal=',', thousands=',')", "number(unit='-')", "number(unit='\"')", "number(unit='" + "k" * 13 + "')",
     "number(unit='k\ng')", "date(format='')", "date(format='%d.%m')", "date(format='%Y')",
     "date(format='%d.%m.%Y.%y')",
     "date(format='%d.%d.%m.%Y')", "date(format='%x')", "date(format='%')", "date(format='%Y-%d-%m')",
     "date(format='%Y-%d-%m %H:%M')", "date(format='T%Y%m')", "date(format='%Y%m%M')", "date(unit='d')",
     "date(format='" + "-" * 130 + "%Y%m')", "text(unit='x')", "boolean(decimal=',')", 7, None, ["number"],
     "number(" + " " * 300 + ")"],
)  # fmt: skip
def test_05_8_texts_that_are_no_type_are_refused_with_an_example(text):
    with pytest.raises(BadSpelling):
        parse_type(text)


def test_05_8_no_spelling_reads_an_iso_date_as_another_day():
    plain = read("date", ["2001-02-03"])
    for text in FORMATS:
        assert read(f"date(format='{text}')", ["2001-02-03"]) == plain


@pytest.mark.parametrize(
    "spellings",
    [None, [], {}, "unit='%'", {"x": 1}, {"x": ""}, {"y": "unit='%'"}, {"when": "unit='%'"}, {"x": "format='%Y%m'"},
     {"x": "unit='%',decimal=','"}, {"x": "decimal=', '"}, {"x": "unit='%', run='rm'"}, {"x": "unit=" + "'%'" * 99}],
)  # fmt: skip
def test_05_8_a_file_with_other_spellings_is_refused_at_load(spellings):
    fields = [["x", "number"], ["when", "date"]]
    with pytest.raises(BadFile) as caught:
        load_reader(Part(kind="columns", config={"fields": fields, "spellings": spellings}))
    assert caught.value.code == "part-config" and "spellings" in caught.value.where
