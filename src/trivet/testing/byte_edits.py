"""Changes of the bytes of a file.  All but the first three repair the file digest."""

from collections.abc import Callable
from random import Random

from trivet.runtime.file.caps import SMALL
from trivet.runtime.file.part_tree import DIGEST
from trivet.runtime.file.sections import HEADER, assemble, sealed, take_apart

from .hostile_values import JSON_EDITS, U32, U64

TABLE = range(8, HEADER, 4)  # offsets of the numbers in the header and the section table
ByteEdit = Callable[[bytes, Random], bytes]


def flip_any_bit(data: bytes, random: Random) -> bytes:
    return flip_bit(data, random)


def cut_file(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data))]


def append_bytes(data: bytes, random: Random) -> bytes:
    return data + random.choice([b"\0", b"PK\x05\x06" + bytes(18), data, bytes(4096)])


def flip_sealed_bit(data: bytes, random: Random) -> bytes:
    return sealed(flip_bit(data, random))


def change_table(data: bytes, random: Random) -> bytes:
    at, pack = random.choice(TABLE), random.choice((U32, U64))
    changed = pack[random.randrange(len(pack))]
    return sealed(data[:at] + changed + data[at + len(changed) :])


def append_sealed(data: bytes, random: Random) -> bytes:
    return sealed(append_bytes(data[:-DIGEST], random) + bytes(DIGEST))


def change_digests(data: bytes, random: Random) -> bytes:
    """Another table of the digests of arrays, under true digests of body and file."""
    sections = take_apart(data, SMALL)
    table = bytes(sections.digests)
    table = random.choice(
        [flip_bit(table, random), table[:-DIGEST], table + bytes(DIGEST), table[:-1], table + b"x", b""]
    )
    return assemble(sections.manifest, table, [sections.arrays], sections.evidence)


def edit_json_text(data: bytes, random: Random) -> bytes:
    """Another spelling of the same JSON, or no JSON at all, inside true lengths and digests."""
    sections = take_apart(data, SMALL)
    old, new = random.choice(JSON_EDITS)
    manifest = sections.manifest
    if old in manifest:
        at = random.choice([at for at in range(len(manifest)) if manifest.startswith(old, at)])
        manifest = manifest[:at] + new + manifest[at + len(old) :]
    else:
        manifest = new + manifest
    return assemble(manifest, sections.digests, [sections.arrays], sections.evidence)


def flip_json_bit(data: bytes, random: Random) -> bytes:
    sections = take_apart(data, SMALL)
    return assemble(flip_bit(sections.manifest, random), sections.digests, [sections.arrays], sections.evidence)


def flip_bit(data: bytes, random: Random) -> bytes:
    """The bytes with one bit changed."""
    at = random.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << random.randrange(8)]) + data[at + 1 :]


BYTE_EDITS: tuple[ByteEdit, ...] = (
    flip_any_bit, cut_file, append_bytes, flip_sealed_bit, change_digests, change_table, change_table,
    append_sealed, edit_json_text, edit_json_text, flip_json_bit, flip_json_bit,
)  # fmt: skip
