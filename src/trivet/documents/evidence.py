"""What rows that came after the build say: evidence over time that a limit is missed, or that an unproven one holds."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from trivet.core.sections import FileFacts

from .fragments.fragment import Fragment, dropped_of
from .plots.courses import evidence_plot

Json = Mapping[str, Any]

HEADS = {"watch": "Watched", "prove": "Proven later"}


class Evidence(Fragment):
    """What `trivet watch` and `trivet prove` keep beside the file; nothing where nothing lies there."""

    title, order = "What rows since the build say", 15

    def make(self, file: FileFacts) -> dict[str, Any] | None:
        found = {name: file.beside[name] for name in HEADS if name in file.beside}
        if not found:
            return None
        parts = [part_of(HEADS[name], account) for name, account in found.items()]
        return {"parts": parts, "dropped": dropped_of(file.manifest)}


def part_of(head: str, account: Json) -> dict[str, Any]:
    """One account as the page shows it; a foreign state is told, not shown."""
    if "told" in account:
        told = str(account["told"])
        return {
            "head": head,
            "told": told,
            "outcome": "",
            "since": "",
            "there": "",
            "claim": "",
            "untold": [],
            "plot": None,
        }
    plot = evidence_plot(account)
    updates, rows = int(account.get("updates", 0)), int(account.get("rows", 0))
    there = [line for line in account.get("limits", ()) if line.get("reached") is not None]
    word = "Alarm" if account.get("for") == "watch" else "Earned"
    return {
        "head": head,
        "told": "",
        "outcome": str(account.get("outcome", "")),
        "since": f"{rows:,} rows in {updates:,} update{'s' if updates != 1 else ''}{times_of(account)}",
        "there": ""
        if plot or not there
        else f"{word}: "
        + "; ".join(
            f"{line['limit']} after {int(line['reached']):,} {account.get('unit_is', 'rows')}" for line in there
        ),
        "claim": str(account.get("claim", "")).strip().removeprefix("meaning: "),
        "untold": [
            f"{line['limit']}: {line['why_not']}" for line in account.get("limits", ()) if not line.get("bet_on")
        ],
        "plot": None if plot is None else asdict(plot),
    }


def times_of(account: Json) -> str:
    """On which days the updates were made."""
    first, last = str(account.get("since", ""))[:10], str(account.get("until", ""))[:10]
    if not first:
        return ""
    return f", on {first}" if first == last else f", from {first} to {last}"
