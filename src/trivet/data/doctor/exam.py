"""What every check looks at: the rows, their split, and a sample for the dear checks."""

import dataclasses
from collections.abc import Collection
from functools import cached_property

import numpy as np

from trivet.core.rows import Rows
from trivet.core.task import Field, Task
from trivet.core.value import value
from trivet.data.split.row_keys import row_keys
from trivet.data.split.splits import subsample, unit_of
from trivet.data.split.strata import answer_strata, dealt
from trivet.runtime.part import Array

SAMPLE = 10_000  # rows for checks that fit models: 32,000 rows are examined in seconds instead of a minute


@value
class Exam:
    """One examination.  parts: fit, tune, choose and vault of the rows, or nothing before the split."""

    rows: Rows
    task: Task
    seed: int
    parts: tuple[Rows, ...] = ()

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
    def classifies(self) -> bool:
        return self.task.goal == "classify"

    def without(self, names: Collection[str]) -> "Exam":
        """The same examination of fewer columns."""

        def narrowed(rows: Rows) -> Rows:
            return dataclasses.replace(rows, fields=tuple(f for f in rows.fields if f.name not in names))

        return dataclasses.replace(self, rows=narrowed(self.rows), parts=tuple(map(narrowed, self.parts)))


def folds_of(rows: Rows, n_folds: int, *, is_class: bool, seed: int) -> Array:
    """(rows,) fold of each row, 0..n_folds-1: stratified, and equal rows and groups are never torn."""
    rng = np.random.Generator(np.random.PCG64(seed))
    strata = answer_strata(rows.answer, is_class=is_class)
    return dealt(strata, unit_of(rows), np.full(n_folds, 1 / n_folds), rng)


def missing_in(field: Field, column: Array) -> Array:
    """(rows,) bool: whether the value is missing."""
    return column < 0 if field.type in ("category", "text") else np.isnan(column)
