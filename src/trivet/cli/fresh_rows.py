"""The arguments of the commands that multiply labelled rows into evidence beside a file."""

import argparse
from typing import Any

from .opened_file import caps_in


def add_rows(parser: argparse.ArgumentParser) -> None:
    """What is read, and how rows are told apart."""
    parser.add_argument("--data", required=True, help="labelled rows that came after the build: path, glob or SQL")
    parser.add_argument("--id", metavar="COLUMN", help="column that names each row, so that none counts twice")
    parser.add_argument("--all-new", action="store_true", help="rows that equal an earlier one are other rows")
    parser.add_argument(
        "--most-weight", type=float, metavar="W",
        help="the most that one row (or group) may weigh; needed where the build weighed its rows",
    )  # fmt: skip
    parser.add_argument("--no-header", action="store_true", help="the first line of --data holds data")
    parser.add_argument("--encoding", default="utf-8", help="text encoding of --data (default utf-8; never guessed)")


def rows_in(arguments: argparse.Namespace) -> dict[str, Any]:
    """The same as keywords of the Python functions."""
    return {
        "id": arguments.id,
        "all_new": arguments.all_new,
        "most_weight": arguments.most_weight,
        "header": not arguments.no_header,
        "encoding": arguments.encoding,
        "caps": caps_in(arguments),
    }
