"""What a build has finished: objects by the digest of their bytes, results and events in a journal."""

import hashlib
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from trivet.core.errors import StorageError
from trivet.runtime.file.caps import STORE_CAPS
from trivet.runtime.part import canonical_json

from .checkpoints import Checkpoints
from .disk import Storage
from .journal import Journal

_DIGEST = re.compile(r"[0-9a-f]{64}")


class Objects:
    """Bytes by their digest, in a folder.  Many processes may put and get at the same time."""

    def __init__(self, folder: str | Path, storage: Storage) -> None:
        self.folder, self._storage = Path(folder), storage

    def put(self, data: bytes) -> str:
        """Keeps the bytes; returns their digest.  Bytes that are there already are not written again."""
        digest = hashlib.sha256(data).hexdigest()
        if not self.has(digest):
            path = self._path(digest)
            self._storage.make_folder(path.parent)
            self._storage.publish(path, data, private=True)
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes with this digest; raises `object-missing` or `object-damaged`, never returns other bytes."""
        data = self._found(digest)
        if data is None:
            raise unusable("object-missing", digest, "no such object", self.folder)
        if hashlib.sha256(data).hexdigest() != digest:
            raise unusable("object-damaged", digest, "an object with other content", self.folder)
        return data

    def has(self, digest: str) -> bool:
        """Whether `get` would return the bytes; a damaged object counts as absent, and `put` mends it."""
        data = self._found(digest)
        return data is not None and hashlib.sha256(data).hexdigest() == digest

    def _found(self, digest: str) -> bytes | None:
        # Only digests become paths: "../x" finds nothing.
        # What may be put may be got: the cap is that of the container, not that of files from anywhere.
        is_digest = _DIGEST.fullmatch(digest) is not None
        return self._storage.read_if_there(self._path(digest), STORE_CAPS.file) if is_digest else None

    def _path(self, digest: str) -> Path:
        return self.folder / "objects" / digest[:2] / digest[2:]


class Store(Objects):
    """A folder that remembers.  Recording the same thing twice is harmless; recording two things under one key is not.

    Threads may record at the same time.  checkpoints: how far steps came that have not ended.
    Use `Store.opened`, which also makes sure that no other process works in the folder.
    """

    def __init__(self, folder: str | Path, storage: Storage) -> None:
        super().__init__(folder, storage)
        storage.make_folder(self.folder / "objects")
        self.checkpoints = Checkpoints(self.folder, storage)
        self.ledger = Journal.open(self.folder / "journal", storage)
        self._lock = threading.RLock()
        self._results = {f["key"]: f["result"] for f in self.ledger.frames if f["type"] == "result"}
        self._failures = {f["key"]: f["failure"] for f in self.ledger.frames if f["type"] == "failure"}

    @classmethod
    @contextmanager
    def opened(cls, folder: str | Path, storage: Storage) -> Iterator["Store"]:
        """The store, alone in its folder for the `with` block; `store-locked` when another process is there."""
        storage.make_folder(folder)
        with storage.lock(Path(folder) / "lock"):
            store = cls(folder, storage)
            try:
                store.tidy()
                yield store
            finally:
                store.ledger.close()

    def tidy(self) -> None:
        """Forgets the checkpoints of steps that have ended, left by a build that was killed in between."""
        for key in self.checkpoints.keys() & self._results.keys():
            self.checkpoints.clear(key)

    def record(self, key: str, result: Mapping[str, Any]) -> None:
        """Remembers the result of a finished step; a second, different one is refused."""
        with self._lock:
            known = self._results.get(key)
            if known is None:
                self.ledger.append({"type": "result", "key": key, "result": dict(result)})
                self._results[key] = self.ledger.frames[-1]["result"]
            elif canonical_json(known) != canonical_json(dict(result)):
                raise differs(key, known, result)

    def result(self, key: str) -> dict[str, Any] | None:
        """What was recorded under the key, or None."""
        return self._results.get(key)

    def record_failure(self, key: str, failure: Mapping[str, Any]) -> None:
        """Remembers why a step ended without a result; a later failure, or a result, takes its place."""
        with self._lock:
            self.ledger.append({"type": "failure", "key": key, "failure": dict(failure)})
            self._failures[key] = self.ledger.frames[-1]["failure"]

    def failure(self, key: str) -> dict[str, Any] | None:
        """Why the step ended without a result the last time, or None."""
        return self._failures.get(key)

    def note(self, kind: str, **fields: Any) -> None:
        """Remembers an event, e.g. that the vault was opened."""
        with self._lock:
            self.ledger.append({"type": "event", "kind": kind, "fields": fields})

    def events(self, kind: str) -> list[dict[str, Any]]:
        """The fields of all events of a kind, oldest first."""
        return [f["fields"] for f in self.ledger.frames if f["type"] == "event" and f["kind"] == kind]


def unusable(code: str, digest: str, found: str, folder: Path) -> StorageError:
    return StorageError(
        code,
        wanted=f"the object {digest!r} in {str(folder)!r}",
        found=found,
        do="run the build again: it makes what is absent or damaged anew",
    )


def differs(key: str, known: Mapping[str, Any], result: Mapping[str, Any]) -> StorageError:
    return StorageError(
        "result-differs",
        wanted=f"the same result as before for step {key!r}: {canonical_json(known).decode()[:200]}",
        found=canonical_json(dict(result)).decode()[:200],
        do="a step is not repeatable: please report it; a new folder for the build works around it",
    )
