"""What the doctor says: one finding per defect."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, Literal, Self, get_args

import numpy as np

from trivet.core.value import value
from trivet.runtime.part import Array

Severity = Literal["block", "warn", "note"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
_SHOWN = 20
_NOTES_ALIKE = 4
_WARNINGS_ALIKE = 20


@value
class Finding:
    """One defect of the data.

    code: kebab-case, one per kind of defect.  severity: "block" = sure harm, "warn" = probable harm, "note" = worth
    knowing.  column: the input column it is about, or None.  rows: ids of at most 20 rows that show it.
    n_rows: how many rows show it in all.  evidence: the numbers, in a sentence.  fix: what to do.
    accepted: whether the recipe says that its author knows.  caps: whether no limit on quality or trust may hold while
    it is not accepted, because rows of the vault are no independent evidence.
    """

    code: str
    severity: Severity
    evidence: str
    fix: str
    column: str | None = None
    rows: tuple[int, ...] = ()
    n_rows: int = 0
    accepted: bool = False
    caps: bool = False

    @property
    def label(self) -> str:
        """The finding as a recipe names it: "missing-values(age)", or the code alone."""
        return label_of(self.code, self.column)

    def as_json(self) -> dict[str, Any]:
        """The finding as JSON values."""
        return {
            "code": self.code,
            "severity": self.severity,
            "column": self.column,
            "rows": list(self.rows),
            "n_rows": self.n_rows,
            "evidence": self.evidence,
            "fix": self.fix,
            "accepted": self.accepted,
            "caps": self.caps,
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        """The finding that `as_json` wrote; first files lack "accepted" and "caps", and mean no."""
        return cls(**{**found, "rows": tuple(found["rows"])})


def label_of(code: str, column: str | None) -> str:
    """A finding as a recipe names it: its code, and the column it is about in brackets."""
    return code if column is None else f"{code}({column})"


def shown(ids: Array) -> dict[str, Any]:
    """`rows` and `n_rows` of a finding about these rows, the first 20 in the order given."""
    return {"rows": tuple(int(row) for row in np.asarray(ids)[:_SHOWN]), "n_rows": len(ids)}


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Gravest first, then by code and column; notes of one code about many columns become one note."""
    every = with_few(findings, "note", _NOTES_ALIKE)
    return tuple(sorted(every, key=lambda f: (SEVERITIES.index(f.severity), f.code, f.column or "")))


def few_warnings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings with warnings of one code about more than 20 columns as one: a file has no room for thousands.

    Only for those who read: a warning about many columns no longer says which of them to drop or to accept.
    """
    every = with_few(findings, "warn", _WARNINGS_ALIKE)
    return tuple(sorted(every, key=lambda f: (SEVERITIES.index(f.severity), f.code, f.column or "")))


def with_few(findings: Iterable[Finding], severity: Severity, most: int) -> list[Finding]:
    """The findings, more than `most` about single columns with one code and of this severity put together."""
    every = list(findings)
    groups: dict[tuple[str, bool], list[Finding]] = {}
    for finding in every:
        if finding.severity == severity and finding.column is not None:
            groups.setdefault((finding.code, finding.accepted), []).append(finding)
    many = [alike for alike in groups.values() if len(alike) > most]
    gone = {id(finding) for alike in many for finding in alike}
    return [finding for finding in every if id(finding) not in gone] + [folded(alike) for alike in many]


def folded(alike: list[Finding]) -> Finding:
    """One finding for many columns: 50 pixels that are nearly always 0 are one thing to know, not 50."""
    names = ", ".join(f.column or "" for f in alike[:10]) + (", ..." if len(alike) > 10 else "")
    return dataclasses.replace(
        alike[0],
        column=None,
        rows=(),
        n_rows=0,
        evidence=f"{len(alike)} columns ({names}); for instance {alike[0].evidence}",
    )
