"""Number: an amount, plain or with marks and a unit of its own."""

from collections.abc import Sequence
from typing import Any

from trivet.core.fieldtypes import FieldType
from trivet.runtime.kinds.readers.spellings import spelling_of
from trivet.runtime.part import Array


class Number(FieldType):
    """E.g. 12.5, or with number(decimal=',', thousands='.', unit='€') 1.234,50 €."""

    wanted = "a number"

    def parse(self, cell: str, spelling: str) -> float:
        """By Python's own rule, but without its underscores: 12_34 is a code, not 1234."""
        if spelling:
            return spelling_of(self.name, spelling).measure(cell)
        if "_" in cell:
            raise ValueError(cell)
        return float(cell)

    def raw(self, column: Array, words: Sequence[str]) -> list[Any]:
        return [None if number != number else number for number in column.tolist()]
