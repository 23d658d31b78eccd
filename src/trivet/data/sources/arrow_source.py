"""Tables of Arrow: Parquet and Arrow files, and frames of pandas, polars and pyarrow in memory."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from trivet.core.errors import BadData
from trivet.core.extras import need
from trivet.data.schema.cells import LARGEST_EXACT
from trivet.data.schema.values import column_of
from trivet.runtime.part import Array

from .columns import NumberColumn, RawColumn, text_column
from .raw import Raw, empty, raw_table
from .text_bytes import unreadable

UNITS_A_DAY = {"D": 1, "s": 86_400, "ms": 86_400_000, "us": 86_400_000_000}
YEAR_1, YEAR_10000 = -719_162, 2_932_897  # days since 1970-01-01; Python's dates end there


def read_parquet(path: Path) -> Raw:
    """The table of a Parquet file."""
    parquet = need("pyarrow.parquet", for_="reading Parquet")
    return from_file(path, "Parquet", lambda: parquet.ParquetFile(path).read())


def read_arrow(path: Path) -> Raw:
    """The table of an Arrow (Feather 2) file or stream."""
    ipc = need("pyarrow.ipc", for_="reading Arrow files")
    return from_file(path, "Arrow", lambda: reader_of(ipc, path).read_all())


def reader_of(ipc: Any, path: Path) -> Any:
    data = path.read_bytes()
    return ipc.open_file(data) if data.startswith(b"ARROW1") else ipc.open_stream(data)


def from_file(path: Path, format: str, load: Callable[[], Any]) -> Raw:
    """The table; what pyarrow says about a damaged file becomes an error of ours."""
    arrow = need("pyarrow", for_=f"reading {format}")
    if path.stat().st_size == 0:
        raise empty(str(path), "0 bytes")
    try:
        table = load()
        # Offsets of a hostile file may point anywhere; validated before a single cell is looked at.
        table.validate(full=True)
    except (arrow.ArrowException, UnicodeDecodeError, MemoryError) as error:
        raise damaged_file(path, format, error) from error
    except OSError as error:
        raise (unreadable(path, error) if error.errno else damaged_file(path, format, error)) from error
    return from_arrow(table, origin=str(path))


def damaged_file(path: Path, format: str, error: BaseException) -> BadData:
    return BadData(
        "source-damaged",
        wanted=f"a whole {format} file",
        found=str(error).strip().split("\n")[0][:200] or type(error).__name__,
        do="write the file again, or give it the ending of what it is",
        where=str(path),
    )


def read_frame(frame: Any, *, origin: str) -> Raw:
    """The table of anything that hands out an Arrow stream: frames of pandas, polars, pyarrow, DuckDB."""
    arrow = need("pyarrow", for_="reading data frames")
    try:
        table = frame if isinstance(frame, arrow.Table) else arrow.table(frame)
    except (arrow.ArrowException, TypeError, ValueError) as error:
        raise BadData(
            "source-type",
            wanted="columns of one plain type each",
            found=str(error).strip().split("\n")[0][:200],
            do="turn mixed columns into text, and nested ones into columns of their own",
            where=origin,
        ) from error
    return from_arrow(table, origin=origin)


def from_arrow(table: Any, *, origin: str) -> Raw:
    """The table without the index columns that pandas hides in it; refuses types that are no plain cells."""
    hidden = index_columns(table.schema.metadata or {})
    pairs = [(name, cells) for name, cells in zip(table.column_names, table.columns) if name not in hidden]
    columns = [column_from(cells, name, origin) for name, cells in pairs]
    return raw_table([name for name, _ in pairs], columns, origin=origin)


def index_columns(metadata: dict[bytes, bytes]) -> set[str]:
    """Names of columns that are a pandas index: row labels, not data."""
    try:
        index = json.loads(metadata.get(b"pandas", b"{}")).get("index_columns", [])
    except (ValueError, AttributeError):
        return set()
    return {name for name in index if isinstance(name, str)}


def column_from(chunked: Any, name: str, origin: str) -> RawColumn:
    """One column; each Arrow type has one meaning."""
    arrow = need("pyarrow", for_="reading tables")
    types, kind = arrow.types, chunked.type
    if types.is_dictionary(kind):
        return column_from(chunked.cast(kind.value_type), name, origin)
    if types.is_boolean(kind):
        return NumberColumn(values=floats(chunked.cast(arrow.uint8())), type="boolean")
    if types.is_floating(kind) or (types.is_integer(kind) and is_exact(chunked)):
        return NumberColumn(values=floats(chunked), type="number")
    if types.is_integer(kind):
        return words_from(chunked.cast(arrow.string()))
    if types.is_date(kind) or types.is_timestamp(kind):
        return NumberColumn(values=days(arrow, chunked, name, origin), type="date")
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return words_from(chunked.cast(arrow.large_string()))
    if types.is_decimal(kind) or types.is_null(kind):
        return column_of(name, chunked.to_pylist(), origin)
    raise not_plain(name, f"cells of the type {kind}", origin)


def not_plain(name: str, found: str, origin: str) -> BadData:
    return BadData(
        "source-type",
        wanted=f"text, numbers, true/false or days in column {name!r}",
        found=found,
        do="flatten or convert the column, or leave it out",
        where=origin,
    )


def is_exact(chunked: Any) -> bool:
    """Whether float64 holds all these whole numbers."""
    compute = need("pyarrow.compute", for_="reading tables")
    ends = compute.min_max(chunked).as_py()
    return ends["min"] is None or (ends["min"] >= -LARGEST_EXACT and ends["max"] <= LARGEST_EXACT)


def floats(chunked: Any) -> Array:
    """(rows,) float64, NaN where the column has nothing."""
    return np.asarray(chunked.to_numpy()).astype(np.float64)


def days(arrow: Any, chunked: Any, name: str, origin: str) -> Array:
    """(rows,) days since 1970-01-01; times with a zone are stored in UTC already.  Refuses years outside 1 to 9999."""
    if getattr(chunked.type, "unit", "") == "ns":  # float64 holds microseconds exactly, nanoseconds not
        chunked = chunked.cast(arrow.timestamp("us", chunked.type.tz), safe=False)
    unit = getattr(chunked.type, "unit", "ms" if arrow.types.is_date64(chunked.type) else "D")
    width = arrow.int32() if arrow.types.is_date32(chunked.type) else arrow.int64()
    found = floats(chunked.cast(width)) / UNITS_A_DAY[unit]
    if (found < YEAR_1).any() or (found >= YEAR_10000).any():
        raise not_plain(name, "years before 1 or after 9999", origin)
    return found


def words_from(chunked: Any) -> RawColumn:
    """A column of text from Arrow strings."""
    encoded = chunked.combine_chunks().dictionary_encode()
    if hasattr(encoded, "chunks"):  # some versions of pyarrow answer with chunks
        encoded = encoded.unify_dictionaries().combine_chunks()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return text_column(encoded.dictionary.to_pylist(), codes.astype(np.int32))
