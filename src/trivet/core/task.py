"""What is asked: which columns come in, which answer goes out."""

from typing import Literal

from .value import value

FieldType = Literal["number", "boolean", "category", "date", "text"]
FIELD_TYPES: tuple[FieldType, ...] = ("number", "boolean", "category", "date", "text")


@value
class Field:
    """One column by name and type."""

    name: str
    type: FieldType


@value
class Task:
    """The question a model answers.

    modality: the domain, e.g. "table"; opaque to the engine.  goal: "classify" or "regress".
    inputs: columns in the order of the source.  answer: the target column.
    classes: the texts of the classes in sorted order (numbers by value), empty for regression.
    """

    modality: str
    goal: Literal["classify", "regress"]
    inputs: tuple[Field, ...]
    answer: Field
    classes: tuple[str, ...] = ()

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
