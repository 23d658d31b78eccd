"""How the model was made: each step and what it changed."""

from collections.abc import Mapping, Sequence
from typing import Any

from trivet.core.sections import FileFacts

from .fragments.fragment import Fragment, dropped_of

Json = Mapping[str, Any]


class Lineage(Fragment):
    """The steps with their readings."""

    title, order, is_folded = "How it was made", 130, True

    def make(self, file: FileFacts) -> dict[str, Any]:
        return {"lineage": lineage_rows(file.manifest.get("lineage", ())), "dropped": dropped_of(file.manifest)}


def lineage_rows(lineage: Sequence[Json]) -> list[dict[str, Any]]:
    """Each step with what it changed: the reading after it, and the difference to the reading before."""
    rows: list[dict[str, Any]] = []
    before: dict[str, float] = {}
    for step in lineage:
        after = step.get("readings", {})
        changes = [change(gauge, before.get(gauge), number) for gauge, number in after.items()]
        rows.append({"step": step.get("step", ""), "changes": changes, "notes": list(step.get("notes", ()))})
        before = {**before, **after}
    return rows


def change(gauge: str, before: float | None, after: float) -> str:
    if before is None:
        return f"{gauge} {after:.4g}"
    moved = after - before
    return f"{gauge} {after:.4g} (unchanged)" if not moved else f"{gauge} {after:.4g} ({moved:+.2g})"
