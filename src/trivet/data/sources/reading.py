"""Read a table from wherever it lies: files, patterns, folders, SQL, frames, Python values."""

import glob
import os
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from trivet.core.errors import BadData, BadUse
from trivet.data.schema.values import read_columns, read_dicts

from .arrow_source import read_arrow, read_frame, read_parquet
from .csv_source import read_csv
from .json_source import read_json, read_json_lines
from .raw import Raw, table_of_all
from .sql_source import is_sql, read_sql
from .text_bytes import unreadable
from .text_folder import folder_of_texts

TEXT_TABLES = (".csv", ".tsv", ".txt")
SUFFIXES = (*TEXT_TABLES, ".parquet", ".jsonl", ".ndjson", ".json", ".arrow", ".feather")


def read(source: Any, *, header: bool = True, encoding: str = "utf-8", limit_rows: int | None = None) -> Raw:
    """The table that the source holds.

    source: a path; a pattern of paths such as "part-*.csv"; a SELECT, answered by DuckDB; a frame of pandas, polars or
    pyarrow; a list of dicts; a mapping of columns.  header: whether a text file names its columns in the first record
    (else they are c1, c2, ...).  encoding: of text files; never guessed.  limit_rows: read no more rows than this.
    Refuses, with a code, whatever is not a table: see docs/data.md.
    """
    if isinstance(source, (str, os.PathLike)):
        return read_named(os.fspath(source), header=header, encoding=encoding, limit_rows=limit_rows).head(limit_rows)
    if isinstance(source, Mapping):
        return read_columns(source, origin="columns in memory").head(limit_rows)
    if hasattr(source, "__arrow_c_stream__"):  # the Arrow PyCapsule protocol, which has no class to ask for
        return read_frame(source, origin=f"a {type(source).__module__.split('.')[0]} table").head(limit_rows)
    if isinstance(source, Sequence) and all(isinstance(row, Mapping) for row in source):
        return read_dicts(source, origin="rows in memory").head(limit_rows)
    raise BadUse(
        "source-kind",
        wanted="a path, a pattern, a SELECT, a data frame, a list of dicts or a mapping of columns",
        found=f"{type(source).__name__} {repr(source)[:60]}",
        do="turn it into one of these; an array of numbers becomes {'a': x[:, 0], 'b': x[:, 1]}",
    )


def read_named(name: str, **how: Any) -> Raw:
    """The table behind a path, a pattern or a text of SQL; what exists as a path is one."""
    if os.path.isdir(name):
        return folder_of_texts(Path(name), encoding=how["encoding"], limit_rows=how["limit_rows"])
    if os.path.isfile(name):
        return read_file(Path(name), **how)
    if is_sql(name):
        return read_sql(name)
    if glob.has_magic(name):
        return read_pattern(name, **how)
    raise no_file(name)


def read_pattern(pattern: str, **how: Any) -> Raw:
    """The files that match, in the order of their names, under one another."""
    files = [Path(name) for name in sorted(glob.glob(pattern, recursive=True)) if os.path.isfile(name)]
    if not files:
        raise no_file(pattern)
    return table_of_all([read_file(file, **how) for file in files], origin=pattern)


def read_file(path: Path, *, header: bool, encoding: str, limit_rows: int | None) -> Raw:
    """The table in one file; its ending says how it is written."""
    suffix = path.suffix.lower()
    if suffix in TEXT_TABLES:
        return read_csv(path, header=header, encoding=encoding, limit_rows=limit_rows)
    if suffix in (".jsonl", ".ndjson"):
        return read_json_lines(path, encoding=encoding, limit_rows=limit_rows)
    if suffix == ".json":
        return read_json(path, encoding=encoding, limit_rows=limit_rows)
    if suffix not in SUFFIXES:
        raise unknown_format(path)
    try:
        return read_parquet(path) if suffix == ".parquet" else read_arrow(path)
    except OSError as error:
        raise unreadable(path, error) from error


def unknown_format(path: Path) -> BadData:
    """The error about an ending that says nothing to us; archives are never unpacked."""
    is_archive = path.suffix.lower() in (".gz", ".zip", ".bz2", ".xz", ".zst", ".tar", ".tgz", ".7z")
    return BadData(
        "source-format",
        wanted=f"a file that ends in {' '.join(SUFFIXES)}",
        found=f"{path.suffix or 'no ending'}" + (", an archive" if is_archive else ""),
        do="unpack it first" if is_archive else "rename or convert the file",
        where=str(path),
    )


def no_file(name: str) -> BadData:
    """The error about a path or pattern that leads nowhere, with what lies there instead."""
    if os.path.exists(name):
        return BadData(
            "source-unreadable",
            wanted="a plain file",
            found="a device or pipe",
            do="save it as a file first",
            where=name,
        )
    return BadData(
        "source-missing",
        wanted="a file that exists",
        found=repr(name[:200]),
        do=what_lies_there(name),
    )


def what_lies_there(name: str) -> str:
    """A hint: the nearest names in the folder, or that the folder itself is missing."""
    folder = os.path.dirname(name) or "."
    try:
        names = sorted(os.listdir(folder))
    except (OSError, ValueError):
        return "check the path; its folder does not exist either"
    near = get_close_matches(os.path.basename(name), names, n=3, cutoff=0.5)
    tables = [n for n in names if n.lower().endswith(SUFFIXES)][:5]
    if near or tables:
        return "did you mean " + " or ".join(repr(os.path.join(folder, n)) for n in near or tables) + "?"
    return f"check the path; {folder!r} holds no tables"
