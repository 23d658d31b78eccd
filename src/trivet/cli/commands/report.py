"""`trivet report`: one self-contained page."""

import argparse

from trivet.cli.opened_file import add_file, caps_in
from trivet.cli.result import Result

SUMMARY = "Write one self-contained page with the verdicts, baselines, findings, plots and lineage of a file."
EXAMPLE = "trivet report claims.trivet --out claims.html"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_file(parser)
    parser.add_argument("--out", help="page to write (default: named after the file)")
    parser.add_argument("--force", action="store_true", help="replace the page if it exists")


def run(arguments: argparse.Namespace) -> Result:
    from pathlib import Path

    from trivet.operate.beside import accounts_beside
    from trivet.ship.report import render
    from trivet.ship.specialist import load
    from trivet.storage.disk import Storage

    out = arguments.out or str(Path(arguments.file).with_suffix(".html"))
    file = load(arguments.file, caps=caps_in(arguments))
    beside = accounts_beside(arguments.file, file.contents)
    page = render(file.manifest, file.evidence, digest=file.digest, size_bytes=file.size_bytes, beside=beside)
    Storage().publish(out, page.encode("utf-8"), private=False, overwrite=arguments.force)
    outcome = file.evidence.get("outcome")
    broken = (
        "  BROKEN: this file does not keep its limits; the page says so in its title\n" if outcome == "BROKEN" else ""
    )
    data = {"out": out, "bytes": len(page.encode("utf-8")), "outcome": outcome}
    return Result(text=f"{broken}  written: {out}", data=data)
