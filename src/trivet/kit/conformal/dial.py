"""What a dial is: a setting of a finished model that decides which limits it keeps.

A dial is turned on answers, not on the model: what the model would say with another floor, pad or threshold follows
from what it says now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from trivet.core.candidate import Candidate
from trivet.core.gauges import PLAIN, Trial
from trivet.core.limits import Limit
from trivet.kit.stats.trials import equal_or_given
from trivet.runtime.batch import Answers
from trivet.runtime.part import Array, Part

MOST_RUNGS = 200

Setting = Any
"""What a dial can be set to: a number, an array, a pair; the dial alone knows."""


class Dial:
    """Base of every dial.  gives: the answers that depend on it.  serves: (gauge, side) of its limits."""

    gives: ClassVar[tuple[str, ...]]
    serves: ClassVar[tuple[tuple[str, str], ...]]

    @classmethod
    def fits(cls, candidate: Candidate) -> bool:
        """Whether the candidate has the parts that this dial sets."""
        raise NotImplementedError

    def __init__(self, candidate: Candidate, limits: Sequence[Limit]) -> None:
        self.candidate, self.limits = candidate, tuple(limits)

    def rungs(self, trial: Trial) -> Sequence[Setting]:
        """The settings worth a try, by the rows of this trial, which are not those that will test them."""
        raise NotImplementedError

    def said(self, trial: Trial, setting: Setting) -> Answers:
        """What the model would say on the rows of the trial with another setting."""
        raise NotImplementedError

    def use(self, trial: Trial) -> float:
        """How useful the answers of a trial are; more is better."""
        raise NotImplementedError

    def parts(self, setting: Setting) -> Mapping[str, Part]:
        """The parts with this setting."""
        raise NotImplementedError

    @property
    def is_one_floor(self) -> bool:
        """Whether one number decides which rows are missed, so that `proven` can say how far it may go."""
        return False

    def proven(self, trial: Trial, coverage: float, alpha: float) -> Setting | None:
        """The most useful setting with which this coverage is proven, on independent rows that count alike."""
        raise NotImplementedError

    def turned(self, trial: Trial, setting: Setting) -> Trial:
        """The trial as it would be with another setting."""
        return replace(trial, answers={**trial.answers, PLAIN: self.said(trial, setting)})


def steps_of(numbers: Array, most: int = MOST_RUNGS) -> Array:
    """At most so many of the different finite numbers, ascending, evenly spread by their ranks."""
    found = np.unique(numbers[np.isfinite(numbers)])
    if len(found) <= most:
        return found
    return found[np.unique(np.linspace(0, len(found) - 1, most).round().astype(int))]


def cuts_between(numbers: Array, most: int = MOST_RUNGS) -> Array:
    """At most so many cuts, ascending, each halfway between two neighbours: no number stands on a cut."""
    found = np.unique(numbers[np.isfinite(numbers)])
    return steps_of((found[:-1] + found[1:]) / 2, most)


def weighted_mean(numbers: Array, trial: Trial) -> float:
    """The mean over the rows of the trial, by their weights; 0 where none has weight."""
    weight = equal_or_given(trial.weight, len(numbers))
    return float(weight @ numbers / weight.sum()) if weight.sum() > 0 else 0.0
