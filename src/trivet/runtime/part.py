"""A part: one named piece of a model, fully described by a kind, a config, arrays and children."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """One piece of a model: a value, equal to another exactly when their digests are equal.

    kind: what the part is, e.g. `trees`.  config: JSON values only.  arrays: name -> array, made read-only here.
    children: parts that this one combines, in order.
    reads, gives: the kind's own name of a port -> its name in the model, where they differ.
    """

    kind: str
    config: Mapping[str, Any] = field(default_factory=dict)
    arrays: Mapping[str, Array] = field(default_factory=dict)
    children: tuple["Part", ...] = ()
    reads: Mapping[str, str] = field(default_factory=dict)
    gives: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "config", MappingProxyType(dict(self.config)))
        object.__setattr__(self, "arrays", MappingProxyType({k: owned(v) for k, v in self.arrays.items()}))
        object.__setattr__(self, "children", tuple(self.children))

    @cached_property
    def digest(self) -> str:
        """SHA-256 over kind, config, arrays (dtype, shape, bytes) and children."""
        sha = hashlib.sha256()
        sha.update(canonical_json([self.kind, dict(self.config), len(self.children)]))
        for name in sorted(self.arrays):
            array = self.arrays[name]
            sha.update(canonical_json([name, array.dtype.str, list(array.shape)]))
            sha.update(array.tobytes())
        for child in self.children:
            sha.update(child.digest.encode())
        return sha.hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Part) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


def owned(array: Array) -> Array:
    """A read-only, C-ordered, little-endian copy, so that no one can change a part from outside."""
    dtype = np.asarray(array).dtype
    copy = np.array(array, dtype=dtype.newbyteorder("<") if dtype.byteorder == ">" else dtype, order="C", copy=True)
    copy.setflags(write=False)
    return copy


def canonical_json(value: Any) -> bytes:
    """The one JSON spelling of a value: sorted keys, no spaces, UTF-8, shortest floats, no NaN or infinity."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")
