"""The register of openings: which vaults were opened, by which builds, on this user's account.

It lies outside every build's folder, in the user's state directory, so that deleting a folder forgets nothing.  A vault
is known by salted hashes of its rows, of the names of its groups and of pairs of its columns, of which the 4,096
smallest are kept (bottom-k, see `data.split.row_sketch`): vaults that share one in twenty of the smaller one's
comparable hashes of a kind are the same vault, whatever was appended, reordered, left out or written in another format.
Within one vault builds are numbered from 1, and every opening is on the disk before the vault is opened.  What was
opened before by the same build for the same candidate is the same look and keeps its number; all else is a new one.
A register that was deleted cannot be told from one that never was.
"""

import base64
import errno
import hashlib
import os
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from trivet.core.errors import StorageError
from trivet.core.levels import SHARES, Look
from trivet.core.row_keys import spread_bits
from trivet.core.value import value
from trivet.runtime.part import Array

from .disk import Storage
from .journal import Journal, is_damaged, read_frames

KEPT = 4096  # hashes of a vault: a share of 5 % is then known to a third of a point
SAME = 0.05  # of the smaller vault's comparable hashes; unrelated vaults share none, one of a grown table nearly all
_BYTES = 6  # of a hash
_PATIENCE, _PAUSE = 60.0, 0.01  # seconds to wait for another build, which holds the lock for milliseconds
_ALL = np.uint64(2**64 - 1)

Frame = dict[str, Any]


def state_folder(asked: str | Path | None = None) -> Path:
    """Where trivet keeps what outlives builds: as asked, else TRIVET_STATE, else in the user's state directory."""
    if asked is not None or os.environ.get("TRIVET_STATE"):
        return Path(asked or os.environ["TRIVET_STATE"]).expanduser()
    home = os.environ.get("XDG_STATE_HOME") or Path(os.path.expanduser("~")) / ".local" / "state"
    return Path(home) / "trivet"


@value
class VaultKeys:
    """By what a vault is known again: (any,) uint64 keys of its rows, of its groups' names, of pairs of its columns."""

    rows: Array
    groups: Array
    n_rows: int
    pairs: Array = field(default_factory=lambda: np.zeros(0, np.uint64))

    def salted(self, salt: int) -> dict[str, "Hashes"]:
        """{kind: the smallest distinct hashes of 48 bits}."""
        every = {"rows": self.rows, "groups": self.groups, "pairs": self.pairs}
        return {kind: Hashes.of(keys, salt) for kind, keys in every.items()}


@value
class Hashes:
    """kept: (most 4,096,) uint64 ascending.  upto: every hash up to this one was kept."""

    kept: Array
    upto: np.uint64

    @classmethod
    def of(cls, keys: Array, salt: int) -> "Hashes":
        """Of any keys."""
        mixed = spread_bits(np.asarray(keys, np.uint64) ^ np.uint64(salt)) >> np.uint64(64 - 8 * _BYTES)
        distinct = np.unique(mixed)
        return cls(kept=distinct[:KEPT], upto=distinct[KEPT - 1] if len(distinct) > KEPT else _ALL)

    def in_common(self, other: "Hashes") -> float:
        """The share of the smaller one's comparable hashes that the other has too."""
        upto = min(self.upto, other.upto)
        one, two = self.kept[self.kept <= upto], other.kept[other.kept <= upto]
        return len(np.intersect1d(one, two, assume_unique=True)) / max(min(len(one), len(two)), 1)

    def as_json(self) -> dict[str, Any]:
        """JSON values: 6 bytes for each hash."""
        octets = np.ascontiguousarray(self.kept, ">u8").view(np.uint8).reshape(-1, 8)[:, 8 - _BYTES :]
        return {"kept": base64.b64encode(octets.tobytes()).decode("ascii"), "whole": bool(self.upto == _ALL)}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "Hashes":
        """What `as_json` wrote."""
        octets = np.frombuffer(base64.b64decode(found["kept"]), np.uint8).reshape(-1, _BYTES)
        wide = np.zeros((len(octets), 8), np.uint8)
        wide[:, 8 - _BYTES :] = octets
        kept = wide.view(">u8")[:, 0].astype(np.uint64)
        return cls(kept=kept, upto=_ALL if found["whole"] else kept[-1])


@value
class Place:
    """What an opening was entered as.  vault: its name in this register.  look: decides the levels."""

    vault: str
    look: Look


@value
class Known:
    """What the register knows of one vault.  vault: its name, "" for a new one.  openings: their entries, in order."""

    vault: str
    openings: tuple[Frame, ...]

    @property
    def builds(self) -> int:
        """How many builds opened it."""
        return len({(one["build"], one["number"]) for one in self.openings})

    def expected(self, build: str) -> int:
        """The number that this build will probably have: its own where it opened the vault before, else a new one."""
        own = [one["number"] for one in self.openings if one["build"] == build]
        return max(own) if own else self.builds + 1

    def look_for(self, build: str, candidate: str, finalist: int, number: int | None) -> tuple[Look, bool]:
        """(the look that such an opening is, whether it was entered before).

        Each place of each build is for one candidate alone: another one there would be a second chance for free.
        number: of the build, where it has opened the vault already in this run.
        """
        own = [one for one in self.openings if one["build"] == build]
        for one in own:
            if one["candidate"] == candidate and number in (None, one["number"]):
                return Look(build=one["number"], finalist=one["finalist"]), True
        taken = {(one["number"], one["finalist"]) for one in own}
        wanted = self.expected(build) if number is None else number
        finalist = min(finalist, len(SHARES) - 1)
        is_free = (wanted, finalist) not in taken
        return Look(build=wanted if is_free else self.builds + 1, finalist=finalist), False


@dataclass(frozen=True)
class Register:
    """The register in a folder.  Any number of builds may use it at once; each entry is made alone, under a lock."""

    folder: Path
    storage: Storage

    @cached_property
    def path(self) -> Path:
        """The journal of all openings."""
        return self.folder / "vaults"

    def make_ready(self) -> None:
        """Makes the folder and the journal; refuses, before anything is fitted, where nothing could be entered."""
        with self._alone() as journal:
            if not journal.frames:
                journal.append({"type": "register", "salt": secrets.token_hex(8)})

    def known(self, keys: VaultKeys) -> Known:
        """What was entered of this vault so far; reads only, and needs no right to write."""
        return Frames(self._frames()).known(keys)[0]

    def enter(
        self,
        keys: VaultKeys,
        build: str,
        candidate: str,
        *,
        finalist: int,
        number: int | None = None,
        version: str = "",
    ) -> Place:
        """Enters an opening; when this returns, it is on the disk and the vault may be opened.

        build: id of the build, see `engine.openings`.  candidate: digest of what is judged.  finalist: how many the
        build opened it for before.  number: of the build, where it has one from such an opening.
        """
        with self._alone() as journal:
            if not journal.frames:  # somebody deleted the register while we were searching
                journal.append({"type": "register", "salt": secrets.token_hex(8)})
            known, entry = Frames(journal.frames).known(keys)
            look, is_entered = known.look_for(build, candidate, finalist, number)
            if entry is not None:
                journal.append(entry)
            vault = known.vault or str(journal.frames[-1]["vault"])
            if not is_entered:
                journal.append({
                    "type": "opening", "vault": vault, "build": build, "number": look.build, "finalist": look.finalist,
                    "candidate": candidate, "version": version, "at": self._now(),
                })  # fmt: skip
        return Place(vault=vault, look=look)

    def _now(self) -> str:
        return datetime.fromtimestamp(self.storage.clock(), UTC).isoformat(timespec="seconds")

    def _frames(self) -> Sequence[Frame]:
        data = self.storage.read_if_there(self.path)
        if data is None:
            return ()
        frames, good, _ = read_frames(data)
        if is_damaged(data[good:]):
            raise damaged(self.path, good, len(data))
        return frames

    @contextmanager
    def _alone(self) -> Iterator[Journal]:
        """The journal, open, alone for the `with` block; the torn end of a killed write is cut off first."""
        try:
            self.storage.make_folder(self.folder)
            with self._locked():
                self._frames()  # refuses a damaged one before `Journal.open` would set the damage aside
                journal = Journal.open(self.path, self.storage)
                try:
                    yield journal
                finally:
                    journal.close()
        except StorageError as error:
            if error.code == "storage-failed" and self._is_closed(error):
                raise closed(self.folder, error) from error
            raise

    @staticmethod
    def _is_closed(error: StorageError) -> bool:
        """Whether it is this folder that cannot be used; a disk that is full or broken says so itself."""
        disk = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
        return not (isinstance(error.__cause__, OSError) and error.__cause__.errno in disk)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        began = time.monotonic()
        while True:
            lock = self.storage.lock(self.folder / "vaults.lock")
            try:
                lock.__enter__()
                break
            except StorageError as error:
                if error.code != "store-locked" or time.monotonic() - began > _PATIENCE:
                    raise
            time.sleep(_PAUSE)
        try:
            yield
        finally:
            lock.__exit__(None, None, None)


@dataclass(frozen=True)
class Frames:
    """What a journal says, oldest entry first."""

    frames: Sequence[Frame]

    @cached_property
    def salt(self) -> int:
        """Of this register's hashes."""
        return int(self.frames[0]["salt"], 16) if self.frames else 0

    def known(self, keys: VaultKeys) -> tuple[Known, Frame | None]:
        """(what was entered of the vault with these keys, the entry of the vault itself where it is new or changed)."""
        mine = keys.salted(self.salt)
        entry = {name: hashes.as_json() for name, hashes in mine.items()}
        name = hashlib.sha256(str(sorted(entry.items())).encode()).hexdigest()[:16]
        same = [one["vault"] for one in self._vaults() if is_same(mine, one["hashes"])]
        every = self._all_that_are(same)
        found = tuple(one for one in self.frames if one["type"] == "opening" and one["vault"] in every)
        is_there = any(one["vault"] == name for one in self._vaults())
        new = {"type": "vault", "vault": name, "rows": keys.n_rows, "same_as": same, "hashes": entry}
        return Known(vault=next(iter(every), ""), openings=found), None if is_there else new

    def _vaults(self) -> list[Frame]:
        return [one for one in self.frames if one["type"] == "vault"]

    def _all_that_are(self, names: Sequence[str]) -> list[str]:
        """The names and whatever was found to be the same vault as one of them, the oldest first."""
        every, size = set(names), -1
        while len(every) > size:  # a table that grows changes its vault bit by bit: the same is the same for ever
            size = len(every)
            for one in self._vaults():
                near = {one["vault"], *one["same_as"]}
                every |= near if near & every else set()
        return [one["vault"] for one in self._vaults() if one["vault"] in every]


def is_same(mine: Mapping[str, Hashes], entry: Mapping[str, Any]) -> bool:
    """Whether two vaults share enough rows, groups, or pairs of values, to be one."""
    return any(mine[kind].in_common(Hashes.from_json(entry[kind])) >= SAME for kind in mine)


def closed(folder: Path, error: StorageError) -> StorageError:
    return StorageError(
        "state-closed",
        wanted=f"to count the openings of vaults in {str(folder)!r}",
        found=error.found,
        do="give yourself the right to write there, or choose another folder with --state DIR (in Python state=, "
        "or TRIVET_STATE)",
    )


def damaged(path: Path, good: int, size: int) -> StorageError:
    return StorageError(
        "register-damaged",
        wanted=f"the register of openings in {str(path)!r}, whole",
        found=f"bytes that are no entries, from byte {good:,} of {size:,} on",
        do="put back a copy; without one, move the file away: then the openings in it are counted no more",
    )
