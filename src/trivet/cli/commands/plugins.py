"""`trivet plugins`: what other distributions add."""

import argparse

from trivet.cli.result import Result

SUMMARY = "List what other installed distributions add to trivet, and what of it cannot be imported."
EXAMPLE = "trivet plugins"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(arguments: argparse.Namespace) -> Result:
    from trivet.cli.catalogue import of_others

    return of_others()
