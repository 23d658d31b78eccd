"""Numbers with units: what is shown reads back, to the digits shown."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivet.core.errors import BadLimit
from trivet.core.units import parse_amount, show_amount, show_duration


@pytest.mark.parametrize("unit", ["B", "ms", "rows/s", ""])
@given(number=st.floats(1e-3, 1e12))
def test_what_is_shown_reads_back_to_three_digits(unit, number):
    shown = show_amount(number, unit).replace("k rows/s", " krows/s")
    # Bytes and rows are shown whole below 1000; a plain number below 10 has four decimals.
    slack = 0.5 if unit in ("B", "rows/s") else 5e-5
    assert math.isclose(parse_amount(shown, unit, what="it"), number, rel_tol=5.1e-3, abs_tol=slack)


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (17_960, "B", "18 kB"), (999, "B", "999 B"), (3_000_000, "B", "3 MB"),
        (0.035, "ms", "35 µs"), (1.0, "ms", "1 ms"), (2500, "ms", "2.5 s"),
        (301_000, "rows/s", "301k rows/s"), (900, "rows/s", "900 rows/s"),
        (0.98765, "", "0.9877"), (12.345, "", "12.3"), (1234.5, "", "1234"),
        (math.nan, "", "unknown"), (math.inf, "ms", "unbounded"), (-math.inf, "", "-unbounded"),
    ],
)  # fmt: skip
def test_numbers_are_shown_in_the_unit_that_people_read(number, unit, text):
    assert show_amount(number, unit) == text


@pytest.mark.parametrize(("text", "wanted"), [("1e3 B", 1000), ("+5 B", 5), (".5 kB", 500), ("1 MiB", 1024**2)])
def test_amounts_are_read_in_every_spelling(text, wanted):
    assert parse_amount(text, "B", what="size") == wanted


@pytest.mark.parametrize("text", ["", "kB", "1,5 kB", "1 kb", "0x10 B", "1 2 B", "nan B", "inf B"])
def test_other_texts_are_refused(text):
    with pytest.raises(BadLimit, match="limit-unit"):
        parse_amount(text, "B", what="size")


@pytest.mark.parametrize(("seconds", "text"), [(5.25, "5.2 s"), (42, "42 s"), (250, "4 min 10 s"), (7300, "2 h 1 min")])
def test_durations_are_shown_in_two_steps(seconds, text):
    assert show_duration(seconds) == text
