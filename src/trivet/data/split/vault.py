"""The certification rows, under a lock that tells who opened it."""

from collections.abc import Callable

from trivet.core.rows import Rows
from trivet.core.value import value


@value
class Opening:
    """One look into the vault.  by: who looked.  digest, n_rows: at what.  number: 1 for the first opening."""

    by: str
    digest: str
    n_rows: int
    number: int


class Vault:
    """Holds the rows that no search step may see; `open` is the only way to them, and every opening is logged.

    log: called with the Opening before the rows are handed out, so an opening that cannot be logged does not happen.
    """

    __slots__ = ("__log", "__rows", "_openings")

    def __init__(self, rows: Rows, *, log: Callable[[Opening], None]) -> None:
        self.__rows, self.__log = rows, log
        self._openings = 0

    def __len__(self) -> int:
        return len(self.__rows)

    def __repr__(self) -> str:
        return f"Vault({len(self)} rows, opened {self._openings} times)"

    @property
    def digest(self) -> str:
        """SHA-256 of the rows; says which rows they are and nothing about them."""
        return self.__rows.digest

    @property
    def openings(self) -> int:
        """How often the vault was opened."""
        return self._openings

    def open(self, by: str) -> Rows:
        """The rows.  by: who asks, for the log."""
        self.__log(Opening(by=by, digest=self.digest, n_rows=len(self), number=self._openings + 1))
        self._openings += 1
        return self.__rows
