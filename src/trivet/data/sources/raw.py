"""A table as it was read: names and columns, checked to be a table at all."""

import hashlib
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

from trivet.core.errors import BadData, BadUse, nearest_names
from trivet.core.value import value

from .columns import NumberColumn, RawColumn, TextColumn, cells_of, column_of_all, first_rows, rows_in


@value
class Raw:
    """What a source held, before any column has a meaning.

    names: distinct, never empty.  columns: one per name, all of n_rows cells.  origin: the source in words.
    notes: surprises met while reading.
    """

    names: tuple[str, ...]
    columns: tuple[RawColumn, ...]
    n_rows: int
    origin: str
    notes: tuple[str, ...] = ()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of names and cells; where they came from does not matter."""
        sha = hashlib.sha256(repr((self.names, self.n_rows)).encode())
        for column in self.columns:
            if isinstance(column, NumberColumn):
                sha.update(column.type.encode() + column.values.astype("<f8").tobytes())
            else:
                sha.update(repr([len(word) for word in column.words]).encode())
                sha.update("".join(column.words).encode() + column.codes.astype("<i4").tobytes())
        return sha.hexdigest()

    def column(self, name: str) -> RawColumn:
        """The column of this name; refuses an unknown one with the nearest names."""
        if name not in self.names:
            raise unknown_column(name, self)
        return self.columns[self.names.index(name)]

    def columns_for(self, names: Iterable[str]) -> dict[str, list[Any]]:
        """Those of the named columns that are there, as lists that a specialist's `predict` takes."""
        here = dict(zip(self.names, self.columns))
        return {name: cells_of(here[name]) for name in names if name in here}

    def head(self, n: int | None) -> "Raw":
        """The first `n` rows; all for None."""
        if n is None or n >= self.n_rows:
            return self
        columns = tuple(first_rows(column, n) for column in self.columns)
        return Raw(names=self.names, columns=columns, n_rows=n, origin=self.origin, notes=self.notes)


def raw_table(names: Sequence[str], columns: Sequence[RawColumn], *, origin: str, notes: Sequence[str] = ()) -> Raw:
    """The table; refuses one without rows or columns, names that occur twice, and text that UTF-8 cannot spell."""
    named, more = checked_names(names, origin)
    counts = {rows_in(column) for column in columns}
    if len(counts) > 1:
        raise BadData(
            "source-columns",
            wanted="columns of one length",
            found=", ".join(f"{name}: {rows_in(column)}" for name, column in zip(named, columns)),
            do="give every column the same number of cells; None stands for an unknown one",
            where=origin,
        )
    if not counts or counts == {0}:
        raise empty(origin, "a header and no rows" if counts else "no columns")
    for name, column in zip(named, columns):
        check_spelling(name, column, origin)
    return Raw(names=named, columns=tuple(columns), n_rows=counts.pop(), origin=origin, notes=(*notes, *more))


def checked_names(names: Sequence[str], origin: str) -> tuple[tuple[str, ...], list[str]]:
    """(names, notes): stripped, nameless columns called c1, c2, ... by position; refuses names that occur twice."""
    stripped = [name.strip() for name in names]
    named = tuple(name or f"c{at + 1}" for at, name in enumerate(stripped))
    notes = [
        f"column {at + 1} has no name in {origin}; it is called c{at + 1}" for at, n in enumerate(stripped) if not n
    ]
    if len(set(named)) < len(named):
        twice = repeated_names(named)
        raise BadData(
            "source-header",
            wanted="column names that occur once",
            found=f"more than once: {', '.join(map(repr, twice[:10]))}",
            do="rename them, choose some by SQL (SELECT ... FROM 'file.csv'), or give --no-header if there is none",
            where=origin,
        )
    return named, notes


def repeated_names(names: Sequence[str]) -> list[str]:
    """The names that occur more than once, sorted."""
    ordered = sorted(names)
    return sorted({a for a, b in pairwise(ordered) if a == b})


def check_spelling(name: str, column: RawColumn, origin: str) -> None:
    """Refuses half of a surrogate pair, which JSON and Python can hold but UTF-8 cannot."""
    if isinstance(column, NumberColumn):
        column = TextColumn(words=(), codes=column.values)
    try:
        "".join((name, *column.words)).encode()
    except UnicodeEncodeError as error:
        raise BadData(
            "source-encoding",
            wanted="text that UTF-8 can spell",
            found=f"half of a surrogate pair, {error.object[error.start]!r}, in column {name!r}",
            do="write the text anew; the program that wrote it cut a character in two",
            where=origin,
        ) from error


def empty(origin: str, found: str) -> BadData:
    """The error about a source without rows."""
    return BadData(
        "source-empty", wanted="a table with at least one row", found=found, do="check the source", where=origin
    )


def unknown_column(name: str, raw: Raw) -> BadUse:
    """The error about a column that is not in the table."""
    return BadUse(
        "unknown-column",
        wanted=f"a column of {raw.origin}",
        found=repr(name),
        do=nearest_names(name, raw.names[:50]) if len(raw.names) > 50 else nearest_names(name, raw.names),
    )


def table_of_all(tables: Sequence[Raw], origin: str) -> Raw:
    """Tables of the same columns under one another, in the order of the first."""
    first = tables[0]
    for other in tables[1:]:
        if set(other.names) != set(first.names):
            raise parts_differ(first, other)
    columns = tuple(column_of_all([table.column(name) for table in tables]) for name in first.names)
    notes = tuple(note for table in tables for note in table.notes)
    return Raw(names=first.names, columns=columns, n_rows=sum(t.n_rows for t in tables), origin=origin, notes=notes)


def parts_differ(first: Raw, other: Raw) -> BadData:
    """The error about files of one pattern that do not have the same columns."""
    odd = sorted(set(first.names) ^ set(other.names))
    return BadData(
        "source-columns",
        wanted=f"the columns of {first.origin} in every file of the pattern",
        found=f"{other.origin}, which differs in {', '.join(map(repr, odd[:10]))}",
        do="give files with equal columns, or name one file",
        where=other.origin,
    )
