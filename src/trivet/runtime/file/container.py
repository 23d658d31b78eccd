"""The flat `.trivet` file: one byte string per model, and nothing in it that could run (docs/format.md).

Reading never trusts a number in the file: every claim is compared with the bytes that are there before it is used.
"""

import hashlib
import os
import stat
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import BadFile
from ..part import Array, Part
from .canonical import check_size, parse_json, spell_json
from .caps import STORE_CAPS, Caps, keep_cap
from .part_tree import ALIGNMENT, array_bytes, bad_padding, bad_tree, checked_object, parts_of, tree_of

MAGIC = b"\x89trivet\n"  # not ASCII and with a line end, so that a transfer as text is seen at once
FORMAT = 1
SECTIONS = (b"manifest", b"arrays", b"evidence")
_START = struct.Struct("<8sIIQ")  # magic, format number, number of sections, total length
_ROW = struct.Struct("<16sQQ")  # name, offset, length
_HEADER = _START.size + _ROW.size * len(SECTIONS)
_SHA = hashlib.sha256().digest_size
_DIGESTS = 3 * _SHA  # body, evidence, everything before


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a file holds.  body_digest names the model, whatever was measured; digest names the file.  Both are hex."""

    manifest: dict[str, Any]
    parts: Mapping[str, Part]
    evidence: dict[str, Any]
    body_digest: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Sections:
    """The three sections as bytes, with their order and digests already checked."""

    manifest: bytes
    arrays: memoryview
    evidence: bytes
    body_digest: bytes
    digest: bytes


def encode(
    manifest: Mapping[str, Any],
    parts: Mapping[str, Part],
    evidence: Mapping[str, Any],
    *,
    wide: bool = False,
    caps: Caps | None = None,
) -> bytes:
    """The file for a manifest, parts and evidence; refuses what `decode` would refuse.

    wide: also allow the dtypes of the workshop, for the store.
    """
    caps = caps or default_caps(wide)
    sections = {
        "manifest": spell_json({"parts": tree_of(parts, caps, wide), "user": dict(manifest)}, "manifest"),
        "evidence": spell_json(dict(evidence), "evidence"),
    }
    read_json(sections, caps)
    data = assemble(sections["manifest"], b"".join(array_bytes(parts)), sections["evidence"])
    keep_cap(len(data), caps.file, "bytes", "the whole file")
    return data


def decode(data: bytes, *, caps: Caps | None = None, wide: bool = False) -> Contents:
    """The contents of a file; raises BadFile, and nothing else, for anything that `encode` did not write."""
    caps = caps or default_caps(wide)
    sections = take_apart(data, caps)
    json = read_json({"manifest": sections.manifest, "evidence": sections.evidence}, caps)
    manifest, evidence = json["manifest"], json["evidence"]
    if set(manifest) != {"parts", "user"}:
        raise bad_tree("a manifest with parts, user", repr(sorted(manifest))[:80], "manifest")
    return Contents(
        manifest=checked_object(manifest["user"], "manifest.user"),
        parts=parts_of(manifest["parts"], sections.arrays, caps, wide),
        evidence=evidence,
        body_digest=sections.body_digest.hex(),
        digest=sections.digest.hex(),
    )


def read(path: str | Path, *, caps: Caps | None = None) -> Contents:
    """The contents of the file at a path, which is read once, and only if its size keeps the cap."""
    return decode(read_bytes(path, caps=caps), caps=caps)


def read_bytes(path: str | Path, *, caps: Caps | None = None) -> bytes:
    """The bytes of a regular file whose size keeps the cap."""
    caps, where = caps or Caps(), str(path)
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode):
            raise _no_file("file-unreadable", "something that is not a regular file", where)
        keep_cap(found.st_size, caps.file, "bytes", where)
        with open(path, "rb") as file:
            return file.read(found.st_size + 1)  # one more, so that a file that grew meanwhile is refused
    except FileNotFoundError as error:
        raise _no_file("file-missing", "no such file", where) from error
    except (OSError, ValueError) as error:
        raise _no_file("file-unreadable", str(error), where) from error


def with_evidence(data: bytes, evidence: Mapping[str, Any], *, caps: Caps | None = None) -> bytes:
    """The same file with other evidence: the body, and so the body digest, stays byte for byte."""
    caps = caps or Caps()
    sections = take_apart(data, caps)
    json = {"manifest": sections.manifest, "evidence": spell_json(dict(evidence), "evidence")}
    read_json(json, caps)
    changed = assemble(sections.manifest, sections.arrays, json["evidence"])
    keep_cap(len(changed), caps.file, "bytes", "the whole file")
    return changed


def body_digest(manifest: Mapping[str, Any], parts: Mapping[str, Part]) -> str:
    """The name that a file with this manifest and these parts gets, whatever evidence it carries."""
    return take_apart(encode(manifest, parts, {}), Caps()).body_digest.hex()


def encode_object(kind: str, meta: Mapping[str, Any], arrays: Mapping[str, Array], *, caps: Caps = STORE_CAPS) -> bytes:
    """Named arrays with some JSON, for the store: the same container, the same checks."""
    return encode(meta, {"object": Part(kind=kind, arrays=arrays)}, {}, wide=True, caps=caps)


def decode_object(data: bytes, kind: str, *, caps: Caps = STORE_CAPS) -> tuple[dict[str, Any], dict[str, Array]]:
    """(meta, arrays) of what `encode_object` wrote; refuses an object of another kind."""
    contents = decode(data, wide=True, caps=caps)
    stored = contents.parts.get("object")
    if stored is None or stored.kind != kind or stored.children:
        found = sorted(f"{slot}: {part.kind}" for slot, part in contents.parts.items())
        do = "clear the build folder and build again"
        raise BadFile("file-object", wanted=f"a stored object of kind {kind!r}", found=repr(found)[:200], do=do)
    return contents.manifest, dict(stored.arrays)


def default_caps(wide: bool) -> Caps:
    """Tight caps for files from anywhere, roomy ones for trivet's own store."""
    return STORE_CAPS if wide else Caps()


def read_json(sections: dict[str, bytes], caps: Caps) -> dict[str, dict[str, Any]]:
    """The JSON objects of named sections; all sizes are checked before the first is parsed."""
    check_size(sections, caps)
    return {where: checked_object(parse_json(data, where), where) for where, data in sections.items()}


def assemble(manifest: bytes, arrays: bytes | memoryview, evidence: bytes) -> bytes:
    """The file around three sections: header and table in front, digests behind.  Checks nothing."""
    sections = (manifest, arrays, evidence)
    pieces: list[bytes | memoryview] = [_header(tuple(map(len, sections)))]
    for section in sections:
        pieces += [section, bytes(-len(section) % ALIGNMENT)]
    pieces += [_body_digest(manifest, arrays), hashlib.sha256(evidence).digest()]
    whole = hashlib.sha256()
    for piece in pieces:
        whole.update(piece)
    return b"".join([*pieces, whole.digest()])


def take_apart(data: bytes, caps: Caps) -> Sections:
    """The sections of a file whose layout, padding and digests are all as they must be."""
    _check_start(data, caps)
    view = memoryview(data)
    digest = bytes(view[-_SHA:])
    _check_digest("the whole file", hashlib.sha256(view[:-_SHA]).digest(), digest)
    lengths = _lengths(data)
    manifest, arrays, evidence = (_section(view, at, lengths) for at in range(len(SECTIONS)))
    body, about = bytes(view[-_DIGESTS : -2 * _SHA]), bytes(view[-2 * _SHA : -_SHA])
    _check_digest("the body", _body_digest(manifest, arrays), body)
    _check_digest("the evidence", hashlib.sha256(evidence).digest(), about)
    for name, section in (("manifest", manifest), ("evidence", evidence)):
        keep_cap(len(section), caps.json, "bytes of JSON", name)  # before the copies below
    return Sections(manifest=bytes(manifest), arrays=arrays, evidence=bytes(evidence), body_digest=body, digest=digest)


def _check_start(data: bytes, caps: Caps) -> None:
    """Refuses, in this order: another kind of file, a newer format, a file that is cut or has grown."""
    keep_cap(len(data), caps.file, "bytes", "the whole file")
    if data[: len(MAGIC)] != MAGIC[: max(len(data), 1)]:
        raise _bad_start("file-magic", f"a trivet file, which begins with {MAGIC!r}", repr(data[:8]), 0)
    if len(data) < _HEADER + _DIGESTS:
        raise _bad_start("file-length", f"at least {_HEADER + _DIGESTS} bytes", f"{len(data)} bytes", len(data))
    _, number, sections, total = _START.unpack_from(data)
    if number > FORMAT:
        raise BadFile(
            "file-newer",
            wanted=f"a file of format {FORMAT}",
            found=f"format {number}",
            do="update trivet: pip install --upgrade trivet",
            where="byte 8",
        )
    if number != FORMAT:
        raise _bad_start("file-magic", f"format {FORMAT}", f"format {number}", 8)
    if total != len(data):
        raise _bad_start("file-length", f"{total:,} bytes, as the file says", f"{len(data):,} bytes", 16)
    if sections != len(SECTIONS):
        raise _bad_start("file-section", f"{len(SECTIONS)} sections", f"{sections}", 12)


def _lengths(data: bytes) -> tuple[int, ...]:
    """The lengths of the sections; the rest of the table follows from them and must be just so."""
    rows = [_START.size + at * _ROW.size for at in range(len(SECTIONS))]
    lengths = tuple(_ROW.unpack_from(data, row)[2] for row in rows)
    if sum(map(_padded, lengths)) + _HEADER + _DIGESTS != len(data):
        raise _bad_start("file-section", f"sections that fill {len(data):,} bytes", f"lengths {lengths}", rows[0])
    right = _header(lengths)
    for row in rows:
        if data[row : row + _ROW.size] != right[row : row + _ROW.size]:
            wanted, found = (_ROW.unpack_from(table, row) for table in (right, data))
            raise _bad_start("file-section", f"the table row {wanted}", f"{found}", row)
    return lengths


def _section(view: memoryview, at: int, lengths: tuple[int, ...]) -> memoryview:
    start = _HEADER + sum(map(_padded, lengths[:at]))
    end, next_start = start + lengths[at], start + _padded(lengths[at])
    padding = bytes(view[end:next_start])
    if any(padding):
        raise bad_padding(padding, len(padding), f"byte {end}, after the {SECTIONS[at].decode()}")
    return view[start:end]


def _header(lengths: tuple[int, ...]) -> bytes:
    starts = [_HEADER + sum(map(_padded, lengths[:at])) for at in range(len(lengths))]
    total = _HEADER + sum(map(_padded, lengths)) + _DIGESTS
    rows = [_ROW.pack(*row) for row in zip(SECTIONS, starts, lengths)]
    return b"".join([_START.pack(MAGIC, FORMAT, len(SECTIONS), total), *rows])


def _padded(length: int) -> int:
    return length + -length % ALIGNMENT


def _body_digest(manifest: bytes | memoryview, arrays: bytes | memoryview) -> bytes:
    # With the format number and the border between the sections, so that no two bodies share their bytes.
    sha = hashlib.sha256(struct.pack("<IQ", FORMAT, len(manifest)))
    sha.update(manifest)
    sha.update(arrays)
    return sha.digest()


def _check_digest(what: str, right: bytes, found: bytes) -> None:
    if right != found:
        raise BadFile(
            "file-digest",
            wanted=f"SHA-256 {right.hex()} of {what}, computed from its bytes",
            found=found.hex(),
            do="take the file from its source again: it was damaged or altered after it was written",
            where=what,
        )


def _bad_start(code: str, wanted: str, found: str, at: int) -> BadFile:
    do = "check that this is the right file and that it was copied whole, as binary"
    return BadFile(code, wanted=wanted, found=found, do=do, where=f"byte {at}")


def _no_file(code: str, found: str, where: str) -> BadFile:
    return BadFile(code, wanted="a .trivet file", found=found, do="check the path and its permissions", where=where)
