"""The one family of errors that trivet raises about what it was given.

Each error says what was wanted, what was found (the value itself) and what to do, under a stable code.
Every code has a page: `trivet explain CODE`.
"""

from typing import Any


class TrivetError(Exception):
    """A mistake in what trivet was given; carries everything its message is made of."""

    exit_code = 2

    def __init__(self, code: str, *, wanted: str, found: str, do: str, where: str = "") -> None:
        self.code, self.wanted, self.found, self.do, self.where = code, wanted, found, do, where
        super().__init__(code, wanted, found, do, where)

    def __str__(self) -> str:
        place = f"\n  in {self.where}" if self.where else ""
        return f"error[{self.code}]: wanted {self.wanted}; found {self.found}.{place}\n  do: {self.do}"

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows in place of a traceback: the mistake is in what was given, not in the code."""
        return str(self).splitlines()

    def as_json(self) -> dict[str, Any]:
        """The error as JSON values, for `--json` and for other programs."""
        return {
            "code": self.code,
            "wanted": self.wanted,
            "found": self.found,
            "do": self.do,
            "where": self.where,
        }


# These say nothing against the file: the path leads nowhere, or this version or this caller does not take it.
NOT_DAMAGED = ("file-missing", "file-unreadable", "file-newer", "file-cap", "part-version")


class BadFile(TrivetError):
    """A file that is not a valid specialist: altered, truncated, oversized, newer or made by hand."""

    exit_code = 6

    def __init__(self, code: str, *, wanted: str, found: str, do: str, where: str = "") -> None:
        super().__init__(code, wanted=wanted, found=found, do=do, where=where)
        if code in NOT_DAMAGED:
            self.exit_code = 2


class BadRow(TrivetError):
    """A row that the specialist cannot read: a column is missing or holds something else than its type."""
