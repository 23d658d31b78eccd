"""The system calls that storage makes, in one class that a test can replace, and what is made of several of them."""

import errno
import fcntl
import os
import stat
from pathlib import Path

from .disk_errors import failed, system_errors, too_large

CHUNK = 1 << 20  # bytes that are read at a time
PRIVATE = 0o600  # mode of new files, for this user alone


class Disk:
    """The system calls that storage makes, one method each, so that a test can fail, tear or record any of them."""

    def open(self, path: Path, flags: int, mode: int = PRIVATE) -> int:
        return os.open(path, flags, mode)

    def mode(self, path: Path) -> int:
        return stat.S_IMODE(os.stat(path).st_mode)

    def chmod(self, fd: int, mode: int) -> None:
        os.fchmod(fd, mode)

    def read(self, fd: int, most: int) -> bytes:
        return os.read(fd, most)

    def write(self, fd: int, data: memoryview) -> int:
        return os.write(fd, data)

    def fsync(self, fd: int) -> None:
        os.fsync(fd)

    def truncate(self, fd: int, size: int) -> None:
        os.ftruncate(fd, size)

    def close(self, fd: int) -> None:
        os.close(fd)

    def rename(self, old: Path, new: Path) -> None:
        os.replace(old, new)

    def link(self, old: Path, new: Path) -> None:
        os.link(old, new)

    def unlink(self, path: Path) -> None:
        os.unlink(path)

    def mkdir(self, path: Path) -> None:
        os.mkdir(path, 0o700)

    def names(self, folder: Path) -> list[str]:
        return os.listdir(folder)

    def fsync_dir(self, folder: Path) -> None:
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        except OSError as error:
            if error.errno != errno.EINVAL:  # some network file systems have no such thing as syncing a folder
                raise
        finally:
            os.close(fd)


def read_all(disk: Disk, fd: int, path: Path, cap: int) -> bytes:
    """All bytes, read piece by piece; raises `file-too-large` at the first byte beyond the cap."""
    pieces, left = [], cap + 1
    while left > 0 and (piece := disk.read(fd, min(left, CHUNK))):
        pieces.append(piece)
        left -= len(piece)
    if left <= 0:
        raise too_large(path, cap)
    return b"".join(pieces)


def write_all(disk: Disk, fd: int, data: bytes | memoryview, path: Path) -> None:
    """Writes all bytes, however few the system takes at a time, and waits until the disk has them."""
    rest = memoryview(data)
    with system_errors("write", path):
        while rest:
            written = disk.write(fd, rest)
            if written == 0:
                raise failed("write", path, "the disk took no byte", errno.EIO)
            rest = rest[written:]
    with system_errors("fsync", path):
        disk.fsync(fd)


def is_locked_by_us(fd: int) -> bool:
    """Locks the open file for this process; False when another holds it."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
