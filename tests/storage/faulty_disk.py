"""Disks that count, fail or tear the system calls that storage makes."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from trivet.storage.system_calls import Disk

CALLS = tuple(name for name in vars(Disk) if not name.startswith("_"))


class QuickDisk(Disk):
    """Does not wait for the drive: no test here cuts the power, and a killed process loses nothing unsynced."""

    def fsync(self, fd: int) -> None: ...

    def fsync_dir(self, folder: Path) -> None: ...


class WatchedDisk(QuickDisk):
    """A real disk that calls `before(name)` ahead of every system call, and lists the names in `seen`."""

    def __init__(self, before: Callable[[str], None] = lambda name: None) -> None:
        self.before, self.seen = before, []

    def __getattribute__(self, name: str) -> Any:
        real = super().__getattribute__(name)
        if name not in CALLS:
            return real

        def watched(*arguments: Any) -> Any:
            self.seen.append(name)
            if name == "close":
                real(*arguments)  # a close that fails has closed all the same
                return self.before(name)
            self.before(name)
            return real(*arguments)

        return watched


class FailingDisk(WatchedDisk):
    """Fails call number `k` (from 1), and all later ones when `for_ever`, with the errno, until it is `mended`."""

    def __init__(self, k: int, number: int, *, for_ever: bool) -> None:
        super().__init__(self.maybe_fail)
        self.k, self.number, self.for_ever, self.mended = k, number, for_ever, False

    def maybe_fail(self, name: str) -> None:
        at = len(self.seen)
        if not self.mended and (at == self.k or (self.for_ever and at > self.k)):
            raise OSError(self.number, os.strerror(self.number))


class ShortDisk(QuickDisk):
    """Takes at most `most` bytes at a time; from call number `full_at` on there is no space left."""

    def __init__(self, most: int, full_at: int | None = None) -> None:
        self.most, self.full_at, self.writes = most, full_at, 0

    def write(self, fd: int, data: memoryview) -> int:
        self.writes += 1
        if self.full_at is not None and self.writes >= self.full_at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(fd, data[: self.most])


class LyingDisk(QuickDisk):
    """Says that it wrote all bytes, but loses one bit."""

    def write(self, fd: int, data: memoryview) -> int:
        return super().write(fd, memoryview(bytes([data[0] ^ 1]) + bytes(data[1:])))


class DyingDisk(WatchedDisk):
    """Ends the process at call number `k`, with no chance to tidy up; a write gets so many bytes done before."""

    EXIT = 9

    def __init__(self, k: int, bytes_written: int) -> None:
        super().__init__(self.maybe_die)
        self.k, self.bytes_written = k, bytes_written

    def maybe_die(self, name: str) -> None:
        if len(self.seen) == self.k and (name != "write" or not self.bytes_written):
            os._exit(self.EXIT)

    def write(self, fd: int, data: memoryview) -> int:
        if len(self.seen) == self.k:
            super().write(fd, data[: self.bytes_written])
            os._exit(self.EXIT)
        return super().write(fd, data)
