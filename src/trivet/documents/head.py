"""The first lines of a report: what was promised and whether it holds, above everything else."""

from collections.abc import Mapping, Sequence
from typing import Any

from trivet.core.sections import FileFacts
from trivet.engine.question import words_of

from .fragments.fragment import Fragment
from .verdicts import VerdictRow, rows_of

Json = Mapping[str, Any]


class Head(Fragment):
    """The title, the count of verdicts, and why one should not believe them."""

    order = 0

    def make(self, file: FileFacts) -> dict[str, Any]:
        rows = rows_of(file)
        return {
            "title": title(file.manifest.get("task", {})),
            "sentence": verdict_sentence(rows),
            "banner": banner(file.evidence.get("outcome"), rows),
            "alerts": [str(alert) for alert in file.manifest.get("alerts", ())],
        }


def title(task: Json) -> str:
    """E.g. "A model that classifies Churn"."""
    if "answer" not in task:
        return "A model"
    verb = words_of(task).get("verb", "answers")
    return f"A model that {verb} {task['answer'][0]}"


def verdict_sentence(rows: Sequence[VerdictRow]) -> str:
    """E.g. "3 limits hold, 1 is unproven"."""
    if not rows:
        return "No limits were set"
    counts = {word: sum(row.word == word for row in rows) for word in ("holds", "unproven", "broken", "unknown")}
    limits = "limit" if counts["holds"] == 1 else "limits"
    said = [f"{counts['holds']} {limits} {'holds' if counts['holds'] == 1 else 'hold'}"]
    for word in ("unproven", "broken", "unknown"):
        if counts[word]:
            said.append(f"{counts[word]} {'is' if counts[word] == 1 else 'are'} {word}")
    return ", ".join(said)


def banner(outcome: Any, rows: Sequence[VerdictRow]) -> str:
    """What a file that breaks its limits says of itself above everything else; empty for any other."""
    broken = [f"{row.limit} (measured {row.reading})" for row in rows if row.word == "broken"]
    if outcome != "BROKEN" and not broken:
        return ""
    named = f": {', '.join(broken)}" if broken else ""
    return (
        f"This file does not keep its limits{named}. It was written because the best effort was asked for, "
        "and is not certified: do not rely on it where the limits matter."
    )
