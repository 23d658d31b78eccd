"""`trivet prove`: rows that came after the build earn an UNPROVEN limit its HOLDS."""

import argparse

from trivet.cli.fresh_rows import add_rows, rows_in
from trivet.cli.opened_file import add_file
from trivet.cli.result import Result

SUMMARY = "Let an UNPROVEN limit be earned by rows that came after the build, without another look into the vault."
EXAMPLE = "trivet prove claims.trivet --data more.csv"

_EXITS = {"PROVEN": 0, "BROKEN": 3, "UNPROVEN": 5}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_file(parser)
    add_rows(parser)
    parser.add_argument("--out", help="write the file once more, with what it earned in its evidence")
    parser.add_argument("--force", action="store_true", help="replace --out if it exists")


def run(arguments: argparse.Namespace) -> Result:
    from trivet.operate.prove import prove

    how = rows_in(arguments)
    found = prove(arguments.file, arguments.data, out=arguments.out, force=arguments.force, **how)
    written = [f"  written: {arguments.out}"] if arguments.out else []
    return Result(
        text="\n".join([f"{arguments.file}: {found}", *written]),
        data={**found.as_json(), "file": arguments.file, "out": arguments.out},
        exit_code=_EXITS[found.outcome],
    )
