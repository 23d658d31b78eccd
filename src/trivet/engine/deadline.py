"""The clock of a build: when the search has to end, so that the file is there within its time.

Work units stay the measure of a search: the clock only ends it at a candidate, and the file's lock says after how many
units, so that the same body can be made again.  With a lock, the clock ends nothing.
"""

import time
from math import inf

from trivet.core.value import value

GRACE = 0.1  # share of the time by which a step under way may be late before it is given up
_STEP_SHARE = 0.5  # of the time to search in that one step may take

_REFIT_SHARE = 0.1  # of the time to search is kept for fitting the finalists once more
_PATIENCE_SECONDS = 60.0  # that a step of the first candidate may take, however short the time
_EXPLAIN_SHARE = 0.3  # of the judge's time that importance may take


@value
class Deadline:
    """Moments of `time.monotonic`, in seconds.

    search_ends: no candidate begins later.  gives_up: a step that still runs then is stopped.
    refit_ends: a refit that still runs then is stopped.  ends: of the build.
    longest_step: seconds after which a step has spent its own budget.  explains_until: importance is given up then.
    """

    search_ends: float = inf
    gives_up: float = inf
    refit_ends: float = inf
    explains_until: float = inf
    ends: float = inf
    longest_step: float = inf

    @classmethod
    def after(cls, seconds: float, *, began: float, judging: float) -> "Deadline":
        """For a build that began then and has so many seconds, of which the judge takes about `judging`."""
        span = max(seconds - judging, 0.0)
        search_ends = began + (1 - _REFIT_SHARE) * span
        return cls(
            search_ends=search_ends,
            gives_up=search_ends + GRACE * seconds,
            refit_ends=began + span,
            explains_until=began + span + GRACE * seconds + _EXPLAIN_SHARE * judging,
            ends=began + seconds,
            longest_step=max(_STEP_SHARE * (seconds - judging), 1.0),
        )

    def for_the_first(self) -> "Deadline":
        """For a candidate that runs whatever the clock, so that there is one to judge; only a hang ends it."""
        return Deadline(longest_step=max(self.longest_step, _PATIENCE_SECONDS))

    def is_over(self) -> bool:
        """Whether no further candidate may begin."""
        return time.monotonic() >= self.search_ends

    def share_passed(self, began: float) -> float:
        """How much of the time to search is over, 0 to 1."""
        return min((time.monotonic() - began) / max(self.search_ends - began, 1e-9), 1.0)

    def seconds_left(self) -> float:
        """Until the build has to end."""
        return self.ends - time.monotonic()
