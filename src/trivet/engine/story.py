"""The story of a build folder, read from its ledger: what was done, what failed and why, who opened the vault."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trivet.core.errors import BadUse
from trivet.storage.disk import Storage
from trivet.storage.journal import frames_at


def story_of(folder: str | Path) -> list[dict[str, Any]]:
    """One entry for each thing that happened, oldest first, as JSON values; the build may still be running.

    number: from 1.  what: the text of a step, "measure GAUGE", or the kind of an event.  outcome: "done", "failed",
    "stopped" or "".  seconds: None where nothing was timed.  why: one line.  notes: what the pass had to say.
    traceback, stderr: of what failed.  key: under which a result or failure is kept.
    """
    frames = frames_at(Path(folder) / "journal", Storage())
    if frames is None:
        raise BadUse(
            "build-missing",
            wanted="the folder of a build, which holds a journal",
            found=repr(str(folder)),
            do="name the folder beside the file, such as claims.build, or the one that --store named",
        )
    return [entry_of(number, frame) for number, frame in enumerate(frames, 1)]


def entry_of(number: int, frame: Mapping[str, Any]) -> dict[str, Any]:
    """One frame of the ledger as an entry of the story."""
    blank: dict[str, Any] = {
        "number": number,
        "seconds": None,
        "why": "",
        "notes": [],
        "traceback": "",
        "stderr": "",
        "key": "",
    }
    if frame["type"] == "result":
        result = frame["result"]
        found = {"what": result["did"], "outcome": "done", "key": frame["key"]}
        return {**blank, **found, "seconds": result["seconds"], "notes": result.get("notes", [])}
    if frame["type"] == "failure":
        failure = frame["failure"]
        found = {"what": failure["did"], "outcome": "failed", "key": frame["key"]}
        return {**blank, **found, **{name: failure[name] for name in ("seconds", "why", "traceback", "stderr")}}
    outcome = "stopped" if frame["kind"] == "job-stopped" else ""
    return {**blank, "what": frame["kind"], "outcome": outcome, "why": in_words(frame)}


def in_words(event: Mapping[str, Any]) -> str:
    """What there is to say of an event."""
    fields = event["fields"]
    if event["kind"] == "vault-opened":
        return f"by {fields['by']}, {fields['rows']} rows ({fields['digest'][:16]})"
    if event["kind"] == "route-failed":
        return f"{fields['route']}: {fields['why']}"
    return ", ".join(f"{name} {found}" for name, found in sorted(fields.items()))
