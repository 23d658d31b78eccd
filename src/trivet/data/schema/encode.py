"""Columns of a source as the columns of rows: numbers as float64, words as codes."""

from collections.abc import Sequence

import numpy as np

from trivet.core.errors import BadData
from trivet.core.fieldtypes import is_plain
from trivet.core.task import Field
from trivet.data.sources.columns import NumberColumn, RawColumn, TextColumn, as_text, cells_of
from trivet.runtime.kinds.readers.spellings import type_text
from trivet.runtime.part import Array

from .cells import BadCells, is_missing, values_of
from .guess import guess


def column_numbers(column: RawColumn, field: Field) -> Array:
    """(rows, *shape) float64 of a column that holds numbers, infinities kept, NaN = missing.

    Raises BadCells with all cells that are not of the field's type.
    """
    if isinstance(column, TextColumn):
        return word_numbers(column, field)
    if column.type == field.type or (column.type, field.type) == ("boolean", "number"):
        return column.values
    if (column.type, field.type) == ("number", "date") and field.spelling:  # 20240531 as a number
        return word_numbers(as_text(column), field)
    if not is_plain(field):
        return word_numbers(as_text(column), field)
    known = column.values[~np.isnan(column.values)]
    if (column.type, field.type) == ("number", "boolean"):
        known = known[(known != 0) & (known != 1)]
    if len(known):
        odd, counts = np.unique(known, return_counts=True)
        cells = map(str, cells_of(NumberColumn(values=odd, type=column.type)))
        raise BadCells(list(zip(cells, counts.tolist())), len(column.values))
    return column.values


def word_numbers(column: TextColumn, field: Field) -> Array:
    """(rows, *shape) float64 of cells of text, as in `measured`."""
    values, wrong = values_of(column.words, field)
    if wrong:
        counts = np.bincount(column.codes + 1, minlength=len(column.words) + 1)[1:]
        bad = [(column.words[at], int(counts[at])) for at in wrong if counts[at]]
        if bad:  # words that no row has are left over from a longer table
            raise BadCells(bad, len(column.codes))
    return values[column.codes]


def cell_error(column: RawColumn, field: Field, bad: BadCells, origin: str = "") -> BadData:
    """The error about cells that are not of their column's type; names spellings that would fit them all, if any."""
    better = guess(column)
    fitting = [type_text(better.type, better.spelling)] if better.type and better.spelling else better.others
    mend = f"mend the cells of {field.name!r}"
    if fitting:
        mend = f"give {field.name!r} the type {' or '.join(fitting)}, which fits all cells"
    return BadData(
        "cell-type",
        wanted=f"a {type_text(field.type, field.spelling)} in every cell of column {field.name!r}",
        found=f"{bad.count} in column {field.name!r}, {bad.shown}",
        do=f"{mend}, or make it a category or a text",
        where=origin,
    )


def finite(values: Array) -> Array:
    """The values with infinite ones as missing: no model can use them, and the runtime refuses them."""
    return np.where(np.isinf(values), np.nan, values)


def column_words(column: RawColumn, type: str) -> TextColumn:
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
