"""The bytes of a file: a small one is read, a large one is mapped, so that no second copy of it is in memory."""

import mmap
import os
import stat
from pathlib import Path

from ..errors import BadFile
from .caps import Caps, keep_cap

READ_UP_TO = 16_000_000
"""Bytes up to which a file is read into memory, where nobody can change it any more.

A mapped file must not be written in place while it is used: a byte changed after the check would be answered with, and
one that was cut away ends the process (SIGBUS).  To put another file in its place by a rename, as trivet does, is safe.
"""


def file_bytes(path: str | Path, caps: Caps) -> bytes | memoryview:
    """The bytes of a regular file whose size keeps the cap: read, or beyond READ_UP_TO mapped and read-only."""
    where = str(path)
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode):
            raise no_file("file-unreadable", "something that is not a regular file", where)
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            keep_cap(size, caps.file, "bytes", where)
            if size > READ_UP_TO:
                return memoryview(mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ))
            return file.read(size + 1)  # one more, so that a file that grew meanwhile is refused
    except FileNotFoundError as error:
        raise no_file("file-missing", "no such file", where) from error
    except (OSError, ValueError) as error:
        raise no_file("file-unreadable", str(error), where) from error


def no_file(code: str, found: str, where: str) -> BadFile:
    return BadFile(code, wanted="a .trivet file", found=found, do="check the path and its permissions", where=where)
