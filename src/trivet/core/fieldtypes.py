"""What a field type is: how cells of a column are read, kept, given back and handed to a file's reader."""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import numpy as np

from trivet.runtime.kinds.readers.spellings import BadSpelling, spelling_of, type_text
from trivet.runtime.part import Array

from .registry import find, homes
from .task import Field
from .text_form import kebab


class FieldType:
    """Base of every field type: `fieldtypes/number.py` holds `Number`, in [types] `number`.

    holds: "numbers" for columns of float64, (rows, *shape), NaN = missing; "words" for codes into distinct strings.
    wanted: a cell of it in words, for messages.
    """

    holds: ClassVar[Literal["numbers", "words"]] = "numbers"
    wanted: ClassVar[str]

    @classmethod
    def type_name(cls) -> str:
        """The name in a recipe."""
        return kebab(cls.__name__)

    @property
    def name(self) -> str:
        """The name in a recipe."""
        return self.type_name()

    def canonical(self, options: str) -> str:
        """The canonical form of what a user wrote between the brackets; raises BadSpelling."""
        return spelling_of(self.name, options).text if options and not options.isspace() else ""

    def shape(self, spelling: str) -> tuple[int, ...]:
        """The shape behind the rows."""
        return ()

    def parse(self, cell: str, spelling: str) -> Any:
        """The number, or numbers, of a cell of text; ValueError, OverflowError or Unreadable for another type."""
        raise NotImplementedError

    def guess(self, words: Sequence[str]) -> str | None:
        """The spelling in which every one of these different words (none missing) is plainly of this type, or None."""
        return None

    def raw(self, column: Array, words: Sequence[str]) -> list[Any]:
        """One column as a user would give it; None for missing."""
        raise NotImplementedError

    def reader(self, spelling: str) -> tuple[str, str]:
        """(type of cell, spelling) by which a file's reader reads the column: one of those that the runtime knows."""
        return self.name, spelling

    def is_missing(self, column: Array) -> Array:
        """(rows,) bool."""
        if self.holds == "words":
            return np.asarray(column < 0)
        return np.asarray(np.isnan(column).reshape(len(column), -1).all(axis=1))


class WordType(FieldType):
    """Base of the types whose columns are codes into the column's distinct words."""

    holds = "words"

    def parse(self, cell: str, spelling: str) -> Any:
        raise ValueError("words are not measured")

    def raw(self, column: Array, words: Sequence[str]) -> list[Any]:
        return [None if code < 0 else words[code] for code in column.tolist()]


def find_fieldtype(name: str) -> FieldType:
    """The field type of this name."""
    found: FieldType = find("fieldtype", name)()
    return found


def parsed_type(text: Any) -> tuple[str, str]:
    """(type, canonical spelling) of a type as users write it, e.g. "number(decimal=',')"; raises BadSpelling."""
    name, bracket, rest = str(text).strip().partition("(")
    name = name.strip()
    if not isinstance(text, str) or name not in homes("fieldtype"):
        raise BadSpelling(f"a type, one of {', '.join(homes('fieldtype'))}")
    if bracket and not rest.rstrip().endswith(")"):
        raise BadSpelling(f"brackets that close, as in {type_text(name, '...')}")
    return name, find_fieldtype(name).canonical(rest.rstrip()[:-1] if bracket else "")


def reader_of(field: Field) -> tuple[str, str]:
    """(type of cell, spelling) by which a file's reader reads the field."""
    return find_fieldtype(field.type).reader(field.spelling)


def holds_words(field: Field) -> bool:
    """Whether the field's column holds codes into words."""
    return find_fieldtype(field.type).holds == "words"


def is_plain(field: Field) -> bool:
    """Whether the field has one value per row, which checks and plots of columns understand."""
    return find_fieldtype(field.type).shape(field.spelling) == ()
