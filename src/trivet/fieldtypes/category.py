"""category: one of some words, which names a kind of thing."""

from collections.abc import Sequence
from typing import Any

from trivet.core.fieldtypes import FieldType
from trivet.runtime.part import Array


class Category(FieldType):
    """Codes into the column's distinct words."""

    holds = "words"
    wanted = "a text or number"

    def parse(self, cell: str, spelling: str) -> Any:
        raise ValueError("words are not measured")

    def raw(self, column: Array, words: Sequence[str]) -> list[Any]:
        return [None if code < 0 else words[code] for code in column.tolist()]
