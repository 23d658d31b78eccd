"""Where and with what the file was made."""

from collections.abc import Mapping
from typing import Any

from trivet.core.sections import FileFacts
from trivet.core.units import show_duration

from .fragments.fragment import Fragment, dropped_of
from .fragments.words import in_words

Json = Mapping[str, Any]


class Environment(Fragment):
    """Time, machine, seed and the versions of libraries."""

    title, order, is_folded = "Environment", 150, True

    def make(self, file: FileFacts) -> dict[str, Any]:
        build = file.manifest.get("build", {})
        return {
            "environment": environment_rows(build, file.manifest.get("search", {}), file.evidence),
            "libraries": sorted(build.get("libraries", {}).items()),
            "dropped": dropped_of(file.manifest),
        }


def environment_rows(build: Json, search: Json, evidence: Json) -> list[tuple[str, str]]:
    machine = evidence.get("machine") or {}
    seconds = evidence.get("seconds")
    rows = {
        "made": evidence.get("made"),
        "build time": None if seconds is None else show_duration(seconds),
        "machine of the cost readings": ", ".join(f"{name} {machine[name]}" for name in sorted(machine)) or None,
        "seed": build.get("seed"),
        "work units": search.get("units"),
        "candidates tried": search.get("trials"),
        "steps that failed": ("; ".join(evidence.get("notices", ())) or "none") if evidence else None,
    }
    return [(name, "not recorded" if fact is None else in_words(fact)) for name, fact in rows.items()]
