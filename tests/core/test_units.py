"""Numbers with units: what is shown reads back, to the digits shown."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from trivet.core.errors import BadLimit
from trivet.core.units import _SCALES, nearest_amount, parse_amount, show_amount, show_duration


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


@pytest.mark.parametrize("text", ["", "kB", "1,5 kB", "1 m", "1 M", "1", "0x10 B", "1 2 B", "nan B", "inf B"])
def test_other_texts_are_refused(text):
    with pytest.raises(BadLimit, match="limit-unit"):
        parse_amount(text, "B", what="size")


def test_05_15_a_lone_m_is_minutes_as_a_time_and_no_size_and_a_large_one_is_neither():
    assert parse_amount("5m", "s", what="time") == 300
    for text, unit in (("5M", "s"), ("5m", "B"), ("5M", "B"), ("5 m", "ms")):
        with pytest.raises(BadLimit, match="limit-unit"):
            parse_amount(text, unit, what="it")


SPELLINGS = [(unit, word, scale) for unit, words in _SCALES.items() for word, scale in words.items() if word != "m"]


@given(
    st.sampled_from(SPELLINGS), st.floats(1e-6, 1e9), st.sampled_from([str.upper, str.lower, str.title, str.swapcase])
)
def test_05_15_units_are_read_in_any_case_with_or_without_a_space(spelling, number, change):
    unit, word, scale = spelling
    word = change(word)
    assume(word != "M")
    for text in (f"{number!r}{word}", f"  {number!r}  {word} "):
        assert parse_amount(text, unit, what="it") == number * scale


@pytest.mark.parametrize("unit", _SCALES)
def test_no_two_units_that_differ_in_their_case_alone_mean_different_things(unit):
    scales = {}
    for word, scale in _SCALES[unit].items():
        assert scales.setdefault(word.casefold(), scale) == scale


@given(st.sampled_from(list(_SCALES)), st.text(max_size=12) | st.from_regex(r"[0-9]{1,3}[.,]?[0-9]? ?[a-zA-Zµ%/]{0,4}"))
def test_05_15_the_nearest_amount_is_always_one_that_is_read(unit, text):
    parse_amount(nearest_amount(text, unit), unit, what="it")


@pytest.mark.parametrize(("seconds", "text"), [(5.25, "5.2 s"), (42, "42 s"), (250, "4 min 10 s"), (7300, "2 h 1 min")])
def test_durations_are_shown_in_two_steps(seconds, text):
    assert show_duration(seconds) == text
