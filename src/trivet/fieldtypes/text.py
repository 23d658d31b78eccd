"""text: sentences, of which hardly two rows have the same."""

from collections.abc import Sequence
from typing import Any

from trivet.core.fieldtypes import FieldType
from trivet.runtime.part import Array


class Text(FieldType):
    """Codes into the column's distinct words."""

    holds = "words"
    wanted = "a text"

    def parse(self, cell: str, spelling: str) -> Any:
        raise ValueError("words are not measured")

    def raw(self, column: Array, words: Sequence[str]) -> list[Any]:
        return [None if code < 0 else words[code] for code in column.tolist()]
