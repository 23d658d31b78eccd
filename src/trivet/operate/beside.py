"""What lies beside a file: the accounts of watching and proving, read and not changed, for `show` and the report."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trivet.runtime.file.container import Contents
from trivet.storage.disk import Storage
from trivet.storage.journal import frames_at

from .prove import EARNED
from .standing import account
from .state import Purpose, folded, state_path
from .update import Updated
from .verdicts import verdicts_in

PURPOSES: tuple[Purpose, ...] = ("watch", "prove")


def accounts_beside(file: str | Path, contents: Contents) -> dict[str, Any]:
    """{"watch": account, "prove": account} as JSON, as far as there is one; {"told": why} in place of a foreign state.

    What the file's own evidence brings along of an earlier proof stands in where nothing lies beside it.
    """
    found: dict[str, Any] = {}
    for purpose in PURPOSES:
        path = state_path(file, purpose)
        frames = frames_at(path, Storage())
        if not frames:
            continue
        if frames[0].get("file") != contents.digest or frames[0].get("trivet") != purpose:
            found[purpose] = {"told": f"the state {path.name} is that of another file"}
            continue
        updated = Updated(state=folded(frames), header=frames[0])
        found[purpose] = account(purpose, updated, verdicts_in(contents)).as_json()
    if "prove" not in found and EARNED in contents.evidence:
        found["prove"] = contents.evidence[EARNED]
    return found


def lines_in_short(beside: Mapping[str, Any]) -> list[str]:
    """One line for each account, for `show`."""
    words = {"watch": "watched", "prove": "proven later"}
    return [f"{words[name]}: {in_short(told)}" for name, told in beside.items()]


def in_short(told: Mapping[str, Any]) -> str:
    """The outcome, the limits that got there, and on how much that rests."""
    if "told" in told:
        return str(told["told"])
    there = ", ".join(str(line["limit"]) for line in told["limits"] if line["reached"] is not None)
    verb = "missed" if told["for"] == "watch" else "earned"
    return f"{told['outcome']}{f' ({verb}: {there})' if there else ''} on {told['units']:,} {told['unit_is']}"
