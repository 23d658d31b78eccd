"""Tables in text files: a delimiter between cells, one record after another."""

import csv
import io
from array import array
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from trivet.core.errors import BadData

from .columns import Lexicon, TextColumn, text_column
from .raw import Raw, empty, raw_table
from .text_bytes import file_bytes, text_of_bytes

DELIMITERS = (",", ";", "\t", "|")
BLOCK = 10_000  # records turned into columns at a time: bounds the memory that single cells take


class Uneven(ValueError):
    """A record has more or fewer cells than the first."""


def read_csv(path: Path, *, header: bool, encoding: str, limit_rows: int | None) -> Raw:
    """The table; every cell is text.  Blank lines are skipped.  Refuses ragged records and open quotes by line."""
    text = text_of_bytes(file_bytes(path), encoding, str(path))
    is_tabbed = path.suffix.lower() == ".tsv"
    return parse_csv(text, str(path), header=header, limit_rows=limit_rows, delimiter="\t" if is_tabbed else None)


def parse_csv(
    text: str, origin: str, *, header: bool = True, limit_rows: int | None = None, delimiter: str | None = None
) -> Raw:
    """The table in a text that came from `origin`; the delimiter is found unless it is given."""
    delimiter = delimiter or delimiter_of(text)
    try:
        names, columns = table_of(text, delimiter, header, limit_rows)
    except (csv.Error, Uneven) as error:
        raise first_bad_record(text, delimiter, origin) from error
    if not names:
        raise empty(origin, "nothing but blank lines" if text else "0 bytes")
    if header:
        check_header(names, origin)
    return raw_table(names, columns, origin=origin)


def delimiter_of(text: str) -> str:
    """The delimiter that cuts the first record into most cells; the comma when none does."""
    start = text[:2_000_000]  # longer than the header of 50,000 columns
    return max(DELIMITERS, key=lambda delimiter: cells_in_first(start, delimiter))


def cells_in_first(text: str, delimiter: str) -> int:
    try:
        return len(next(records(text, delimiter), []))
    except csv.Error:
        return 0


def records(text: str, delimiter: str) -> Iterator[list[str]]:
    """The records that are not blank."""
    return filter(None, reader_of(text, delimiter))


def reader_of(text: str, delimiter: str) -> Any:
    lines = io.StringIO(text, newline="")  # keeps CR and LF inside quotes as they are
    return csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)


def table_of(text: str, delimiter: str, header: bool, limit_rows: int | None) -> tuple[Sequence[str], list[TextColumn]]:
    """(names, columns); no names for a text without records."""
    rest = records(text, delimiter)
    first = next(rest, [])
    names = first if header else [f"c{at + 1}" for at in range(len(first))]
    body = rest if header else (row for part in ([first] if first else [], rest) for row in part)
    lexicons = [Lexicon() for _ in names]
    codes = [array("i") for _ in names]
    body = islice(body, limit_rows)
    while block := list(islice(body, BLOCK)):
        if set(map(len, block)) != {len(names)}:
            raise Uneven
        for lexicon, column, cells in zip(lexicons, codes, zip(*block)):
            column.extend(map(lexicon.__getitem__, cells))
    return names, [text_column(tuple(words), np.array(column, np.int32)) for words, column in zip(lexicons, codes)]


def first_bad_record(text: str, delimiter: str, origin: str) -> BadData:
    """The error about the first record that does not fit; read again, slowly, to know its line."""
    reader, wanted = reader_of(text, delimiter), 0
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except csv.Error as error:
            return bad_quote(line, error, origin)
        wanted = wanted or len(row)
        if row and len(row) != wanted:
            return ragged_record(line, wanted, row, origin)


def bad_quote(line: int, error: csv.Error, origin: str) -> BadData:
    opened = "unexpected end of data" in str(error)
    return BadData(
        "source-quotes",
        wanted='cells that are plain, or wholly in "quotes"',
        found="a quote that is never closed" if opened else str(error),
        do='close the quote; a quote inside a quoted cell is written twice ("")',
        where=f"{origin}, the record that starts in line {line}",
    )


def ragged_record(line: int, wanted: int, row: list[str], origin: str) -> BadData:
    shown = ", ".join(repr(cell[:20]) for cell in row[:4]) + (", ..." if len(row) > 4 else "")
    return BadData(
        "source-ragged",
        wanted=f"{wanted} cells in every record, as in the first",
        found=f"{len(row)} cells: {shown}",
        do="mend the line; put a cell that holds the delimiter in quotes",
        where=f"{origin}, line {line}",
    )


def check_header(names: Sequence[str], origin: str) -> None:
    """Refuses a first record of nothing but numbers, unless they merely count the columns."""
    counted = [str(at) for at in range(len(names) + 1)]
    if names in (counted[:-1], counted[1:]) or not all(is_number(name) for name in names):
        return
    raise BadData(
        "source-header",
        wanted="column names in the first record",
        found=f"only numbers: {', '.join(names[:6])}",
        do="give --no-header if the file has none; the columns are then called c1, c2, ...",
        where=origin,
    )


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
