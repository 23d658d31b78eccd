"""How far the steps of a build came: named arrays under the key of a step, kept until the step has ended."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from trivet.core.context import Checkpoint
from trivet.core.errors import BadFile
from trivet.runtime.file.container import decode_object, encode_object
from trivet.runtime.part import Array

from .disk import Storage

_KIND = "checkpoint"
_NAME_DIGITS = 16


class Checkpoints:
    """All checkpoints of a store.  Each is one file, replaced as a whole: a kill leaves the last one, or none."""

    def __init__(self, folder: str | Path, storage: Storage) -> None:
        self.folder, self.storage = Path(folder) / "checkpoints", storage

    def of(self, key: str, name: str) -> "StoredCheckpoint":
        """The checkpoint of this name, of the step with this key."""
        # Any text may be a name, and no text may lead out of the folder.
        digest = hashlib.sha256(name.encode("utf-8")).hexdigest()[:_NAME_DIGITS]
        return StoredCheckpoint(self.folder / f"{key}.{digest}", self.storage)

    def clear(self, key: str) -> None:
        """Forgets all checkpoints of a step."""
        for name in self.storage.names(self.folder):
            if name.startswith(f"{key}."):
                self.storage.remove(self.folder / name)

    def keys(self) -> set[str]:
        """The keys of the steps that have checkpoints."""
        return {name.partition(".")[0] for name in self.storage.names(self.folder) if not name.startswith(".")}


class StoredCheckpoint(Checkpoint):
    """One checkpoint in one file.  A file that is damaged counts as none: the step then starts anew."""

    def __init__(self, path: Path, storage: Storage) -> None:
        super().__init__()
        self.path, self.storage = path, storage
        self._is_read = False

    def load(self) -> dict[str, Array] | None:
        """The arrays that were saved last, by this process or by one that was killed."""
        self.read()
        return super().load()

    @property
    def facts(self) -> dict[str, Any]:
        """The JSON that was saved beside the arrays."""
        self.read()
        return super().facts

    def save(self, arrays: Mapping[str, Array], facts: Mapping[str, Any] | None = None) -> None:
        """Writes the arrays and the JSON in place of what was there."""
        super().save(arrays, facts)
        self._is_read = True
        self.storage.make_folder(self.path.parent)
        self.storage.publish(self.path, checkpoint_to_bytes(self._arrays or {}, self._facts), private=True)

    def read(self) -> None:
        """Reads the file, once."""
        if self._is_read:
            return
        self._is_read = True
        data = self.storage.read_if_there(self.path)
        if data is not None:
            try:
                self._arrays, self._facts = checkpoint_from_bytes(data)
            except BadFile:
                self._arrays, self._facts = None, {}


def checkpoint_to_bytes(arrays: Mapping[str, Array], facts: Mapping[str, Any]) -> bytes:
    """Arrays under whatever names they have, and JSON."""
    # The container has no booleans; they are bytes there, and named.
    booleans = [name for name, array in arrays.items() if array.dtype == np.bool_]
    numbered = {
        f"a{at}": array.astype(np.uint8) if name in booleans else array
        for at, (name, array) in enumerate(arrays.items())
    }
    meta = {"names": list(arrays), "booleans": booleans, "facts": dict(facts)}
    return encode_object(_KIND, meta, numbered)


def checkpoint_from_bytes(data: bytes) -> tuple[dict[str, Array], dict[str, Any]]:
    """(arrays, JSON) that `checkpoint_to_bytes` wrote."""
    meta, numbered = decode_object(data, _KIND)
    arrays = {
        name: numbered[f"a{at}"].astype(np.bool_) if name in meta["booleans"] else numbered[f"a{at}"]
        for at, name in enumerate(meta["names"])
    }
    return arrays, meta["facts"]
