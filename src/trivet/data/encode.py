"""Columns of a source as the columns of rows: numbers as float64, words as codes."""

from collections.abc import Sequence

import numpy as np

from trivet.core.task import FieldType
from trivet.runtime.part import Array

from .cells import BadCell, is_missing, values_of
from .columns import NumberColumn, RawColumn, TextColumn, as_text, cells_of


def measured(column: RawColumn, type: FieldType) -> Array:
    """(rows,) float64 of a number, boolean or date column, infinities kept, NaN = missing.

    Raises BadCell with a cell that is not of the type.
    """
    if isinstance(column, TextColumn):
        return values_of(column.words, type)[column.codes]
    if column.type == type or (column.type, type) == ("boolean", "number"):
        return column.values
    known = column.values[~np.isnan(column.values)]
    if (column.type, type) == ("number", "boolean"):
        known = known[(known != 0) & (known != 1)]
    if len(known):
        raise BadCell(str(cells_of(NumberColumn(values=known[:1], type=column.type))[0]))
    return column.values


def finite(values: Array) -> Array:
    """The values with infinite ones as missing: no model can use them, and the runtime refuses them."""
    return np.where(np.isinf(values), np.nan, values)


def spoken(column: RawColumn, type: FieldType) -> TextColumn:
    """The column as words.  A category has no word for a missing token; a text keeps it."""
    text = as_text(column)
    if type == "text":
        return text
    codes = np.arange(len(text.words) + 1, dtype=np.int32)
    codes[-1] = -1
    codes[[at for at, word in enumerate(text.words) if is_missing(word)]] = -1
    return TextColumn(words=text.words, codes=codes[text.codes])


def in_order(words: Sequence[str], codes: Array) -> tuple[Array, tuple[str, ...]]:
    """(codes, words) with only words that occur, in ascending order, so that every source gives the same."""
    used = sorted(np.unique(codes[codes >= 0]).tolist(), key=words.__getitem__)
    recoded = np.full(len(words) + 1, -1, np.int32)
    recoded[used] = np.arange(len(used), dtype=np.int32)
    return recoded[codes], tuple(words[at] for at in used)
