"""What the doctor says: one finding per defect."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, Self, get_args

import numpy as np

from trivet.core.value import value
from trivet.runtime.part import Array

Severity = Literal["block", "warn", "note"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
_SHOWN = 20
_NOTES_ALIKE = 4


@value
class Finding:
    """One defect of the data.

    code: kebab-case, one per kind of defect.  severity: "block" = sure harm, "warn" = probable harm, "note" = worth
    knowing.  column: the input column it is about, or None.  rows: ids of at most 20 rows that show it.
    n_rows: how many rows show it in all.  evidence: the numbers, in a sentence.  fix: what to do.
    """

    code: str
    severity: Severity
    evidence: str
    fix: str
    column: str | None = None
    rows: tuple[int, ...] = ()
    n_rows: int = 0
    accepted: bool = False

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
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Self:
        """The finding that `as_json` wrote."""
        return cls(**{**found, "rows": tuple(found["rows"])})


def shown(ids: Array) -> dict[str, Any]:
    """`rows` and `n_rows` of a finding about these rows, the first 20 in the order given."""
    return {"rows": tuple(int(row) for row in np.asarray(ids)[:_SHOWN]), "n_rows": len(ids)}


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Gravest first, then by code and column; notes of one code about many columns become one note."""
    every = list(findings)
    for code in sorted({f.code for f in every if f.severity == "note" and f.column is not None}):
        alike = [f for f in every if f.code == code and f.severity == "note" and f.column is not None]
        if len(alike) > _NOTES_ALIKE:
            every = [f for f in every if f not in alike] + [folded(alike)]
    return tuple(sorted(every, key=lambda f: (SEVERITIES.index(f.severity), f.code, f.column or "")))


def folded(alike: list[Finding]) -> Finding:
    """One note for many columns: 50 pixels that are nearly always 0 are one thing to know, not 50."""
    names = ", ".join(f.column or "" for f in alike[:10]) + (", ..." if len(alike) > 10 else "")
    return Finding(
        code=alike[0].code,
        severity="note",
        evidence=f"{len(alike)} columns ({names}); for instance {alike[0].evidence}",
        fix=alike[0].fix,
    )
