"""Why a job ended without a result, as it is kept in the ledger and told to the user."""

import traceback
from typing import Any, Literal

from trivet.core.errors import TrivetError
from trivet.core.value import value

_LONGEST_WHY, _LONGEST_TRACE = 300, 20_000  # letters
_FROM_OUTSIDE = ("SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT")  # somebody else's wish, not the step's own fault


@value
class Failure:
    """did: the text of the step, or "measure GAUGE".  kind: it raised an error, its process died, or it was stopped at
    its cap of time or memory.

    why: one line.  again: whether a later build shall try once more: what the machine did may go well the next time,
    what the code did would end in the same way.
    seconds: until it ended.  traceback: of the error.  exit_code, signal: of the process that died.
    stderr: the last lines that the process wrote, what the step printed among them.
    """

    did: str
    kind: Literal["raised", "died", "time", "memory"]
    why: str
    again: bool = False
    seconds: float = 0.0
    code: str = "step-failed"
    traceback: str = ""
    exit_code: int | None = None
    signal: str = ""
    stderr: str = ""


class JobFailed(Exception):
    """A job ended without a result."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure

    def __str__(self) -> str:
        return f"{self.failure.did}: {self.failure.why}"


class JobCut(Exception):
    """A job was stopped because the time of the whole search was over."""

    def __str__(self) -> str:
        return "the time was over"


def as_reply(error: BaseException) -> dict[str, Any]:
    """The error of a pass or gauge as JSON, as a worker sends it."""
    lines = traceback.format_exception(error)
    found = {"error": error.as_json()} if isinstance(error, TrivetError) else {"error": {"code": "step-failed"}}
    first = (str(error).strip() or repr(error)).splitlines()[0]
    why = f"{error.code}: {error.found}" if isinstance(error, TrivetError) else f"{type(error).__name__}: {first}"
    return {
        **found,
        "why": why[:_LONGEST_WHY],
        "again": isinstance(error, (MemoryError, OSError)),
        "traceback": "".join(lines)[-_LONGEST_TRACE:],
    }


def raised(reply: dict[str, Any], did: str, *, seconds: float, stderr: str) -> Failure:
    """The failure that a worker's reply tells of."""
    return Failure(
        did=did, kind="raised", why=reply["why"], again=reply["again"], seconds=seconds, code=reply["error"]["code"],
        traceback=reply["traceback"], stderr=stderr,
    )  # fmt: skip


def died(did: str, *, exit_code: int, signal: str, seconds: float, stderr: str) -> Failure:
    """The failure of a job whose process is gone."""
    how = f"was killed by {signal}" if signal else f"ended with exit code {exit_code}"
    return Failure(
        did=did, kind="died", why=f"its process {how}", again=signal in _FROM_OUTSIDE, seconds=seconds,
        exit_code=exit_code, signal=signal, stderr=stderr,
    )  # fmt: skip
