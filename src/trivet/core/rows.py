"""Rows of data as dictionary-encoded columns, and the vault that only the judge opens."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from typing import Any

import numpy as np

from trivet.runtime.part import Array

from .errors import BadData, BadUse
from .fieldtypes import find_fieldtype
from .task import Field
from .value import digest_of, value

Column = Array
"""Of a type that holds numbers: (rows, *shape) float64, NaN = missing, dates in days since 1970-01-01.
Of one that holds words (category, text): (rows,) int32 into the field's words, -1 = missing."""


@value
class Rows:
    """Some rows of a table.

    fields: input columns.  columns: name -> (rows, ...) array, see Column.  words: name -> the distinct strings of a
    column of words.  truth: (rows, ...) the true answers as the goal has them, e.g. class index int32 or float64 value;
    NaN or -1 in rows of the split `unlabelled`.  ids: (rows,) int64 position in the source.
    roles: "weight" (rows,) float64 >= 0, "group" (rows,) int64 hash of the group's name, "time" (rows,) float64, and
    whatever else a column plays a part in.
    beside: name -> (rows, ...) what passes leave beside rows, such as a teacher's scores, made out of fold.
    """

    fields: tuple[Field, ...]
    columns: Mapping[str, Array]
    words: Mapping[str, tuple[str, ...]]
    truth: Array
    ids: Array
    roles: Mapping[str, Array] = field(default_factory=dict)
    beside: Mapping[str, Array] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content."""
        return digest_of(self)

    @property
    def weight(self) -> Array | None:
        """(rows,) float64, or None where rows count alike."""
        return self.roles.get("weight")

    @property
    def group(self) -> Array | None:
        """(rows,) int64 id of the group a row belongs to, or None."""
        return self.roles.get("group")

    @property
    def time(self) -> Array | None:
        """(rows,) float64, or None."""
        return self.roles.get("time")

    def weights(self) -> Array:
        """(rows,) float64; ones where rows count alike."""
        return np.ones(len(self)) if self.weight is None else self.weight

    def take(self, which: Array) -> "Rows":
        """The chosen rows, in the order of `which` (indices or a mask); words are kept."""

        def some(arrays: Mapping[str, Array]) -> dict[str, Array]:
            return {name: array[which] for name, array in arrays.items()}

        return replace(
            self, columns=some(self.columns), truth=self.truth[which], ids=self.ids[which], roles=some(self.roles),
            beside=some(self.beside),
        )  # fmt: skip

    def and_(self, other: "Rows") -> "Rows":
        """These rows and others of the same table, in the order of the source."""
        order = np.argsort(np.concatenate([self.ids, other.ids]), kind="stable")

        def both(one: Array, two: Array) -> Array:
            return np.concatenate([one, two])[order]

        def each(one: Mapping[str, Array], two: Mapping[str, Array]) -> dict[str, Array]:
            return {name: both(array, two[name]) for name, array in one.items() if name in two}

        return replace(
            self, columns=each(self.columns, other.columns), truth=both(self.truth, other.truth),
            ids=both(self.ids, other.ids), roles=each(self.roles, other.roles), beside=each(self.beside, other.beside),
        )  # fmt: skip

    def with_beside(self, **arrays: Array) -> "Rows":
        """The same rows with more beside them."""
        return replace(self, beside={**self.beside, **arrays})

    def without_beside(self, *names: str) -> "Rows":
        """The same rows with less beside them."""
        return replace(self, beside={name: array for name, array in self.beside.items() if name not in names})

    def at_least(self, wanted: int, *, for_: str) -> "Rows":
        """These rows; refuses when there are fewer than `wanted`."""
        if len(self) < wanted:
            raise BadData(
                "too-few-rows",
                wanted=f"at least {wanted} rows for {for_}",
                found=f"{len(self)} rows",
                do="give more rows, or leave this step out",
            )
        return self

    def raw(self) -> dict[str, list[Any]]:
        """The input columns as a user would give them: numbers, True/False, strings, ISO dates, None for missing."""
        return {f.name: raw_column(f, self.columns[f.name], self.words.get(f.name, ())) for f in self.fields}

    def dicts(self) -> list[dict[str, Any]]:
        """One dict per row, as given to `predict`."""
        raw = self.raw()
        return [dict(zip(raw, row)) for row in zip(*raw.values())] if raw else [{} for _ in range(len(self))]


def raw_column(field: Field, column: Array, words: Sequence[str]) -> list[Any]:
    """One column as Python values; None for missing."""
    return find_fieldtype(field.type).raw(column, words)


@value
class Dataset:
    """The rows of a build in named splits; the vault is never one of them: the judge alone holds it.

    fit: passes learn on these.  tune: passes calibrate and stop early on these.  choose: the search compares candidates
    on these.  unlabelled: rows without an answer, where there are any.
    A pass is handed those that its `reads` names, and no other.
    """

    splits: Mapping[str, Rows]

    @property
    def fit(self) -> Rows:
        """The rows to learn on."""
        return self.get("fit")

    @property
    def tune(self) -> Rows:
        """The rows to calibrate and to stop early on."""
        return self.get("tune")

    @property
    def choose(self) -> Rows:
        """The rows that compare candidates."""
        return self.get("choose")

    def get(self, name: str) -> Rows:
        """The rows of a split; refuses one that is not here, as for a pass that does not say that it reads it."""
        if name not in self.splits:
            raise BadUse(
                "split-missing",
                wanted=f"the rows of the split {name!r}",
                found=f"only {', '.join(sorted(self.splits)) or 'no split at all'}",
                do=f'a pass that needs them says so:  reads = (..., "{name}")',
            )
        return self.splits[name]

    def only(self, names: Iterable[str]) -> "Dataset":
        """Nothing but the named splits, as far as they are here."""
        wanted = set(names)
        return Dataset(splits={name: rows for name, rows in self.splits.items() if name in wanted})

    def with_(self, splits: Mapping[str, Rows]) -> "Dataset":
        """The same with some splits changed or added."""
        return Dataset(splits={**self.splits, **splits})
