"""Boolean: true or false, yes or no."""

from collections.abc import Sequence
from typing import Any

from trivet.core.fieldtypes import FieldType
from trivet.runtime.kinds.readers.raw_values import BOOLEANS
from trivet.runtime.part import Array


class Boolean(FieldType):
    """1.0 for true, 0.0 for false."""

    wanted = "true or false"

    def parse(self, cell: str, spelling: str) -> float:
        if cell.lower() not in BOOLEANS:
            raise ValueError(cell)
        return BOOLEANS[cell.lower()]

    def raw(self, column: Array, words: Sequence[str]) -> list[Any]:
        return [None if truth != truth else bool(truth) for truth in column.tolist()]
