"""`trivet gauges`: every gauge that is registered."""

import argparse

from trivet.cli.catalogue import catalogue
from trivet.cli.result import Result

SUMMARY = "List every gauge, with what it is for."
EXAMPLE = "trivet gauges"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(arguments: argparse.Namespace) -> Result:
    return catalogue("gauge")
