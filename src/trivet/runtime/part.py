"""A part: one named piece of a model, fully described by a kind, a config, arrays, children and how it is wired."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from mmap import mmap
from types import MappingProxyType
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """One piece of a model: a value, equal to another exactly when their digests are equal.

    kind: what the part is, e.g. `trees`.  version: of the kind; a kind refuses versions that it does not know.
    config: JSON values only.  arrays: name -> array, made read-only here.
    children: parts that this one combines, in order.
    reads, gives: own port name -> name of that port in the file; a port that is not named keeps its own name.
    """

    kind: str
    version: int = 1
    config: Mapping[str, Any] = field(default_factory=dict)
    arrays: Mapping[str, Array] = field(default_factory=dict)
    children: tuple["Part", ...] = ()
    reads: Mapping[str, str] = field(default_factory=dict)
    gives: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "config", MappingProxyType(dict(self.config)))
        object.__setattr__(self, "arrays", MappingProxyType({k: owned(v) for k, v in self.arrays.items()}))
        object.__setattr__(self, "children", tuple(self.children))
        object.__setattr__(self, "reads", renamed(self.reads))
        object.__setattr__(self, "gives", renamed(self.gives))

    @cached_property
    def array_digests(self) -> Mapping[str, bytes]:
        """name -> SHA-256 of the bytes of each array."""
        return {name: hashlib.sha256(array_bytes(array)).digest() for name, array in self.arrays.items()}

    @cached_property
    def digest(self) -> str:
        """SHA-256 over kind, version, config, wiring, arrays (dtype, shape, digest of the bytes) and children."""
        sha = hashlib.sha256()
        wiring = [dict(self.reads), dict(self.gives)]
        sha.update(canonical_json([self.kind, self.version, dict(self.config), wiring, len(self.children)]))
        for name in sorted(self.arrays):
            array = self.arrays[name]
            sha.update(canonical_json([name, array.dtype.str, list(array.shape)]))
            sha.update(self.array_digests[name])
        for child in self.children:
            sha.update(child.digest.encode())
        return sha.hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Part) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


def renamed(ports: Mapping[str, str]) -> Mapping[str, str]:
    """The ports whose name in the file is another; to name a port as itself says nothing."""
    return MappingProxyType({own: there for own, there in ports.items() if own != there})


def owned(array: Array) -> Array:
    """The array as read-only, C-ordered and little-endian, so that no one can change a part from outside.

    A copy, unless the array lies in memory that nobody can change: bytes, or a file that is mapped for reading.
    """
    array = np.asarray(array)
    dtype = array.dtype
    if dtype.byteorder != ">" and array.flags.c_contiguous and is_immutable(array):
        return array
    little = array.astype(dtype.newbyteorder("<")) if dtype.byteorder == ">" else array
    return np.frombuffer(little.tobytes(), little.dtype).reshape(little.shape)


def is_immutable(array: Array) -> bool:
    """Whether the array is a view of bytes, or of a file that is mapped for reading."""
    root: Any = array
    while isinstance(root, np.ndarray):
        root = root.base
    root = root.obj if isinstance(root, memoryview) else root
    return isinstance(root, bytes) or (isinstance(root, mmap) and memoryview(root).readonly)


def array_bytes(array: Array) -> memoryview:
    """The bytes of a C-ordered array, without a copy."""
    return array.reshape(-1).view(np.uint8).data


def canonical_json(value: Any) -> bytes:
    """The one JSON spelling of a value: sorted keys, no spaces, UTF-8, shortest floats, no NaN or infinity."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")
