"""An append-only journal: what was written and acknowledged is read back, whatever happened to the process or the file.

A frame is   magic (4 bytes) | length u32 | sequence u64 | payload, canonical JSON | SHA-256 (32 bytes)
little-endian; the hash covers the previous frame's hash, the header and the payload, so that frames cannot be
changed, left out or moved unseen.  (A cut-off end cannot be seen from inside; nobody can.)
"""

import hashlib
import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trivet.runtime.part import canonical_json

from .appender import Appender
from .disk import Storage

MAGIC = b"\xfftj\x01"  # 0xff never occurs in UTF-8, so not in a payload either
_HEADER = struct.Struct("<4sIQ")
_HASH_BYTES = 32
_START = bytes(_HASH_BYTES)


class Journal:
    """An open journal.  frames: all payloads, oldest first.

    lost_bytes: how much was cut away when it was opened.  damaged: the file that keeps those bytes when they were more
    than the torn end of a write that nobody was told had succeeded.
    """

    def __init__(self, appender: Appender, frames: list[dict[str, Any]], last: bytes) -> None:
        self._appender, self.frames, self._last = appender, frames, last
        self.lost_bytes = 0
        self.damaged: Path | None = None

    @classmethod
    def open(cls, path: str | Path, storage: Storage) -> "Journal":
        """The journal at this path, new when there is none.  Whatever follows the last good frame is cut off first."""
        path = Path(path)
        data = storage.read_if_there(path) or b""
        frames, good, last = read_frames(data)
        damaged = set_aside(path, data[good:], storage) if is_damaged(data[good:]) else None
        journal = cls(storage.append_to(path), frames, last)
        journal.lost_bytes, journal.damaged = len(data) - good, damaged
        try:
            journal._appender.cut(good)
        except BaseException:
            journal.close()
            raise
        return journal

    def append(self, payload: Mapping[str, Any]) -> None:
        """Adds a frame; when this returns, the frame is on the disk."""
        frame = framed(payload, len(self.frames), self._last)
        self._appender.append(frame)
        self.frames.append(json.loads(frame[_HEADER.size : -_HASH_BYTES]))
        self._last = frame[-_HASH_BYTES:]

    def close(self) -> None:
        """Lets go of the file."""
        self._appender.close()


def frames_at(path: str | Path, storage: Storage) -> list[dict[str, Any]] | None:
    """All payloads of a journal, oldest first, while others may be writing it; None when there is none."""
    data = storage.read_if_there(path)
    return None if data is None else read_frames(data)[0]


def framed(payload: Mapping[str, Any], sequence: int, previous: bytes) -> bytes:
    """One frame as bytes."""
    body = canonical_json(dict(payload))
    head = _HEADER.pack(MAGIC, len(body), sequence)
    return head + body + hashlib.sha256(previous + head + body).digest()


def read_frames(data: bytes) -> tuple[list[dict[str, Any]], int, bytes]:
    """(payloads, bytes that the good frames take, hash of the last one): everything up to the first bad frame."""
    frames: list[dict[str, Any]] = []
    at, last = 0, _START
    while (end := good_end(data, at, len(frames), last)) is not None:
        frames.append(json.loads(data[at + _HEADER.size : end - _HASH_BYTES]))
        at, last = end, data[end - _HASH_BYTES : end]
    return frames, at, last


def good_end(data: bytes, at: int, sequence: int, previous: bytes) -> int | None:
    """Where the frame that begins at `at` ends; None when it is not whole and right."""
    if at + _HEADER.size > len(data):
        return None
    magic, length, number = _HEADER.unpack_from(data, at)
    end = at + _HEADER.size + length + _HASH_BYTES
    if magic != MAGIC or number != sequence or end > len(data):
        return None
    said = data[end - _HASH_BYTES : end]
    return end if hashlib.sha256(previous + data[at : end - _HASH_BYTES]).digest() == said else None


def is_damaged(rest: bytes) -> bool:
    """Whether bytes after the last good frame are more than the torn end of one write."""
    if not MAGIC.startswith(rest[: len(MAGIC)]) or MAGIC in rest[1:]:
        return True
    if len(rest) < _HEADER.size:
        return False
    return len(rest) >= _HEADER.size + _HEADER.unpack_from(rest)[1] + _HASH_BYTES


def set_aside(path: Path, rest: bytes, storage: Storage) -> Path:
    """Keeps the bytes in the first free file `NAME.damaged-N`."""
    number = 1
    while True:
        aside = path.with_name(f"{path.name}.damaged-{number}")
        kept = storage.read_if_there(aside)
        if kept is None:
            storage.publish(aside, rest, private=True, overwrite=False)
        if kept is None or kept == rest:  # equal: an earlier try got this far before it was stopped
            return aside
        number += 1
