"""sequence: a recording of a fixed number of numbers in one cell."""

import re
from collections.abc import Sequence as Words
from typing import Any

from trivet.core.fieldtypes import FieldType
from trivet.runtime.kinds.readers.spellings import spelling_of
from trivet.runtime.part import Array

_BETWEEN = re.compile(r"[\s,;]+")
_LEAST = 4  # numbers in a cell that is taken for a recording unasked


class Sequence(FieldType):
    """E.g. "0.1 0.3 0.2 0.1", as sequence(length='4'); lists of numbers in Python."""

    wanted = "numbers with blanks between them"

    def canonical(self, options: str) -> str:
        return spelling_of("numbers", options).text

    def shape(self, spelling: str) -> tuple[int, ...]:
        return (int(spelling.partition("'")[2].rstrip("'")),)

    def parse(self, cell: str, spelling: str) -> list[float]:
        numbers = [float(piece) for piece in pieces(cell)]
        if (len(numbers),) != self.shape(spelling):
            raise ValueError(cell)
        return numbers

    def guess(self, words: Words[str]) -> str | None:
        lengths = {len(pieces(word)) for word in words}
        if len(lengths) != 1 or min(lengths) < _LEAST:
            return None
        spelling = f"length='{lengths.pop()}'"
        try:
            for word in words:
                self.parse(word, spelling)
        except ValueError:
            return None
        return spelling

    def raw(self, column: Array, words: Words[str]) -> list[Any]:
        return [None if all(x != x for x in cell) else cell for cell in column.tolist()]

    def reader(self, spelling: str) -> tuple[str, str]:
        return "numbers", spelling


def pieces(cell: str) -> list[str]:
    """What stands between blanks, commas and semicolons."""
    return _BETWEEN.split(cell.strip("[]() "))
