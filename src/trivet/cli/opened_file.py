"""The file that a command opens, and how much the user lets it claim."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trivet.runtime.file.caps import CapsName


def add_file(parser: argparse.ArgumentParser) -> None:
    """The arguments of every command that opens a file."""
    parser.add_argument("file", help="a .trivet file")
    parser.add_argument(
        "--large", action="store_true", help="let the file have up to 4 GB instead of 64 MB: for one that you trust"
    )


def caps_in(arguments: argparse.Namespace) -> "CapsName":
    """The caps that the user chose."""
    return "large" if arguments.large else "small"
