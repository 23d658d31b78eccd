"""The floors from which classes enter a set: from sets of all classes to sets of one."""

from collections.abc import Sequence

import numpy as np

from trivet.core.candidate import Candidate
from trivet.core.gauges import Trial
from trivet.core.limits import Limit
from trivet.runtime.batch import Answers
from trivet.runtime.part import Array, Part

from .control import proven_floor
from .dial import MOST_RUNGS, Dial, steps_of, weighted_mean

# The floor is the probability of a row, and a tree says the same of many rows.  ONNX Runtime and numpy differ in the
# last bit, which would put all of them in or out.
SLACK = 1e-6


class SetFloors(Dial):
    """A setting is (classes,) float32, the `floor` of a part `conformal-set`."""

    gives = ("sets",)
    serves = (("coverage", ">="), ("worst-class-coverage", ">="))

    @classmethod
    def fits(cls, candidate: Candidate) -> bool:
        return "guard" in candidate.parts and candidate.parts["guard"].kind == "conformal-set"

    def __init__(self, candidate: Candidate, limits: Sequence[Limit]) -> None:
        super().__init__(candidate, limits)
        self.part, self.n_classes = candidate.parts["guard"], len(candidate.task.classes)
        is_asked = any(limit.base == "worst-class-coverage" for limit in limits)
        self.per_class = is_asked or len(np.unique(self.part.arrays["floor"])) > 1

    @property
    def is_one_floor(self) -> bool:
        return not self.per_class

    def proven(self, trial: Trial, coverage: float, alpha: float) -> Array | None:
        floor = proven_floor(missed_above(trial), coverage, alpha)
        return None if floor is None else self.everywhere(floor)

    def everywhere(self, floor: float) -> Array:
        """The same floor for each class, a little lower: rows that stand on it are in."""
        return np.full(self.n_classes, min(max(floor - SLACK, 0.0), 1.0), np.float32)

    def rungs(self, trial: Trial) -> list[Array]:
        """Floors by which ever more rows are missed: of all classes alike, or the same share of each class."""
        missed = missed_above(trial)
        if not self.per_class:
            return [self.everywhere(floor) for floor in (0.0, *steps_of(missed), 1.0)]
        truth = np.asarray(trial.truth, np.int64)
        own = [np.sort(missed[truth == at]) if (truth == at).any() else np.sort(missed) for at in range(self.n_classes)]
        found = [self.everywhere(0.0)]
        for share in np.linspace(0, 1, MOST_RUNGS + 1)[1:-1]:
            floors = np.array([ranked[int(share * len(ranked))] for ranked in own])
            rung = np.clip(floors - SLACK, 0, 1).astype(np.float32)
            if (rung != found[-1]).any():
                found.append(rung)
        return found

    def said(self, trial: Trial, setting: Array) -> Answers:
        probabilities = trial.plain["probabilities"]
        sets = probabilities >= setting
        sets[np.arange(len(sets)), probabilities.argmax(axis=1)] = True
        return Answers({**trial.plain, "sets": sets})

    def use(self, trial: Trial) -> float:
        """Small sets."""
        return -weighted_mean(trial.plain["sets"].sum(axis=1).astype(np.float64), trial)

    def parts(self, setting: Array) -> dict[str, Part]:
        return {"guard": Part(kind="conformal-set", config=self.part.config, arrays={"floor": setting})}


def missed_above(trial: Trial) -> Array:
    """(rows,) the floor above which the row's true class is not in its set: its probability.

    inf where it is the most probable class, which always is in the set.
    """
    probabilities, truth = trial.plain["probabilities"], np.asarray(trial.truth, np.int64)
    true = probabilities[np.arange(len(truth)), truth].astype(np.float64)
    return np.where(probabilities.argmax(axis=1) == truth, np.inf, true)
