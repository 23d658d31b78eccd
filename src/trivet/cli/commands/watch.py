"""`trivet watch`: labelled rows as they come, and an alarm when a limit is shown to be missed."""

import argparse

from trivet.cli.fresh_rows import add_rows, rows_in
from trivet.cli.opened_file import add_file
from trivet.cli.result import Result

SUMMARY = "Watch a file on labelled rows as they come; alarm when a limit is missed, however often you look."
EXAMPLE = "trivet watch claims.trivet --data today.csv"

_EXITS = {"CALM": 0, "ALARM": 7}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_file(parser)
    add_rows(parser)
    parser.add_argument(
        "--alpha", type=float,
        help="chance, for each limit, of ever a false alarm (default 0.01; fixed by the first call)",
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> Result:
    from trivet.operate.watch import watch

    found = watch(arguments.file, arguments.data, alpha=arguments.alpha, **rows_in(arguments))
    return Result(
        text=f"{arguments.file}: {found}",
        data={**found.as_json(), "file": arguments.file},
        exit_code=_EXITS[found.outcome],
    )
