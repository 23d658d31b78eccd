"""`trivet verify`: the claims of a file, measured again."""

import argparse

from trivet.cli.opened_file import add_file, caps_in
from trivet.cli.result import Result

SUMMARY = "Measure the claims of a file again: from the file alone, or on fresh labelled rows."
EXAMPLE = "trivet verify claims.trivet --data fresh.csv"

_EXITS = {"SOUND": 0, "MISSED": 3, "UNPROVEN": 5, "DAMAGED": 6}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_file(parser)
    parser.add_argument("--data", help="labelled rows that the build never saw: path, glob or SQL")
    parser.add_argument("--no-header", action="store_true", help="the first line of --data holds data")
    parser.add_argument("--encoding", default="utf-8", help="text encoding of --data (default utf-8; never guessed)")


def run(arguments: argparse.Namespace) -> Result:
    from trivet.core.units import show_amount
    from trivet.runtime.errors import NOT_DAMAGED, BadFile
    from trivet.ship.specialist import load
    from trivet.ship.verify import damaged_file, verify

    try:
        model = load(arguments.file, caps=caps_in(arguments))
    except BadFile as error:
        if error.code in NOT_DAMAGED:
            raise
        found, digest, after = damaged_file(error), None, []
    else:
        header = not arguments.no_header
        found = verify(model.data, model.contents, source=arguments.data, header=header, encoding=arguments.encoding)
        digest = model.digest
        after = [f"  bytes unaltered: {show_amount(model.size_bytes, 'B')}, SHA-256 {digest}"]
        if arguments.data is None:
            after += ["  next: give labelled rows that the build never saw with --data to measure every limit again"]
    return Result(
        text="\n".join([f"{arguments.file}: {found}", *after]),
        data={**found.as_json(), "file": arguments.file, "digest": digest},
        exit_code=_EXITS[found.outcome],
    )
