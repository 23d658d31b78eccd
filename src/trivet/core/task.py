"""What is asked: which columns come in, which answer goes out."""

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from .value import value

FieldType = Literal["number", "boolean", "category", "date", "text"]
FIELD_TYPES: tuple[FieldType, ...] = ("number", "boolean", "category", "date", "text")


@value
class Field:
    """One column by name and type.

    spelling: how its cells are written, as in number(decimal=','), without the type; "" for the plain way.
    """

    name: str
    type: FieldType
    spelling: str = ""


@value
class Task:
    """The question a model answers.

    modality: the domain, e.g. "table"; opaque to the engine.  goal: "classify" or "regress".
    inputs: columns in the order of the source.  answer: the target column.
    classes: the texts of the classes in sorted order (numbers by value), empty for regression.
    roles: names of the columns with a part of their own: "weight", "group", "time".
    role_spellings: column -> spelling of a weight or time column whose cells are spelled, as in Field.
    """

    modality: str
    goal: Literal["classify", "regress"]
    inputs: tuple[Field, ...]
    answer: Field
    classes: tuple[str, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    role_spellings: Mapping[str, str] = field(default_factory=dict)

    @property
    def n_scores(self) -> int:
        """Width of a body's scores: 1 for regression and two classes, else one per class."""
        return 1 if len(self.classes) <= 2 else len(self.classes)

    @property
    def link(self) -> Literal["identity", "sigmoid", "softmax"]:
        """How scores become answers."""
        if self.goal == "regress":
            return "identity"
        return "sigmoid" if len(self.classes) == 2 else "softmax"
