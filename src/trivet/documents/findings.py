"""What a reader must know of the data before believing a figure: the doctor's findings, and what intake changed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from trivet.core.sections import FileFacts
from trivet.core.value import value

from .fragments.fragment import Fragment, dropped_of

Json = Mapping[str, Any]

_WORDS = {"block": "blocks", "warn": "warns", "note": "note"}
_MOST_OPEN = 6  # warnings that stand open on the page: more would push the verdict's evidence off the first screens


class Findings(Fragment):
    """What the data doctor found, and what was done to the data while it was read."""

    title, order = "What to know of the data", 20

    def make(self, file: FileFacts) -> dict[str, Any]:
        found = findings_of(file.manifest.get("doctor"))
        return {
            "findings": None if found is None else asdict(found),
            "data_notes": data_notes(file.manifest.get("data", {})),
            "dropped": dropped_of(file.manifest),
        }


@value
class FindingRow:
    """One finding.  word: "blocks", "warns" or "note"; kind: the name of its colour."""

    code: str
    word: str
    kind: str
    evidence: str
    fix: str
    is_accepted: bool


@value
class FindingRows:
    """open: every block that was not accepted, and the first warnings.  more: other warnings.  notes: worth knowing."""

    open: tuple[FindingRow, ...]
    more: tuple[FindingRow, ...]
    notes: tuple[FindingRow, ...]


def findings_of(doctor: Sequence[Json] | None) -> FindingRows | None:
    """The findings as rows, accepted ones last; None when the doctor was not asked."""
    if doctor is None:
        return None
    rows = sorted(map(finding_row, doctor), key=lambda row: row.is_accepted)
    grave = [row for row in rows if row.word != "note"]
    blocks = [row for row in grave if row.word == "blocks" and not row.is_accepted]
    others = [row for row in grave if row not in blocks]
    return FindingRows(
        open=(*blocks, *others[:_MOST_OPEN]),
        more=tuple(others[_MOST_OPEN:]),
        notes=tuple(row for row in rows if row.word == "note"),
    )


def finding_row(finding: Json) -> FindingRow:
    code, column = str(finding.get("code") or ""), str(finding.get("column") or "")
    severity, is_accepted = str(finding.get("severity") or "note"), bool(finding.get("accepted"))
    return FindingRow(
        code=f"{code}({column})" if column else code,
        word=_WORDS.get(severity, severity),
        kind="accepted" if is_accepted else severity if severity in _WORDS else "note",
        evidence=str(finding.get("evidence") or ""),
        fix=str(finding.get("fix") or ""),
        is_accepted=is_accepted,
    )


def data_notes(data: Json) -> list[str]:
    """What was done to the data while it was read: the notices, which tell of dropped rows and columns, too.

    Without notices, rows dropped and columns left out, as far as the file knows.
    """
    notes = [str(notice) for notice in data.get("notices", ())]
    if notes:
        return notes
    if dropped := dropped_rows(data.get("dropped", ())):
        notes.append(f"rows dropped: {dropped}")
    if left_out := left_out_columns(data.get("left_out", ())):
        notes.append(f"columns left out: {left_out}")
    return notes


def dropped_rows(dropped: Any) -> str:
    """E.g. "3 (no answer), 1 (negative weight)"; files of earlier builds hold the number alone."""
    if isinstance(dropped, (int, float)):
        return f"{dropped:,}" if dropped else ""
    return ", ".join(f"{number:,} ({why})" for why, number in dropped)


def left_out_columns(left_out: Sequence[Any]) -> str:
    """E.g. "id (id-column), town"; files of earlier builds hold the names alone."""
    pairs = [(one, "") if isinstance(one, str) else tuple(one) for one in left_out]
    return ", ".join(f"{name} ({why})" if why else str(name) for name, why in pairs)
