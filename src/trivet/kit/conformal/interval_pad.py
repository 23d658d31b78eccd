"""The pad at both ends of an interval: from wide intervals to narrow ones."""

from collections.abc import Sequence

import numpy as np

from trivet.core.candidate import Candidate
from trivet.core.gauges import Trial
from trivet.core.limits import Limit
from trivet.core.rows import Rows
from trivet.kit.scores import scores_of
from trivet.runtime.batch import Answers
from trivet.runtime.part import Array, Part

from .control import proven_floor
from .dial import Dial, steps_of, weighted_mean
from .floors import strangeness

# Of the largest score.  An end of the interval is computed in float32; where answers repeat (whole numbers, the leaves
# of a tree), the last bit would put all rows that stand on the end in or out.
SLACK = 4 * float(np.finfo(np.float32).eps)


class IntervalPad(Dial):
    """A setting is one float32, both pads of a part `interval`."""

    gives = ("low", "high")
    serves = (("coverage", ">="),)

    @classmethod
    def fits(cls, candidate: Candidate) -> bool:
        return "guard" in candidate.parts and candidate.parts["guard"].kind == "interval"

    def __init__(self, candidate: Candidate, limits: Sequence[Limit]) -> None:
        super().__init__(candidate, limits)
        self._seen: list[tuple[Rows, Array]] = []

    def scores(self, trial: Trial) -> Array:
        """(rows, 1 or 3) float32: the value, and where the body has them its own low and high; computed once."""
        for rows, scores in self._seen:
            if rows is trial.rows:
                return scores
        self._seen.append((trial.rows, scores_of(self.candidate, trial.rows)))
        return self._seen[-1][1]

    @property
    def is_one_floor(self) -> bool:
        return True

    def proven(self, trial: Trial, coverage: float, alpha: float) -> np.float32 | None:
        # A row is missed once the pad falls below its strangeness: once minus the pad rises above minus that.
        floor = proven_floor(-strangeness(self.scores(trial), trial.truth), coverage, alpha)
        return None if floor is None or not np.isfinite(floor) else self.padded(-floor, trial)

    def rungs(self, trial: Trial) -> list[np.float32]:
        strange = strangeness(self.scores(trial), trial.truth)
        return [self.padded(pad, trial) for pad in (2 * float(np.abs(strange).max()), *steps_of(strange)[::-1])]

    def padded(self, pad: float, trial: Trial) -> np.float32:
        """The pad and its slack as float32; one around a single score is never below 0."""
        scores = self.scores(trial)
        wide = pad + SLACK * float(np.abs(scores).max())
        return float32_above(max(wide, 0.0) if scores.shape[1] == 1 else wide)

    def said(self, trial: Trial, setting: np.float32) -> Answers:
        scores = self.scores(trial)
        middle, below, above = scores[:, 0], scores[:, min(1, scores.shape[1] - 1)], scores[:, -1]
        ends = {"low": np.minimum(below - setting, middle), "high": np.maximum(above + setting, middle)}
        return Answers({**trial.plain, **ends})

    def use(self, trial: Trial) -> float:
        """Narrow intervals."""
        return -weighted_mean(trial.plain["high"].astype(np.float64) - trial.plain["low"], trial)

    def parts(self, setting: np.float32) -> dict[str, Part]:
        config, pad = self.candidate.parts["guard"].config, np.array([setting, setting], np.float32)
        return {"guard": Part(kind="interval", config=config, arrays={"pad": pad})}


def float32_above(pad: float) -> np.float32:
    """The least float32 that is not below the pad: rounding down would lose the row that sets it."""
    near = np.float32(pad)
    return near if float(near) >= pad else np.nextafter(near, np.float32(np.inf))
