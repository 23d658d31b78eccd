"""What is asked: which columns come in, which answer goes out."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from .value import value


@value
class Field:
    """One column by name and type.

    type: a name in `fieldtypes/`.  spelling: how its cells are written, as in number(decimal=','), without the type;
    "" for the plain way.
    """

    name: str
    type: str
    spelling: str = ""


@value
class Task:
    """The question a model answers.

    modality: the domain, e.g. "table"; goal: a name in `goals/`, e.g. "classify"; both opaque to the engine.
    inputs: columns in the order of the source.  answer: the target column.
    n_scores: numbers that a body gives per row.  link: how they become answers: "identity" (values), "sigmoid" (the
    share of the second class), "softmax" (shares of classes), or a name that a goal of its own brings.
    details: what belongs to the goal alone, as JSON values: the classes, a horizon, quantiles ...
    roles: names of the columns with a part of their own: "weight", "group", "time".
    role_spellings: column -> spelling of a weight or time column whose cells are spelled, as in Field.
    """

    modality: str
    goal: str
    inputs: tuple[Field, ...]
    answer: Field
    link: str = "identity"
    n_scores: int = 1
    details: Mapping[str, Any] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    role_spellings: Mapping[str, str] = field(default_factory=dict)

    @property
    def classes(self) -> tuple[str, ...]:
        """The texts of the classes in the order of their index; empty where the goal has none."""
        return tuple(self.details.get("classes", ()))
