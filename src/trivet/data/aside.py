"""Columns that no model sees and that may still tell which rows belong together, or in which order they were made."""

from collections.abc import Iterable

import numpy as np

from trivet.core.task import Field
from trivet.runtime.part import Array

from .schema.cells import BadCells
from .schema.encode import column_numbers
from .schema.guess import guess
from .sources.columns import NumberColumn, RawColumn, TextColumn
from .sources.raw import Raw


def aside_of(raw: Raw, names: Iterable[str], ids: Array) -> dict[str, Array]:
    """name -> (ids,) float64 of each column, equal for equal cells and in their order: numbers, dates, or sorted words.

    ids: places of the rows in the source.  Empty cells are NaN.
    """
    return {name: in_order(raw.column(name))[ids] for name in dict.fromkeys(names)}


def in_order(column: RawColumn) -> Array:
    """(rows,) float64 of the cells."""
    if isinstance(column, NumberColumn):
        return column.values
    found = guess(column)
    if found.type in ("number", "date"):
        try:
            return column_numbers(column, Field(name="aside", type=found.type, spelling=found.spelling))
        except BadCells:
            pass  # a few cells that are no numbers, in a column that nobody measures: as words, it is as good
    return word_places(column)


def word_places(column: TextColumn) -> Array:
    """(rows,) the place of each word among the sorted words."""
    place = np.empty(len(column.words) + 1)
    place[np.argsort(np.array([*column.words], str), kind="stable")] = np.arange(len(column.words))
    place[-1] = np.nan
    return place[column.codes]
