"""The one door to the disk: every file that trivet writes is written here.

A published file is whole or absent, whatever happens: a full disk, a failing drive, a kill at any moment.
Files of a store are private (0600), folders too (0700), whatever the umask.  Results that people share get the mode
that any new file gets here, and keep the one they had when they are replaced.
Source: Pillai et al. 2014 (OSDI), "All file systems are not created equal"; why a failed fsync is never retried on the
same bytes: Rebello et al. 2020 (ATC), "Can applications recover from fsync failures?".
"""

import errno
import json
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from trivet.core.errors import StorageError
from trivet.runtime.file.caps import STORE_CAPS

from .appender import Appender
from .disk_errors import exists, failed, holder, locked, system_errors, too_large
from .system_calls import CHUNK, PRIVATE, Disk, is_locked_by_us, read_all, write_all

MOST_BYTES = STORE_CAPS.file  # of one file: what may be written may be read again
_PART = (".trivet-", ".part")  # how the names of unfinished files begin and end
_SHARED = 0o666  # mode of new files for others too; the system takes the bits of the umask away from it


class Storage:
    """Writes that are whole or absent, and errors that name the operation, the path and the reason.

    most_bytes: of one file, read or published.
    """

    def __init__(
        self, disk: Disk | None = None, *, clock: Callable[[], float] = time.time, most_bytes: int = MOST_BYTES
    ) -> None:
        self.disk = disk or Disk()
        self.clock = clock
        self.most_bytes = most_bytes
        self._swept: set[Path] = set()

    def read(self, path: str | Path, cap: int | None = None) -> bytes:
        """The bytes of a file; refuses more than `cap` of them (default: `most_bytes`) before they are in memory."""
        data = self.read_if_there(path, cap)
        if data is None:
            raise failed("read", Path(path), "No such file or directory (ENOENT)", errno.ENOENT)
        return data

    def read_if_there(self, path: str | Path, cap: int | None = None) -> bytes | None:
        """The bytes of a file, None when there is none."""
        path = Path(path)
        try:
            with self._opened(path, os.O_RDONLY, let=FileNotFoundError) as fd, system_errors("read", path):
                return read_all(self.disk, fd, path, self.most_bytes if cap is None else cap)
        except FileNotFoundError:
            return None

    def publish(self, path: str | Path, data: bytes | memoryview, *, private: bool, overwrite: bool = True) -> None:
        """Puts the file there whole: written beside it, synced, read back, then renamed.

        private: for this user alone (0600), as everything in a store; else a new file has the mode that the user's
        umask gives, and one that is replaced keeps the mode it had.
        After an error, or a kill at any moment, `path` holds the old content or the new, never a mixture.
        Refuses with `file-exists` when something is there and `overwrite` is False, and more than could be read again.
        """
        path = Path(path)
        if len(data) > self.most_bytes:
            raise too_large(path, self.most_bytes)
        self._sweep(path.parent)
        kept = None if private or not overwrite else self._mode_of(path)
        # The system itself subtracts the umask when it makes the file.  To read the umask, a process has to change it,
        # and then another thread may make a file without any.
        with self._part_file(path.parent, _SHARED if not private and kept is None else PRIVATE) as (fd, part):
            write_all(self.disk, fd, data, part)
            if not self.is_there(part, data):
                raise failed("verify", part, "what was read back differs from what was written", errno.EIO)
            if kept is not None:
                with system_errors("chmod", part):
                    self.disk.chmod(fd, kept)
            self._name(part, path, overwrite=overwrite)
        self._sync_folder(path.parent)

    def is_there(self, path: str | Path, data: bytes | memoryview) -> bool:
        """Whether the file holds exactly these bytes; it is read piece by piece."""
        at, path, wanted = 0, Path(path), memoryview(data)
        with self._opened(path, os.O_RDONLY) as fd, system_errors("read", path):
            while piece := self.disk.read(fd, CHUNK):
                if piece != wanted[at : at + len(piece)]:
                    return False
                at += len(piece)
        return at == len(wanted)

    def append_to(self, path: str | Path) -> Appender:
        """An open file that grows piece by piece; made when it is not there."""
        appender = Appender(self.disk, Path(path))
        try:
            self._sync_folder(appender.path.parent)
        except StorageError:
            appender.close()
            raise
        return appender

    def make_folder(self, path: str | Path) -> None:
        """The folder and those above it, private to this user; one that is there stays as it is."""
        path = Path(path)
        with system_errors("mkdir", path):
            if path.is_dir():
                return
        self.make_folder(path.parent)
        with system_errors("mkdir", path):
            try:
                self.disk.mkdir(path)
            except FileExistsError:
                if not path.is_dir():  # else: another process made it just now
                    raise
        self._sync_folder(path.parent)

    def names(self, folder: str | Path) -> list[str]:
        """What lies in a folder, in order; nothing where there is no such folder."""
        folder = Path(folder)
        try:
            with system_errors("list", folder, let=FileNotFoundError):
                return sorted(self.disk.names(folder))
        except FileNotFoundError:
            return []

    def remove(self, path: str | Path) -> None:
        """Removes the file, if it is there."""
        path = Path(path)
        with suppress(FileNotFoundError), system_errors("unlink", path, let=FileNotFoundError):
            self.disk.unlink(path)

    @contextmanager
    def lock(self, path: str | Path) -> Iterator[None]:
        """Holds the lock for the `with` block; a second holder is refused at once, with the first one's name.

        The system lets go of the lock when the holder dies, so a stale lock cannot exist and no time limit is needed.
        """
        path = Path(path)
        with self._opened(path, os.O_RDWR | os.O_CREAT) as fd:
            with system_errors("lock", path):
                if not is_locked_by_us(fd):
                    raise locked(path, holder(self.read(path, 4096)))
                self.disk.truncate(fd, 0)
            write_all(self.disk, fd, self._name_card(), path)
            yield

    def _name_card(self) -> bytes:
        since = datetime.fromtimestamp(self.clock(), UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        return json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since}).encode()

    def _mode_of(self, path: Path) -> int | None:
        """Who may read, write and run the file that is there; None when there is none.  Never setuid or sticky."""
        try:
            with system_errors("stat", path, let=FileNotFoundError):
                return self.disk.mode(path) & 0o777
        except FileNotFoundError:
            return None

    def _name(self, part: Path, path: Path, *, overwrite: bool) -> None:
        """Gives the finished file its name, in one step that cannot be seen half done."""
        if overwrite:
            with system_errors("rename", path):
                self.disk.rename(part, path)
            return
        try:
            with system_errors("link", path, let=FileExistsError):
                self.disk.link(part, path)
        except FileExistsError:
            raise exists(path) from None
        self.remove(part)

    def _sync_folder(self, folder: Path) -> None:
        with system_errors("fsync", folder):
            self.disk.fsync_dir(folder)

    @contextmanager
    def _opened(self, path: Path, flags: int, *, let: type[OSError] | tuple[()] = ()) -> Iterator[int]:
        with system_errors("open", path, let=let):
            fd = self.disk.open(path, flags | os.O_CLOEXEC)
        try:
            yield fd
        except BaseException:
            with suppress(OSError):
                self.disk.close(fd)
            raise
        with system_errors("close", path):
            self.disk.close(fd)

    @contextmanager
    def _part_file(self, folder: Path, mode: int) -> Iterator[tuple[int, Path]]:
        """An unfinished file under a name that nobody has; removed unless it got its real name."""
        fd, part = self._new_part(folder, mode)
        try:
            yield fd, part
        except BaseException:
            with suppress(OSError):
                self.disk.unlink(part)
            with suppress(OSError):
                self.disk.close(fd)
            raise
        with system_errors("close", part):
            self.disk.close(fd)

    def _new_part(self, folder: Path, mode: int) -> tuple[int, Path]:
        """The file, open and locked: the lock tells sweepers that its writer lives."""
        while True:
            part = folder / f"{_PART[0]}{secrets.token_hex(8)}{_PART[1]}"
            with system_errors("open", part):
                fd = self.disk.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
            if is_locked_by_us(fd) and os.fstat(fd).st_nlink:
                return fd, part
            # Another process swept the folder between open and lock and has taken this one for dead.
            with system_errors("close", part):
                self.disk.close(fd)

    def _sweep(self, folder: Path) -> None:
        """Removes what killed processes left unfinished in the folder: part files that nobody has locked."""
        if folder in self._swept:
            return
        for name in self.names(folder):
            if name.startswith(_PART[0]) and name.endswith(_PART[1]):
                self._remove_if_dead(folder / name)
        self._swept.add(folder)

    def _remove_if_dead(self, part: Path) -> None:
        # Another sweeper may have been faster: then there is nothing left to do.
        with suppress(FileNotFoundError), self._opened(part, os.O_RDWR, let=FileNotFoundError) as fd:
            if is_locked_by_us(fd):
                self.remove(part)
