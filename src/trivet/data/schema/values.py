"""Columns from Python values: rows as dicts, lists of cells, numpy arrays."""

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from trivet.core.errors import BadData, BadUse
from trivet.data.sources.columns import NumberColumn, RawColumn, text_column_of
from trivet.data.sources.raw import Raw, raw_table
from trivet.runtime.part import Array

from .cells import LARGEST_EXACT, number_text

_PLAIN = {str, int, float, bool, type(None)}
_PANDAS_MISSING = {"NAType", "NaTType"}  # known by name, so that pandas need not be imported


def read_dicts(rows: Sequence[Mapping[str, Any]], *, origin: str) -> Raw:
    """The table of these rows; columns in order of first appearance, a key that a row lacks is missing there."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return read_columns({name: [row.get(name) for row in rows] for name in names}, origin=origin)


def read_columns(columns: Mapping[str, Iterable[Any]], *, origin: str) -> Raw:
    """The table of these columns."""
    made = [column_of(str(name), cells, origin) for name, cells in columns.items()]
    return raw_table([str(name) for name in columns], made, origin=origin)


def column_of(name: str, cells: Any, origin: str) -> RawColumn:
    """The column: typed when all its cells are numbers, truth values or days; else every cell is spelled out."""
    if isinstance(cells, np.ndarray) and cells.dtype.kind in "fiub" and is_whole(cells):
        return NumberColumn(values=cells.astype(np.float64), type="boolean" if cells.dtype.kind == "b" else "number")
    plain = [cell if type(cell) in _PLAIN else plain_cell(cell) for cell in cells_in_order(name, cells)]
    kinds = {type(cell) for cell in plain} - {type(None)}
    if not kinds <= {*_PLAIN, datetime, date}:
        raise nested_cell(name, plain, origin)
    if kinds and kinds <= {bool}:
        return NumberColumn(values=numbers(plain), type="boolean")
    if kinds and kinds <= {int, float} and all(is_exact(cell) for cell in plain):
        return NumberColumn(values=numbers(plain), type="number")
    if kinds and kinds <= {date, datetime}:
        return NumberColumn(values=numbers([None if cell is None else days(cell) for cell in plain]), type="date")
    return text_column_of([text_of_cell(cell) for cell in plain])


def cells_in_order(name: str, cells: Any) -> Iterable[Any]:
    """The cells in their order; refuses what has none, or no order."""
    if isinstance(cells, np.ma.MaskedArray):
        return cells.tolist()  # None where the mask lies
    if isinstance(cells, (str, bytes, Set, Mapping)) or not isinstance(cells, Iterable):
        raise BadUse(
            "source-kind",
            wanted=f"a list of cells for column {name!r}",
            found=repr(cells)[:60],
            do="give one cell per row: [...]",
        )
    return cells


def is_whole(array: Array) -> bool:
    """Whether float64 holds the array as it is: one axis, no mask, no whole number beyond 2**53."""
    if array.ndim != 1 or isinstance(array, np.ma.MaskedArray):
        return False
    if array.dtype.kind not in "iu" or not len(array):
        return True
    return int(array.min()) >= -LARGEST_EXACT and int(array.max()) <= LARGEST_EXACT


def is_exact(cell: Any) -> bool:
    return not isinstance(cell, int) or abs(cell) <= LARGEST_EXACT


def plain_cell(cell: Any) -> Any:
    """Values of numpy, pandas and decimal as Python's own; others unchanged."""
    if type(cell).__name__ in _PANDAS_MISSING:
        return None
    if isinstance(cell, np.datetime64):
        when = cell.astype("datetime64[us]").item()  # None for NaT, a plain int beyond the year 9999
        return cell if isinstance(when, int) else when
    if isinstance(cell, np.generic):
        return cell.item()
    if isinstance(cell, Decimal):
        return int(cell) if cell.is_finite() and cell == cell.to_integral_value() else float(cell)
    if isinstance(cell, datetime):  # also pandas.Timestamp
        return datetime.fromisoformat(cell.isoformat()[:26]) if type(cell) is not datetime else cell
    return str(cell) if isinstance(cell, str) else cell


def numbers(cells: Sequence[Any]) -> Array:
    return np.array([np.nan if cell is None else cell for cell in cells], np.float64)


def days(when: date | datetime) -> float:
    """Days since 1970-01-01 in UTC; a time without a zone is taken for UTC."""
    if not isinstance(when, datetime):
        return float((when - date(1970, 1, 1)).days)
    zoned = when if when.tzinfo else when.replace(tzinfo=UTC)
    return (zoned - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(days=1)


def text_of_cell(cell: Any) -> str | None:
    """The cell as text; None for missing."""
    if cell is None or cell != cell:
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return number_text(cell)
    if isinstance(cell, int):
        return format(Decimal(cell), "f")  # str refuses more than 4,300 digits
    return cell.isoformat() if isinstance(cell, date) else cell


def nested_cell(name: str, cells: Sequence[Any], origin: str) -> BadData:
    """The error about a cell that is itself a list or an object."""
    at, cell = next((at, c) for at, c in enumerate(cells) if type(c) not in {*_PLAIN, datetime, date})
    return BadData(
        "source-type",
        wanted=f"a text, number, true/false, day or nothing in column {name!r}",
        found=f"{type(cell).__name__} {repr(cell)[:60]} in row {at + 1}",
        do="flatten it into columns of their own, or leave the column out",
        where=origin,
    )
