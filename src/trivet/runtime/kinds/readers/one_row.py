"""One row of raw values, read straight into an array that is there already: what a batch needs is left out."""

from collections.abc import Mapping, Sequence
from itertools import chain
from math import inf, isfinite, nan
from operator import itemgetter
from struct import Struct, error
from types import NoneType
from typing import Any

import numpy as np

from trivet.runtime.part import Array

from .raw_values import Read, Unreadable

QUICK = frozenset({float, int, NoneType, np.float64})
"""Types of numbers that pack as numpy would convert them, and None.  All others take the usual way."""


class OneRow:
    """Reads the rows that a program usually gets; says no to anything else, which the usual way then reads or refuses.

    plan: (name, type, read) of each field, none of them a text.  width: numbers that come out.
    """

    def __init__(self, plan: Sequence[tuple[str, str, Read]], *, plain: Sequence[bool], width: int) -> None:
        names = [name for name, _, _ in plan]
        self._cells_of = itemgetter(*names, names[0])  # one more, because a single name would give no tuple
        self._read = tuple((at, read) for at, (_, _, read) in enumerate(plan) if not plain[at])
        self._has_wide = any(type_ in ("date", "numbers") for _, type_, _ in plan)
        self._pack_into = Struct(f"={width}f").pack_into

    def read_into(self, numbers: Array, row: Mapping[str, Any]) -> bool:
        """Whether the row was read; if so, `numbers`, (1, width) float32, holds it."""
        try:
            cells: list[Any] = [*self._cells_of(row)]
            cells.pop()
            for at, read in self._read:
                cells[at] = read(cells[at])
            if self._has_wide:
                cells = [*chain.from_iterable(cell if type(cell) is tuple else (cell,) for cell in cells)]
            types = {*map(type, cells)}
            if not types <= QUICK:
                return False
            if NoneType in types:
                cells = [nan if cell is None else cell for cell in cells]
            if not isfinite(sum(cells)) and (inf in cells or -inf in cells):  # a missing cell makes the sum NaN
                return False
            self._pack_into(numbers.data, 0, *cells)
        except (KeyError, TypeError, Unreadable, OverflowError, error):
            return False
        return True
