"""What the system says about the disk, as errors that name the operation, the path and what to do."""

import errno
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trivet.core.errors import StorageError

_WHAT_TO_DO = {
    errno.ENOSPC: "free some space on that disk and run again; nothing finished is lost",
    errno.EDQUOT: "free some of your quota on that disk and run again; nothing finished is lost",
    errno.EIO: "check the disk (dmesg, smartctl), or write to another one; what was there before is unharmed",
    errno.EACCES: "give yourself the right to write there, or choose another folder",
    errno.EPERM: "give yourself the right to write there, or choose another folder",
    errno.EROFS: "choose a folder on a disk that can be written",
    errno.EMFILE: "raise the number of open files (ulimit -n) and run again",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.ENOENT: "check the path; its folder must exist",
}


@contextmanager
def system_errors(operation: str, path: Path, *, let: type[OSError] | tuple[()] = ()) -> Iterator[None]:
    """Turns what the system says into a StorageError; errors of the type `let` pass as they are."""
    try:
        yield
    except let:
        raise
    except OSError as error:
        reason = f"{error.strerror or error} ({errno.errorcode.get(error.errno or 0, 'unknown')})"
        raise failed(operation, path, reason, error.errno or 0) from error
    except ValueError as error:  # a NUL or a lone surrogate in the path
        raise failed(operation, path, str(error), errno.EINVAL) from error


def failed(operation: str, path: Path, reason: str, number: int) -> StorageError:
    return StorageError(
        "storage-failed",
        wanted=f"to {operation} {str(path)!r}",
        found=reason,
        do=_WHAT_TO_DO.get(number, "see what the system says above, or choose another folder"),
    )


def exists(path: Path) -> StorageError:
    return StorageError(
        "file-exists",
        wanted="a path where nothing is yet",
        found=repr(str(path)),
        do="choose another name, or say --force to replace it",
    )


def too_large(path: Path, cap: int) -> StorageError:
    return StorageError(
        "file-too-large",
        wanted=f"a file of at most {cap} bytes",
        found=f"{str(path)!r}, which is larger",
        do="check that this is the file you meant",
    )


def locked(path: Path, who: str) -> StorageError:
    return StorageError(
        "store-locked",
        wanted=f"to be alone in {str(path.parent)!r}",
        found=who,
        do="wait until it is done, stop it, or use another folder",
    )


def holder(card: bytes) -> str:
    """Who holds a lock, from what the holder wrote into it."""
    try:
        said = json.loads(card)
        return f"process {said['pid']} on {said['host']}, there since {said['since']}"
    except (ValueError, KeyError, TypeError):
        return "another process, which has just begun"
