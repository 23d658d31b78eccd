"""Columns as they come from a source, before anyone has decided what they mean."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np

from trivet.core.iso_dates import iso_date
from trivet.core.value import value
from trivet.data.schema.cells import number_text
from trivet.runtime.part import Array


@value
class TextColumn:
    """Cells that are text.  words: distinct, without surrounding spaces, never empty.

    codes: (rows,) int32 into the words, -1 = nothing there.
    """

    words: tuple[str, ...]
    codes: Array


@value
class NumberColumn:
    """Cells that the source itself typed.  values: (rows,) float64, NaN = missing; dates are days since 1970-01-01."""

    values: Array
    type: Literal["number", "boolean", "date"]


RawColumn = TextColumn | NumberColumn


class Lexicon(dict[str, int]):
    """Numbers words in the order in which they are first asked for."""

    def __missing__(self, word: str) -> int:
        self[word] = code = len(self)
        return code


def text_column(words: Sequence[str | None], codes: Array) -> TextColumn:
    """The column with spaces around words removed, words that then are equal merged, and empty ones as missing."""
    lexicon = Lexicon()
    merged = [lexicon[word.strip()] if word and not word.isspace() else -1 for word in words]
    recoded = np.array([*merged, -1], np.int32)  # code -1 picks the last entry
    return TextColumn(words=tuple(lexicon), codes=recoded[codes])


def text_column_of(cells: Sequence[str | None]) -> TextColumn:
    """The column of these cells."""
    lexicon = Lexicon()
    codes = np.fromiter((-1 if cell is None else lexicon[cell] for cell in cells), np.int32, len(cells))
    return text_column(tuple(lexicon), codes)


def rows_in(column: RawColumn) -> int:
    """How many cells the column has."""
    return len(column.codes if isinstance(column, TextColumn) else column.values)


def cells_of(column: RawColumn) -> list[Any]:
    """The cells as a user would give them to `predict`: text, numbers, True/False, ISO dates; None for missing."""
    if isinstance(column, TextColumn):
        spelled = (*column.words, None)
        return [spelled[code] for code in column.codes.tolist()]
    show: dict[str, Callable[[float], Any]] = {"number": float, "boolean": bool, "date": iso_date}
    return [None if v != v else show[column.type](v) for v in column.values.tolist()]


def truth_text(value: float) -> str:
    """The word for 1.0 and 0.0, as JSON writes it."""
    return "true" if value else "false"


def as_text(column: RawColumn) -> TextColumn:
    """The column with every cell spelled out: 3.0 as "3", True as "true", a day as ISO 8601."""
    if isinstance(column, TextColumn):
        return column
    spell = {"number": number_text, "boolean": truth_text, "date": iso_date}[column.type]
    distinct, codes = np.unique(column.values, return_inverse=True)  # NaN sorts last and counts once
    words = [None if v != v else spell(v) for v in distinct.tolist()]
    return text_column(words, codes)


def column_of_all(pieces: Sequence[RawColumn]) -> RawColumn:
    """One column from the same column of several files; spelled out when the files typed it differently."""
    first = pieces[0]
    if isinstance(first, NumberColumn) and all(isinstance(p, NumberColumn) and p.type == first.type for p in pieces):
        return NumberColumn(
            values=np.concatenate([p.values for p in pieces if isinstance(p, NumberColumn)]), type=first.type
        )
    lexicon, codes = Lexicon(), []
    for piece in map(as_text, pieces):
        recoded = np.array([*map(lexicon.__getitem__, piece.words), -1], np.int32)
        codes.append(recoded[piece.codes])
    return TextColumn(words=tuple(lexicon), codes=np.concatenate(codes))


def first_rows(column: RawColumn, n: int) -> RawColumn:
    """The first `n` cells."""
    if isinstance(column, NumberColumn):
        return NumberColumn(values=column.values[:n], type=column.type)
    return TextColumn(words=column.words, codes=column.codes[:n])
