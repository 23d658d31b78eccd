"""`trivet explain`: the page of anything that has a name, and of every word that trivet prints."""

import argparse

from trivet.cli.result import Result

SUMMARY = "Explain a pass, gauge, domain, command, finding, error code or any word that trivet prints."
EXAMPLE = "trivet explain p99-latency"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="+", help="e.g. fit-trees, auroc, table, id-column, UNPROVEN, vault, limit-unit")


def run(arguments: argparse.Namespace) -> Result:
    from trivet.cli.catalogue import page_for

    name, kind, page = page_for(" ".join(arguments.name))
    return Result(text=page.rstrip(), data={"name": name, "kind": kind, "page": page})
