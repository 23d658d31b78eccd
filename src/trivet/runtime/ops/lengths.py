"""Lengths of axes: a whole number, or a product in which names stand for lengths that vary, such as "6*rows*4".

The factors of a product stand in the order in which they run through memory, the slowest first: "6*rows" holds all rows
six times over, "rows*6" holds six numbers of each row.  So a reshape that would mix rows can be told from one that
does not.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import prod

ROWS = "rows"
Length = int | str
Factor = int | str
Shape = tuple[Length, ...]
Axes = Mapping[str, int]
"""The largest length of each name; one row counts as one."""


def factors(length: Length) -> tuple[Factor, ...]:
    """The factors of a length, in order.

    >>> factors("6*rows*4")
    (6, 'rows', 4)
    """
    if isinstance(length, int):
        return (length,)
    return tuple(int(word) if word.isdigit() else word for word in length.split("*"))


def product(of: Iterable[Factor]) -> Length:
    """The length with these factors, in its one spelling: neighbouring numbers multiplied, ones left out.

    >>> product([2, 3, "rows", 1, 4]), product([2, 5])
    ('6*rows*4', 10)
    """
    merged: list[Factor] = []
    for factor in of:
        if isinstance(factor, int) and merged and isinstance(merged[-1], int):
            merged[-1] *= factor
        else:
            merged.append(factor)
    kept = [factor for factor in merged if factor != 1]
    if all(isinstance(factor, int) for factor in kept):
        return int(prod(factor for factor in kept if isinstance(factor, int)))
    return "*".join(str(factor) for factor in kept)


def flat(shape: Sequence[Length]) -> Length:
    """The length of the one axis that the shape would flatten to."""
    return product(factor for length in shape for factor in factors(length))


def names_in(shape: Sequence[Length]) -> list[str]:
    """Every name, as often as it occurs."""
    return [factor for length in shape for factor in factors(length) if isinstance(factor, str)]


def has_rows(length: Length) -> bool:
    """Whether rows run along this axis."""
    return ROWS in factors(length)


def places(length: Length, of: Mapping[str, int]) -> int:
    """The number of places on this axis, where each name is so long; at most, where `of` holds the largest lengths.

    >>> places("6*rows*4", {"rows": 2})
    48
    """
    return prod(factor if isinstance(factor, int) else of[factor] for factor in factors(length))


def numbers_in(shape: Sequence[Length], axes: Axes) -> int:
    """The largest count of numbers in a value of this shape, for one row."""
    return prod(places(length, axes) for length in shape)


def ordered(from_shape: Sequence[Length], to: Sequence[Length]) -> Shape | None:
    """`to` with the factors of each product in the order that memory gives them; None if memory gives no such shape.

    >>> ordered((6, "rows", 16), ("rows*6", 16)), ordered(("rows", 6), ("rows*3", 2)), ordered((6, "rows"), ("rows", 6))
    (('6*rows', 16), ('rows*3', 2), None)
    """
    left = list(factors(flat(from_shape)))
    found: list[Length] = []
    for length in to:
        taken = taken_from(left, length)
        if taken is None:
            return None
        found.append(taken)
    return tuple(found) if all(factor == 1 for factor in left) else None


def taken_from(left: list[Factor], length: Length) -> Length | None:
    """Takes the factors of a length from the front of what is left of memory; None if it does not begin so."""
    names = [factor for factor in factors(length) if isinstance(factor, str)]
    number = prod(factor for factor in factors(length) if isinstance(factor, int))
    taken: list[Factor] = []
    while names or number > 1:
        first = left[0] if left else 0
        if isinstance(first, str):
            if first not in names:
                return None
            names.remove(first)
            taken.append(left.pop(0))
        elif names and number % max(1, first) == 0 and first > 0:
            taken.append(first)
            number //= first
            left.pop(0)
        elif not names and first and first % number == 0:
            taken.append(number)
            left[0], number = first // number, 1
        else:
            return None
    return product(taken)
