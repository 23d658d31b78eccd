"""Lengths that vary keep the order in which they run through memory."""

import pytest

from trivet.runtime.ops.lengths import factors, flat, ordered, product


@pytest.mark.parametrize("length", [7, "rows", "6*rows", "rows*6", "2*rows*3*length"])
def test_factors_and_product_are_inverse(length):
    assert product(factors(length)) == length


def test_a_product_has_one_spelling():
    assert product([1, "rows", 1, 1]) == "rows" and product([2, 3, "rows"]) == "6*rows" and product([1, 1]) == 1


def test_flat_tells_rows_outside_from_rows_inside():
    assert flat((6, "rows", 4)) == "6*rows*4" != flat(("rows", 6, 4))


@pytest.mark.parametrize(
    ("before", "to", "found"),
    [
        (("rows", 24), ("rows", 6, 4), ("rows", 6, 4)),
        (("rows", 6, 4), ("rows*6", 4), ("rows*6", 4)),
        ((6, "rows", 4), ("rows*6", 4), ("6*rows", 4)),
        ((6, "rows", 16), (6, "rows*4", 4), (6, "rows*4", 4)),
        (("rows*4", 6, 4), ("rows", 4, 6, 4), ("rows", 4, 6, 4)),
        (("rows", "length", 8), ("length*rows*2", 4), ("rows*length*2", 4)),
        ((6, "rows"), ("rows", 6), None),
        (("rows", 4), ("rows", 3), None),
        (("rows", "length"), ("length", "rows"), None),
    ],
)
def test_a_reshape_finds_the_order_of_factors_or_is_none(before, to, found):
    assert ordered(before, to) == found
