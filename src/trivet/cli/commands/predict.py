"""`trivet predict`: answers for the rows of a file."""

import argparse
import csv
import io
from collections.abc import Sequence
from typing import Any

from trivet.cli.result import Result

SUMMARY = "Answer the rows of a table: class, probabilities and set, or value and interval."
EXAMPLE = "trivet predict claims.trivet new.csv --out answers.csv"

# Spreadsheets run cells that start so; class names that do are written with an apostrophe before them.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="a .trivet file")
    parser.add_argument("source", help="rows to answer: path, glob or SQL; extra columns are ignored")
    parser.add_argument("--out", help="CSV file to write (default: standard output)")
    parser.add_argument("--no-header", action="store_true", help="the first line holds data; columns are c1, c2, ...")
    parser.add_argument("--encoding", default="utf-8", help="text encoding of the source")
    parser.add_argument("--force", action="store_true", help="replace the file if it exists")


def run(arguments: argparse.Namespace) -> Result:
    from trivet.data.sources import read
    from trivet.ship.specialist import load
    from trivet.storage.disk import Storage

    specialist = load(arguments.file)
    raw = read(arguments.source, header=not arguments.no_header, encoding=arguments.encoding)
    names = [name for name, _ in specialist.task["inputs"]]
    refuse_absent(names, raw.names, arguments.source)
    columns = answer_columns(specialist, raw.columns_for(names))
    count = len(next(iter(columns.values())))
    data = {"rows": count, "out": arguments.out, **({} if arguments.out else {"answers": columns})}
    if arguments.out is None:
        return Result(text=as_csv(columns).rstrip("\n"), data=data)
    Storage().publish(arguments.out, as_csv(columns).encode("utf-8"), overwrite=arguments.force)
    return Result(text=f"{count} rows answered\n  written: {arguments.out}", data=data)


def refuse_absent(names: Sequence[str], there: Sequence[str], source: str) -> None:
    from trivet.core.errors import BadData

    absent = [repr(name) for name in names if name not in there]
    if absent:
        raise BadData(
            "missing-column",
            wanted=f"every column that the file was built on: {listed(absent)}",
            found=f"a table with {listed(list(map(repr, there)))}",
            do="give every column; a cell whose value is unknown may be empty",
            where=source,
        )


def listed(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def answer_columns(specialist: Any, columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The answers as columns of a table."""
    answers = specialist.answers(columns)
    name = specialist.task["answer"][0]
    if answers.values is not None:
        found: dict[str, list[Any]] = {name: as_floats(answers.values)}
        if answers.low is not None:
            found |= {"low": as_floats(answers.low), "high": as_floats(answers.high)}
        return found
    classes = specialist.classes
    found = {name: [classes[at] for at in answers.chosen.tolist()]}
    found |= {f"p[{label}]": as_floats(answers.probabilities[:, at]) for at, label in enumerate(classes)}
    if answers.sets is not None:
        found["set"] = [" | ".join(c for c, is_in in zip(classes, row) if is_in) for row in answers.sets.tolist()]
    return found


def as_floats(column: Any) -> list[float]:
    """Seven significant digits: all that float32 holds."""
    return [float(f"{number:.7g}") for number in column.tolist()]


def as_csv(columns: dict[str, list[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([safe(name) for name in columns])
    writer.writerows([safe(cell) for cell in row] for row in zip(*columns.values()))
    return out.getvalue()


def safe(cell: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
