"""Sections of a report that are made when the file is packed, so that the file carries what they show."""

from collections.abc import Mapping
from typing import Any

from trivet.core.registry import usable
from trivet.core.sections import FileFacts, Section
from trivet.runtime.part import canonical_json

MOST_BYTES = 20_000  # of one section: a file is a model, not an archive


def carried_sections(manifest: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """{name: {"made": JSON} or {"failed": why}} of every section that is made at build time and has something to show.

    They see no evidence, which differs between machines: the body of a file repeats byte for byte.
    """
    found = {}
    for name, kind in usable("section").items():
        if kind.at_build and (entry := carried(kind(), manifest)):
            found[name] = entry
    return found


def carried(section: Section, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What the file keeps of one section; empty for nothing."""
    try:
        made = section.make(FileFacts(manifest=manifest, evidence={}))
        n_bytes = len(canonical_json(made))
    except Exception as error:  # noqa: BLE001  a section of somebody else may raise anything, and must not end a build
        return {"failed": f"{type(error).__name__}: {error}"[:300]}
    if n_bytes > MOST_BYTES:
        return {"failed": f"it made {n_bytes:,} bytes; a file keeps at most {MOST_BYTES:,} of a section"}
    return {} if made is None else {"made": made}
