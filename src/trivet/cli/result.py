"""What a command hands back: the same answer as text and as JSON values."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Result:
    """text: for people.  data: JSON values with stable keys.  exit_code: as `--help` lists them, 0 done."""

    text: str
    data: dict[str, Any] = field(default_factory=dict)
    exit_code: int = 0


def table(rows: Sequence[Sequence[str]], *, indent: str = "  ") -> str:
    """Rows in aligned columns; the last column may be as long as it likes.  Columns without any text are left out."""
    if not rows:
        return ""
    rows = list(zip(*(column for column in zip(*rows) if any(column))))
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths)) for row in rows)
    return "\n".join(indent + line.rstrip() for line in lines)


def finite(number: float) -> float | None:
    """The number, or None where JSON has no word for it."""
    return number if math.isfinite(number) else None
