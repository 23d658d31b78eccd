"""Rows in whatever form they come: one dict, dicts, columns, or a frame of pandas, polars or Arrow."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from .batch import Batch
from .errors import BadRow
from .program import Program

ONE_VALUE = frozenset({str, int, float, bool, type(None)})


@runtime_checkable
class ArrowTable(Protocol):
    """What tables and record batches of Arrow can do."""

    def to_pydict(self) -> dict[str, list[Any]]: ...


@runtime_checkable
class PolarsFrame(Protocol):
    """What frames of polars can do."""

    def to_dict(self, *, as_series: bool) -> dict[str, list[Any]]: ...

    def to_dicts(self) -> list[dict[str, Any]]: ...


@runtime_checkable
class PandasFrame(Protocol):
    """What frames of pandas can do."""

    def to_dict(self, orient: str) -> dict[str, list[Any]]: ...

    def itertuples(self) -> Iterable[Any]: ...


def batch_of(program: Program, rows: Any) -> Batch:
    """The rows as a batch of the program."""
    if isinstance(rows, Mapping):
        return program.read_rows([rows]) if is_one_row(program, rows) else program.read(rows)
    if isinstance(rows, ArrowTable):
        return program.read(rows.to_pydict())
    if isinstance(rows, PolarsFrame):
        return program.read(rows.to_dict(as_series=False))
    if isinstance(rows, PandasFrame):
        return program.read(rows.to_dict("list"))
    if isinstance(rows, Iterable) and not isinstance(rows, str | bytes):
        return program.read_rows(checked_rows(list(rows)))
    raise bad_form(rows)


def is_one_row(program: Program, rows: Mapping[str, Any]) -> bool:
    """Whether a mapping holds single values; columns are lists or arrays."""
    first = rows.get(program.reader.names[0])
    if type(first) in ONE_VALUE:
        return True
    return not isinstance(first, Sequence | Iterable) or isinstance(first, str | bytes)


def checked_rows(rows: list[Any]) -> list[Mapping[str, Any]]:
    """The rows, each a mapping from column to value."""
    for row in rows:
        if not isinstance(row, Mapping):
            raise bad_form(row)
    return rows


def bad_form(found: Any) -> BadRow:
    return BadRow(
        "rows-form",
        wanted="rows as a dict, a list of dicts, a dict of columns, or a frame of pandas, polars or Arrow",
        found=f"{type(found).__name__}: {found!r}"[:80],
        do="give each row as a dict from column name to value",
    )
