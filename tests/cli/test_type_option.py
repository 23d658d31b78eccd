"""`--type COLUMN=TYPE`, with and without a spelling."""

import pytest

from trivet.cli.build_options import types_of
from trivet.core.errors import ManyErrors, TrivetError


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("zip=category", {"zip": "category"}),
        ("a=b=number", {"a=b": "number"}),
        ("amount=number(decimal=',')", {"amount": "number(decimal=',')"}),
        ('my day=date(format="%d.%m.%Y")', {"my day": 'date(format="%d.%m.%Y")'}),
        ("a=b=number(decimal=',', thousands='.')", {"a=b": "number(decimal=',', thousands='.')"}),
    ],
)
def test_05_8_a_type_may_say_how_cells_are_written(text, found):
    assert types_of([text]) == found


def test_05_8_all_types_that_cannot_be_read_are_told_at_once():
    with pytest.raises(ManyErrors) as caught:
        types_of(["zip=category", "a=nmber", "b", "c=number(decimal=';')", "d=date(format='%d.%m')", "e=text(x='1')"])
    assert [error.code for error in caught.value.errors] == ["column-type"] * 5
    assert [error.found for error in caught.value.errors][2] == "\"c=number(decimal=';')\""
    assert "decimal='.' or decimal=','" in caught.value.errors[2].wanted
    assert "year and a month" in caught.value.errors[3].wanted


def test_05_8_a_type_without_a_column_is_refused():
    with pytest.raises(TrivetError):
        types_of(["=" * 5])


def test_05_8_init_counts_all_cells_that_a_given_type_cannot_read(tmp_path, trivet):
    path = tmp_path / "t.csv"
    path.write_text("amount;y\n" + "abc;1,5\n" * 20 + "x;2,5\n" * 10 + "1;3,5\n" * 70, encoding="utf-8")
    ended = trivet("init", str(path), "--target", "y", "--type", "amount=number")
    assert ended.code == 2
    assert "30 of 100 cells in column 'amount', such as 'abc' (20), 'x' (10)" in ended.err
