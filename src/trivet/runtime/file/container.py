"""The flat `.trivet` file: one byte string per model, and nothing in it that could run (docs/format.md).

Reading never trusts a number in the file: every claim is compared with the bytes that are there before it is used.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import BadFile
from ..part import Array, Part
from .canonical import check_size, parse_json, spell_json
from .caps import SMALL, STORE_CAPS, Caps, keep_cap
from .mapping import file_bytes
from .part_tree import bad_tree, checked_object, digest_table, parts_of, section_pieces, tree_of
from .sections import Bytes, assemble, take_apart


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a file holds.  body_digest names the model, whatever was measured; digest names the file.  Both are hex."""

    manifest: dict[str, Any]
    parts: Mapping[str, Part]
    evidence: dict[str, Any]
    body_digest: str
    digest: str


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
        "manifest": spelled_manifest(manifest, parts, caps, wide),
        "evidence": spell_json(dict(evidence), "evidence"),
    }
    read_json(sections, caps)
    pieces = list(section_pieces(parts))
    keep_cap(sum(map(len, pieces)), caps.file, "bytes of arrays", "the whole file")  # before they are copied
    data = assemble(sections["manifest"], digest_table(parts), pieces, sections["evidence"])
    keep_cap(len(data), caps.file, "bytes", "the whole file")
    return data


def decode(data: Bytes, *, caps: Caps | None = None, wide: bool = False) -> Contents:
    """The contents of a file; raises BadFile, and nothing else, for anything that `encode` did not write.

    The arrays are read-only views of `data` where nobody can change it: bytes, or a file mapped for reading.
    """
    caps = caps or default_caps(wide)
    sections = take_apart(data, caps)
    json = read_json({"manifest": sections.manifest, "evidence": sections.evidence}, caps)
    manifest, evidence = json["manifest"], json["evidence"]
    if set(manifest) != {"parts", "user"}:
        raise bad_tree("a manifest with parts, user", repr(sorted(manifest))[:80], "manifest")
    return Contents(
        manifest=checked_object(manifest["user"], "manifest.user"),
        parts=parts_of(manifest["parts"], sections.digests, sections.arrays, caps, wide),
        evidence=evidence,
        body_digest=sections.body_digest.hex(),
        digest=sections.digest.hex(),
    )


def read(path: str | Path, *, caps: Caps = SMALL) -> Contents:
    """The contents of the file at a path, which is read once, and only if its size keeps the cap."""
    return decode(file_bytes(path, caps), caps=caps)


def with_evidence(data: Bytes, evidence: Mapping[str, Any], *, caps: Caps = SMALL) -> bytes:
    """The same file with other evidence: the body, and so the body digest, stays byte for byte."""
    sections = take_apart(data, caps)
    json = {"manifest": sections.manifest, "evidence": spell_json(dict(evidence), "evidence")}
    read_json(json, caps)
    changed = assemble(sections.manifest, sections.digests, [sections.arrays], json["evidence"])
    keep_cap(len(changed), caps.file, "bytes", "the whole file")
    return changed


def encode_object(kind: str, meta: Mapping[str, Any], arrays: Mapping[str, Array], *, caps: Caps = STORE_CAPS) -> bytes:
    """Named arrays with some JSON, for the store: the same container, the same checks."""
    return encode(meta, {"object": Part(kind=kind, arrays=arrays)}, {}, wide=True, caps=caps)


def decode_object(data: Bytes, kind: str, *, caps: Caps = STORE_CAPS) -> tuple[dict[str, Any], dict[str, Array]]:
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
    return STORE_CAPS if wide else SMALL


def spelled_manifest(manifest: Mapping[str, Any], parts: Mapping[str, Part], caps: Caps, wide: bool) -> bytes:
    """The bytes of the manifest section."""
    return spell_json({"parts": tree_of(parts, caps, wide), "user": dict(manifest)}, "manifest")


def read_json(sections: dict[str, bytes], caps: Caps) -> dict[str, dict[str, Any]]:
    """The JSON objects of named sections; all sizes are checked before the first is parsed."""
    check_size(sections, caps)
    return {where: checked_object(parse_json(data, where), where) for where, data in sections.items()}
