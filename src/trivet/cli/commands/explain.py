"""`trivet explain`: the page of a pass, gauge, domain or error code."""

import argparse

from trivet.cli.result import Result

SUMMARY = "Explain a pass, gauge, domain or error code: what it is, what it helps and costs, its source."
EXAMPLE = "trivet explain p99-latency"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="e.g. fit-trees, auroc, table, limit-unit")


def run(arguments: argparse.Namespace) -> Result:
    from trivet.cli.catalogue import page_for

    kind, page = page_for(arguments.name)
    return Result(text=page.rstrip(), data={"name": arguments.name, "kind": kind, "page": page})
