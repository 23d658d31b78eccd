"""The frame of a file: a header, four sections, three digests (docs/format.md, "Layout").

Every byte is digested once.  The file digest covers the header and the digests of body and evidence, the body digest
the manifest and the digests of all arrays; those are compared one by one, when the parts are made (`part_tree`).
Padding must be zero.
"""

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import BadFile
from .caps import Caps, keep_cap
from .part_tree import ALIGNMENT, DIGEST, bad_digest, bad_padding

MAGIC = b"\x89trivet\n"  # not ASCII and with a line end, so that a transfer as text is seen at once
FORMAT = 1
SECTIONS = (b"manifest", b"digests", b"arrays", b"evidence")
_START = struct.Struct("<8sIIQ")  # magic, format number, number of sections, total length
_ROW = struct.Struct("<16sQQ")  # name, offset, length
HEADER = _START.size + _ROW.size * len(SECTIONS)
_DIGESTS = 3 * DIGEST  # body, evidence, file

Bytes = bytes | memoryview


@dataclass(frozen=True, kw_only=True)
class Sections:
    """The sections as bytes, with their order and all digests but those of the arrays already checked."""

    manifest: bytes
    digests: memoryview
    arrays: memoryview
    evidence: bytes
    body_digest: bytes
    digest: bytes


def assemble(manifest: bytes, digests: Bytes, arrays: Sequence[Bytes], evidence: bytes) -> bytes:
    """The file around its sections: header and table in front, digests behind.  Checks nothing.

    digests: the SHA-256 of each array, one after the other.  arrays: pieces of that section, padded already.
    """
    lengths = (len(manifest), len(digests), sum(map(len, arrays)), len(evidence))
    header = _header(lengths)
    body, about = body_sha(manifest, digests), hashlib.sha256(evidence).digest()
    padding = [bytes(-length % ALIGNMENT) for length in lengths]
    sections = [manifest, padding[0], digests, padding[1], *arrays, padding[2], evidence, padding[3]]
    return b"".join([header, *sections, body, about, _file_sha(header, body, about)])


def take_apart(data: Bytes, caps: Caps) -> Sections:
    """The sections of a file whose layout, padding and digests are as they must be; the arrays are not digested yet."""
    _check_start(data, caps)
    lengths = _lengths(data)
    view = memoryview(data)
    body, about, digest = (bytes(view[len(data) - at * DIGEST :][:DIGEST]) for at in (3, 2, 1))
    _check("the header", _file_sha(bytes(view[:HEADER]), body, about), digest)
    manifest, digests, arrays, evidence = (_section(view, at, lengths) for at in range(len(SECTIONS)))
    _check("the body", body_sha(manifest, digests), body)
    _check("the evidence", hashlib.sha256(evidence).digest(), about)
    for name, section in (("manifest", manifest), ("evidence", evidence)):
        keep_cap(len(section), caps.json, "bytes of JSON", name)  # before the copies below
    return Sections(
        manifest=bytes(manifest), digests=digests, arrays=arrays, evidence=bytes(evidence), body_digest=body,
        digest=digest,
    )  # fmt: skip


def body_sha(manifest: Bytes, digests: Bytes) -> bytes:
    """The digest of the body."""
    # With the format number and the border between the sections, so that no two bodies share their bytes.
    sha = hashlib.sha256(struct.pack("<IQ", FORMAT, len(manifest)))
    sha.update(manifest)
    sha.update(digests)
    return sha.digest()


def sealed(data: bytes) -> bytes:
    """The bytes with the file digest, which stands at their end, made true; the others stay as they are."""
    body, about = data[-_DIGESTS : -2 * DIGEST], data[-2 * DIGEST : -DIGEST]
    return data[:-DIGEST] + _file_sha(data[:HEADER], body, about)


def _file_sha(header: bytes, body: bytes, about: bytes) -> bytes:
    return hashlib.sha256(header + body + about).digest()


def _check_start(data: Bytes, caps: Caps) -> None:
    """Refuses, in this order: another kind of file, a newer format, a file that is cut or has grown."""
    keep_cap(len(data), caps.file, "bytes", "the whole file")
    first = bytes(data[: len(MAGIC)])
    if first != MAGIC[: max(len(data), 1)]:
        raise _bad_start("file-magic", f"a trivet file, which begins with {MAGIC!r}", repr(first), 0)
    if len(data) < HEADER + _DIGESTS:
        raise _bad_start("file-length", f"at least {HEADER + _DIGESTS} bytes", f"{len(data)} bytes", len(data))
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


def _lengths(data: Bytes) -> tuple[int, ...]:
    """The lengths of the sections; the rest of the table follows from them and must be just so."""
    rows = [_START.size + at * _ROW.size for at in range(len(SECTIONS))]
    lengths = tuple(_ROW.unpack_from(data, row)[2] for row in rows)
    if sum(map(_padded, lengths)) + HEADER + _DIGESTS != len(data):
        raise _bad_start("file-section", f"sections that fill {len(data):,} bytes", f"lengths {lengths}", rows[0])
    right = _header(lengths)
    for row in rows:
        if data[row : row + _ROW.size] != right[row : row + _ROW.size]:
            wanted, found = (_ROW.unpack_from(table, row) for table in (right, data))
            raise _bad_start("file-section", f"the table row {wanted}", f"{found}", row)
    return lengths


def _section(view: memoryview, at: int, lengths: tuple[int, ...]) -> memoryview:
    start = HEADER + sum(map(_padded, lengths[:at]))
    end, next_start = start + lengths[at], start + _padded(lengths[at])
    padding = bytes(view[end:next_start])
    if any(padding):
        raise bad_padding(padding, len(padding), f"byte {end}, after the {SECTIONS[at].decode()}")
    return view[start:end]


def _header(lengths: tuple[int, ...]) -> bytes:
    starts = [HEADER + sum(map(_padded, lengths[:at])) for at in range(len(lengths))]
    total = HEADER + sum(map(_padded, lengths)) + _DIGESTS
    rows = [_ROW.pack(*row) for row in zip(SECTIONS, starts, lengths)]
    return b"".join([_START.pack(MAGIC, FORMAT, len(SECTIONS), total), *rows])


def _padded(length: int) -> int:
    return length + -length % ALIGNMENT


def _check(what: str, right: bytes, found: bytes) -> None:
    if right != found:
        raise bad_digest(what, right, found)


def _bad_start(code: str, wanted: str, found: str, at: int) -> BadFile:
    do = "check that this is the right file and that it was copied whole, as binary"
    return BadFile(code, wanted=wanted, found=found, do=do, where=f"byte {at}")
