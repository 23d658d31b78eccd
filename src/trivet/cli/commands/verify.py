"""`trivet verify`: the claims of a file, measured again."""

import argparse

from trivet.cli.result import Result, table

SUMMARY = "Measure the claims of a file again: from the file alone, or on fresh labelled rows."
EXAMPLE = "trivet verify claims.trivet --data fresh.csv"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="a .trivet file")
    parser.add_argument("--data", help="fresh labelled rows: path, glob or SQL")
    parser.add_argument("--no-header", action="store_true", help="the first line of --data holds data")


def run(arguments: argparse.Namespace) -> Result:
    from trivet.core.units import show_amount
    from trivet.engine.outcome import shown
    from trivet.runtime.container import decode
    from trivet.ship.specialist import load
    from trivet.ship.verify import verify

    data = load(arguments.file).data
    contents = decode(data)
    found = verify(data, contents, source=arguments.data, header=not arguments.no_header)
    rows = [
        [one.limit.gauge, shown(one.reading), str(one.limit), str(one.verdict), f"[{found.how[one.limit.gauge]}]"]
        for one in found.judged
    ]
    kind = f"rows of {arguments.data}" if arguments.data else "made-up rows, for costs only"
    text = "\n".join(
        [
            f"{arguments.file}: {'sound' if found.is_sound else 'NOT SOUND'} ({found.n_rows} {kind})",
            table(rows) or "  no limits",
            *(f"  problem: {problem}" for problem in found.problems),
            f"  whole and unaltered: {show_amount(len(data), 'B')}, SHA-256 {contents.digest}",
        ]
    )
    if not arguments.data:
        text += "\n  next: give labelled rows that the build never saw with --data to measure every limit again"
    return Result(
        text=text,
        data={**found.as_json(), "file": arguments.file, "digest": contents.digest},
        exit_code=0 if found.is_sound else 3,
    )
