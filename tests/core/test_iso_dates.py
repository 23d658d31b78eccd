"""Dates are written in one way, and what was written is read as the same moment."""

import numpy as np
import pytest

from trivet.core.fieldtypes import find_fieldtype
from trivet.core.iso_dates import iso_date
from trivet.core.rows import raw_column
from trivet.core.task import Field
from trivet.data.sources.columns import NumberColumn, as_text, cells_of
from trivet.runtime.kinds.readers.raw_values import date_parts

MICROSECONDS = np.random.default_rng(0).integers(0, 340 * 365 * 86_400 * 10**6, 2_000)
STAMPS = (np.datetime64("1800-01-01", "us") + MICROSECONDS).tolist()


def test_every_moment_to_the_microsecond_comes_back_as_the_text_that_it_was():
    texts = [stamp.isoformat() for stamp in STAMPS]
    assert [iso_date(find_fieldtype("date").parse(text, "")) for text in texts] == texts


@pytest.mark.parametrize("text", ["0001-01-01", "1969-12-31", "2024-02-29", "9999-12-31", "2024-05-31T23:59:59.999999"])
def test_days_have_no_time_part(text):
    assert iso_date(find_fieldtype("date").parse(text, "")) == text


def test_rows_sources_and_the_runtime_agree_on_a_fraction_of_a_second():
    days = find_fieldtype("date").parse("2024-05-31T12:34:56.789012", "")
    column = NumberColumn(values=np.array([days, np.nan]), type="date")
    shown = raw_column(Field(name="seen", type="date"), column.values, ())
    assert shown == cells_of(column) == ["2024-05-31T12:34:56.789012", None]
    assert as_text(column).words == ("2024-05-31T12:34:56.789012",)
    assert date_parts(shown[0])[0] == pytest.approx(days, abs=1e-11)
