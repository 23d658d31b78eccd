"""A file that grows by whole pieces: what a journal is written with."""

import os
from contextlib import suppress
from pathlib import Path

from .disk_errors import system_errors
from .system_calls import Disk, write_all


class Appender:
    """A file that grows by whole pieces.  A piece that failed is cut away before the next one is written."""

    def __init__(self, disk: Disk, path: Path) -> None:
        self.path, self._disk, self._is_torn = path, disk, False
        with system_errors("open", path):
            self._fd = disk.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC)
            self.size = os.fstat(self._fd).st_size

    def append(self, data: bytes) -> None:
        """Adds the bytes and waits until the disk has them."""
        if self._is_torn:
            # A failed fsync may have marked unwritten pages as clean, so a second fsync proves nothing: write anew.
            self.cut(self.size)
        self._is_torn = True
        write_all(self._disk, self._fd, data, self.path)
        self.size += len(data)
        self._is_torn = False

    def cut(self, size: int) -> None:
        """Shortens the file to `size` bytes."""
        with system_errors("truncate", self.path):
            self._disk.truncate(self._fd, size)
        with system_errors("fsync", self.path):
            self._disk.fsync(self._fd)
        self.size, self._is_torn = size, False

    def close(self) -> None:
        """Lets go of the file; everything appended is on the disk already, so a failure here loses nothing."""
        with suppress(OSError):
            self._disk.close(self._fd)
