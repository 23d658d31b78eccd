"""A table that another program writes into our standard input: CSV, or one JSON object per line."""

from typing import BinaryIO

from .csv_source import parse_csv
from .json_source import parse_json_lines
from .raw import Raw
from .text_bytes import text_of_bytes

ORIGIN = "standard input"


def read_stream(stream: BinaryIO, *, header: bool = True, encoding: str = "utf-8") -> Raw:
    """The table in the stream, read to its end.  One that begins with `{` holds JSON lines, any other is CSV.

    header, encoding: as of a file.  Refuses what the same text in a file would be refused for.
    """
    text = text_of_bytes(stream.read(), encoding, ORIGIN)
    if text.lstrip().startswith("{"):
        return parse_json_lines(text, ORIGIN)
    return parse_csv(text, ORIGIN, header=header)
