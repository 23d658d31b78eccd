"""Parts as a tree of JSON, a table of digests and one run of array bytes, and back."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from reprlib import repr as short
from typing import Any

import numpy as np

from ..errors import BadFile
from ..part import Array, Part, array_bytes
from .caps import Caps, keep_cap

ALIGNMENT = 8
DIGEST = 32  # bytes of a SHA-256
DTYPES = {
    "int8": "|i1", "uint8": "|u1", "int16": "<i2", "uint16": "<u2", "int32": "<i4", "uint32": "<u4",
    "float16": "<f2", "float32": "<f4",
}  # fmt: skip
"""What the arrays of a specialist may hold."""
WIDE_DTYPES = DTYPES | {"int64": "<i8", "uint64": "<u8", "float64": "<f8"}
"""What the store may hold while a model is being built."""
LATEST = 65_535  # version of a kind
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_PART_KEYS = {"arrays", "children", "config", "kind"}
_UNUSUAL_KEYS = {"gives", "reads", "version"}  # stand only where they say something


def tree_of(parts: Mapping[str, Part], caps: Caps, wide: bool) -> dict[str, Any]:
    """What stands in the manifest about parts: everything but their arrays' bytes and digests."""
    keep_cap(sum(1 for _ in _arrays_of(parts)), caps.arrays, "arrays", "parts")
    return {checked_name(slot, caps, "parts"): _described(part, caps, wide, slot) for slot, part in parts.items()}


def _described(part: Part, caps: Caps, wide: bool, where: str) -> dict[str, Any]:
    checked_name(part.kind, caps, where)
    arrays = {}
    for name, array in part.arrays.items():
        described = [array.dtype.name, list(array.shape)]
        checked_array(described, caps, wide, f"{where}.{checked_name(name, caps, where)}")
        arrays[name] = described
    children = [_described(child, caps, wide, f"{where}[{at}]") for at, child in enumerate(part.children)]
    unusual: dict[str, Any] = {} if part.version == 1 else {"version": part.version}
    unusual |= {key: dict(ports) for key, ports in (("reads", part.reads), ("gives", part.gives)) if ports}
    _checked_unusual(unusual, caps, where)
    return {"arrays": arrays, "children": children, "config": dict(part.config), "kind": part.kind, **unusual}


def _checked_unusual(described: Mapping[str, Any], caps: Caps, where: str) -> dict[str, Any]:
    """Version and wiring of a described part; refuses a default that is spelled out."""
    found = {key: described[key] for key in sorted(_UNUSUAL_KEYS) if key in described}
    version = found.get("version", 2)
    if type(version) is not int or not 2 <= version <= LATEST:
        raise bad_tree(f"a version from 2 to {LATEST}, or none for version 1", short(version), f"{where}.version")
    for key in ("gives", "reads"):
        if key not in found:
            continue
        ports = checked_object(found[key], f"{where}.{key}")
        if not ports or any(own == there for own, there in ports.items()):
            raise bad_tree("ports whose name in the file is another", short(ports), f"{where}.{key}")
        for name in (*ports, *ports.values()):
            checked_name(name, caps, f"{where}.{key}")
    return found


def section_pieces(parts: Mapping[str, Part]) -> Iterator[bytes | memoryview]:
    """The arrays section in pieces: tree order, names sorted, zeros up to the next multiple of eight."""
    for part, name in _arrays_of(parts):
        array = part.arrays[name]
        yield array_bytes(array)
        yield bytes(-array.nbytes % ALIGNMENT)


def digest_table(parts: Mapping[str, Part]) -> bytes:
    """The SHA-256 of the bytes of each array, in the order of the arrays section."""
    return b"".join(part.array_digests[name] for part, name in _arrays_of(parts))


def _arrays_of(parts: Mapping[str, Part]) -> Iterator[tuple[Part, str]]:
    for _, part in sorted(parts.items()):
        yield from _own_arrays(part)


def _own_arrays(part: Part) -> Iterator[tuple[Part, str]]:
    for name in sorted(part.arrays):
        yield part, name
    for child in part.children:
        yield from _own_arrays(child)


def parts_of(tree: Any, digests: memoryview, section: memoryview, caps: Caps, wide: bool) -> dict[str, Part]:
    """The parts that `tree_of` described, over the bytes of the arrays section; refuses holes and leftovers.

    digests: the table; each array is compared with its entry as soon as its part is made.
    """
    arrays = _ArraysInOrder(section, digests, caps, wide)
    slots = checked_object(tree, "parts")
    parts = {checked_name(slot, caps, "parts"): _part_of(slots[slot], arrays, slot) for slot in sorted(slots)}
    arrays.finish()
    return parts


def _part_of(described: Any, arrays: "_ArraysInOrder", where: str) -> Part:
    keys = set(checked_object(described, where))
    if keys - _UNUSUAL_KEYS != _PART_KEYS:
        raise bad_tree(f"a part with {', '.join(sorted(_PART_KEYS))}", short(sorted(keys)), where)
    kind = checked_name(described["kind"], arrays.caps, where)
    config = checked_object(described["config"], f"{where}.config")
    unusual = _checked_unusual(described, arrays.caps, where)
    own = checked_object(described["arrays"], f"{where}.arrays")
    if not isinstance(described["children"], list):
        raise bad_tree("a list of children", short(described["children"]), where)
    first = arrays.taken
    taken = {name: arrays.take(own[name], name, where) for name in sorted(own)}
    children = tuple(_part_of(child, arrays, f"{where}[{at}]") for at, child in enumerate(described["children"]))
    part = Part(kind=kind, config=config, arrays=taken, children=children, **unusual)
    for at, name in enumerate(taken, start=first):
        if part.array_digests[name] != arrays.digest(at):
            raise bad_digest(f"the array {where}.{name}", part.array_digests[name], arrays.digest(at))
    return part


@dataclass(slots=True)
class _ArraysInOrder:
    """Hands out the arrays of the section from front to back; nothing is allocated for what is not there."""

    section: memoryview
    digests: memoryview
    caps: Caps
    wide: bool
    offset: int = 0
    taken: int = 0

    def take(self, described: Any, name: str, where: str) -> Array:
        """The next array, as a view of the file's bytes."""
        where = f"{where}.{checked_name(name, self.caps, where)}"
        dtype, shape = checked_array(described, self.caps, self.wide, where)
        self.taken += 1
        keep_cap(self.taken, self.caps.arrays, "arrays", where)
        if self.taken * DIGEST > len(self.digests):
            raise _bad_bytes("a digest for every array", f"{len(self.digests)} bytes of digests", where)
        used, left = prod(shape) * dtype.itemsize, len(self.section) - self.offset
        if used > left:
            raise _bad_bytes(f"{used:,} bytes for {described[0]} {shape}", f"{left:,} bytes left", where)
        array = np.frombuffer(self.section, dtype, prod(shape), self.offset if used else 0).reshape(shape)
        self._skip_zeros(self.offset + used, -used % ALIGNMENT, where)
        return array

    def digest(self, at: int) -> bytes:
        """What the file says is the digest of the array at this position."""
        return bytes(self.digests[at * DIGEST : (at + 1) * DIGEST])

    def _skip_zeros(self, start: int, count: int, where: str) -> None:
        padding = bytes(self.section[start : start + count])
        if padding != bytes(count):
            raise bad_padding(padding, count, f"{where}, byte {start} of the arrays")
        self.offset = start + count

    def finish(self) -> None:
        """Refuses bytes, and digests, that no array claims."""
        left = len(self.section) - self.offset
        if left:
            raise _bad_bytes("an array for every byte", f"{left:,} bytes left over", f"arrays, byte {self.offset}")
        left = len(self.digests) - self.taken * DIGEST
        if left:
            raise _bad_bytes("an array for every digest", f"{left:,} bytes left over", "digests")


def checked_object(found: Any, where: str) -> dict[str, Any]:
    """The value, which must be a JSON object."""
    if not isinstance(found, dict):
        raise bad_tree("a JSON object", short(found), where)
    return found


def checked_name(found: Any, caps: Caps, where: str) -> str:
    """The name of a kind, slot, port or array: letters, digits and `_ . -`, so that nobody takes it for a path."""
    if not isinstance(found, str):
        raise _bad_name(short(found), where)
    keep_cap(len(found), caps.name, "bytes in a name", where)
    if not _NAME.fullmatch(found):
        raise _bad_name(short(found), where)
    return found


def checked_array(described: Any, caps: Caps, wide: bool, where: str) -> tuple[np.dtype[Any], tuple[int, ...]]:
    """(dtype, shape) of a described array; its size is bounded, zeros in the shape counted as ones."""
    if not (isinstance(described, list) and len(described) == 2 and isinstance(described[1], list)):
        raise bad_tree("[dtype, shape] for an array", short(described), where)
    known = WIDE_DTYPES if wide else DTYPES
    name, shape = described
    if not isinstance(name, str) or name not in known:
        raise _bad_array(f"a dtype among {', '.join(known)}", short(name), where)
    keep_cap(len(shape), caps.axes, "axes", where)
    if any(type(size) is not int or size < 0 for size in shape):
        raise _bad_array("a shape of whole numbers from 0", short(shape), where)
    dtype = np.dtype(known[name])
    keep_cap(prod(max(size, 1) for size in shape) * dtype.itemsize, caps.file, "bytes in an array", where)
    return dtype, tuple(shape)


def bad_tree(wanted: str, found: str, where: str) -> BadFile:
    """The manifest does not have the form that the format asks for."""
    do = "take the file from its source again; this one was not written by trivet"
    return BadFile("file-tree", wanted=wanted, found=found, do=do, where=where)


def bad_padding(found: bytes, count: int, where: str) -> BadFile:
    """Something hides, or is missing, between two pieces of the file."""
    do = "take the file from its source again; this one was not written by trivet"
    return BadFile("file-padding", wanted=f"{count} zero bytes", found=found.hex() or "nothing", do=do, where=where)


def bad_digest(what: str, right: bytes, found: bytes) -> BadFile:
    """Bytes are not those that their digest speaks of.  right: computed from them.  found: what the file says."""
    return BadFile(
        "file-digest",
        wanted=f"SHA-256 {right.hex()} of {what}, computed from its bytes",
        found=found.hex(),
        do="take the file from its source again: it was damaged or altered after it was written",
        where=what,
    )


def _bad_name(found: str, where: str) -> BadFile:
    wanted = "a name of letters, digits and _ . - that begins with a letter or digit"
    return BadFile("file-name", wanted=wanted, found=found, do="give it a plain name", where=where)


def _bad_array(wanted: str, found: str, where: str) -> BadFile:
    do = "round the arrays to a smaller dtype first; docs/format.md lists those that a file can hold"
    return BadFile("file-array", wanted=wanted, found=found, do=do, where=where)


def _bad_bytes(wanted: str, found: str, where: str) -> BadFile:
    do = "take the file from its source again; this one was not written by trivet"
    return BadFile("file-bytes", wanted=wanted, found=found, do=do, where=where)
