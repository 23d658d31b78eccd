"""Rows of data as dictionary-encoded columns, and the vault that only the judge opens."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from trivet.runtime.part import Array

from .errors import BadData
from .task import Field
from .value import digest_of, value

Column = Array
"""number, boolean, date: (rows,) float64, NaN = missing, dates in days since 1970-01-01.
category, text: (rows,) int32 into the field's words, -1 = missing."""


@value
class Rows:
    """Some rows of a table.

    fields: input columns.  columns: name -> (rows,) array, see Column.  words: name -> the distinct strings of a
    category or text column.  answer: (rows,) class index int32 or float64 value.  weight: (rows,) float64 or None.
    group: (rows,) int64 id of the group a row belongs to, or None; a hash of its name.  time: (rows,) float64 or None.
    ids: (rows,) int64 position in the source.  soft: (rows, scores) float32 scores of a teacher, out of fold, or None.
    """

    fields: tuple[Field, ...]
    columns: Mapping[str, Array]
    words: Mapping[str, tuple[str, ...]]
    answer: Array
    ids: Array
    weight: Array | None = None
    group: Array | None = None
    time: Array | None = None
    soft: Array | None = None

    def __len__(self) -> int:
        return len(self.answer)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content."""
        return digest_of(self)

    def take(self, which: Array) -> "Rows":
        """The chosen rows, in the order of `which` (indices or a mask); words are kept."""

        def some(array: Array | None) -> Array | None:
            return None if array is None else array[which]

        return Rows(
            fields=self.fields,
            columns={name: column[which] for name, column in self.columns.items()},
            words=self.words,
            answer=self.answer[which],
            ids=self.ids[which],
            weight=some(self.weight),
            group=some(self.group),
            time=some(self.time),
            soft=some(self.soft),
        )

    def and_(self, other: "Rows") -> "Rows":
        """These rows and others of the same table, in the order of the source."""
        order = np.argsort(np.concatenate([self.ids, other.ids]), kind="stable")

        def both(one: Array | None, two: Array | None) -> Array | None:
            return None if one is None or two is None else np.concatenate([one, two])[order]

        return Rows(
            fields=self.fields,
            columns={n: np.concatenate([c, other.columns[n]])[order] for n, c in self.columns.items()},
            words=self.words,
            answer=np.concatenate([self.answer, other.answer])[order],
            ids=np.concatenate([self.ids, other.ids])[order],
            weight=both(self.weight, other.weight),
            group=both(self.group, other.group),
            time=both(self.time, other.time),
            soft=both(self.soft, other.soft),
        )

    def with_soft(self, scores: Array | None) -> "Rows":
        """The same rows with a teacher's scores (rows, scores) beside them."""
        kept = {f: getattr(self, f) for f in self.__dataclass_fields__ if f != "soft"}
        return Rows(**kept, soft=None if scores is None else np.asarray(scores, np.float32))

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
    if field.type in ("category", "text"):
        return [None if code < 0 else words[code] for code in column.tolist()]
    if field.type == "boolean":
        return [None if v != v else bool(v) for v in column.tolist()]
    if field.type == "date":
        return [None if v != v else iso_date(v) for v in column.tolist()]
    return [None if v != v else v for v in column.tolist()]


def iso_date(days: float) -> str:
    """Days since 1970 as ISO 8601, to the second; a whole day has no time part."""
    seconds = np.datetime64("1970-01-01T00:00:00") + np.timedelta64(round(days * 86400), "s")
    text = str(seconds)
    return text.removesuffix("T00:00:00")


@value
class Dataset:
    """The rows of a build.  fit: passes learn on these.  tune: passes calibrate and stop early on these.
    choose: the search compares candidates on these.  The vault is not in here: the judge alone holds it."""

    fit: Rows
    tune: Rows
    choose: Rows
