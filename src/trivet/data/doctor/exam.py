"""What every check looks at: the rows, their split, and a sample for the dear checks."""

import dataclasses
from collections.abc import Collection, Mapping
from functools import cached_property

from trivet.core.fieldtypes import find_fieldtype, is_plain
from trivet.core.row_keys import row_keys
from trivet.core.rows import Rows
from trivet.core.task import Field, Task
from trivet.core.value import value
from trivet.data.split.splits import subsample
from trivet.runtime.part import Array

from .finding import Finding

SAMPLE = 10_000  # rows for checks that fit models: 32,000 rows are examined in seconds instead of a minute


@value
class Exam:
    """One examination.  parts: fit, tune, choose and vault of the rows, or nothing before the split.

    aside: name -> (rows,) float64 of columns that no model sees, equal for equal cells and in their order.
    found: what earlier checks of columns found.  texts_read: text columns that some pass will learn from.
    """

    rows: Rows
    task: Task
    seed: int
    parts: tuple[Rows, ...] = ()
    found: tuple[Finding, ...] = ()
    texts_read: frozenset[str] = frozenset()
    aside: Mapping[str, Array] = dataclasses.field(default_factory=dict)

    @cached_property
    def keys(self) -> Array:
        """(rows,) equal for equal inputs."""
        return row_keys(self.rows)

    @cached_property
    def sample(self) -> Rows:
        """All rows, or 10,000 of them."""
        return subsample(self.rows, SAMPLE, self.seed)

    @property
    def share_seen(self) -> str:
        """What a check of the sample says about its size."""
        if len(self.sample) == len(self.rows):
            return f"all {len(self.rows):,} rows"
        return f"{len(self.sample):,} of {len(self.rows):,} rows"

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields with one value per row, which is what a check of columns looks at."""
        return tuple(filter(is_plain, self.rows.fields))

    @property
    def classifies(self) -> bool:
        """Whether answers are classes."""
        return bool(self.task.classes)

    def without(self, names: Collection[str]) -> "Exam":
        """The same examination of fewer columns."""

        def narrowed(rows: Rows) -> Rows:
            return dataclasses.replace(rows, fields=tuple(f for f in rows.fields if f.name not in names))

        return dataclasses.replace(self, rows=narrowed(self.rows), parts=tuple(map(narrowed, self.parts)))


def missing_in(field: Field, column: Array) -> Array:
    """(rows,) bool: whether the value is missing."""
    return find_fieldtype(field.type).is_missing(column)
