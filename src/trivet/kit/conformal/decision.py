"""When a class is answered, and when nothing is: the weight of one class, and the least probability of an answer."""

from collections.abc import Sequence
from itertools import product

import numpy as np

from trivet.core.candidate import Candidate
from trivet.core.gauges import Trial
from trivet.core.limits import Limit
from trivet.core.registry import find_gauge
from trivet.core.value import value
from trivet.runtime.batch import Answers
from trivet.runtime.part import Array, Part

from .dial import Dial, cuts_between, weighted_mean

MOST_CUTS = 100  # along one side
MOST_OF_BOTH = 15  # along each of two sides
_FURTHEST = 14.0  # in log odds: weights stay within float32, far from both ends
OF_A_CLASS, OF_UNSURE = ("false-negatives", "false-alarms"), ("accuracy-when-answered", "answered-share")


@value
class Rule:
    """cut: log odds of the class from which it is answered; None leaves the weights.  floor: least probability."""

    cut: float | None = None
    floor: float | None = None


class Decision(Dial):
    """A setting is a `Rule`: the weights of a part `labels`, and the floor of a part `abstain`."""

    gives = ("chosen", "answered", "answer")
    serves = (
        ("false-negatives", "<="), ("false-alarms", "<="), ("accuracy-when-answered", ">="), ("answered-share", ">="),
    )  # fmt: skip

    @classmethod
    def fits(cls, candidate: Candidate) -> bool:
        return "decoder" in candidate.parts and candidate.parts["decoder"].kind == "labels"

    def __init__(self, candidate: Candidate, limits: Sequence[Limit]) -> None:
        super().__init__(candidate, limits)
        self.labels, self.abstain = candidate.parts["decoder"], candidate.parts.get("abstain")
        gauges = [find_gauge(limit.gauge) for limit in limits if limit.base in OF_A_CLASS]
        # One class alone can have its weight set; limits on others are tested with every rule all the same.
        self.positive = positive_in(candidate.task.classes, gauges[0]) if gauges else None
        self.withholds = self.abstain is not None and any(limit.base in OF_UNSURE for limit in limits)

    def rungs(self, trial: Trial) -> list[Rule]:
        """Rules between the rows of the trial, in a grid where both sides can be set."""
        both = self.positive is not None and self.withholds
        most = MOST_OF_BOTH if both else MOST_CUTS
        cuts: list[float | None] = [None]
        floors: list[float | None] = [None]
        if self.positive is not None:
            odds = self.log_odds(trial.plain["probabilities"])
            cuts = [odds.min() - 1, *cuts_between(odds, most), odds.max() + 1]
        if self.withholds:
            floors = [0.0, *cuts_between(confidence(trial.plain), most)]
        return [Rule(cut=cut, floor=floor) for cut, floor in product(cuts, floors)]

    def log_odds(self, probabilities: Array) -> Array:
        """(rows,) log of the class's probability over the largest weighed one of the others, cut off far out."""
        weighed = probabilities.astype(np.float64) * self.labels.arrays["weights"]
        weighed[:, self.positive] = 0
        rest = np.maximum(weighed.max(axis=1), 1e-30)
        own = np.maximum(probabilities[:, self.positive].astype(np.float64), 1e-30)
        return np.clip(np.log(own) - np.log(rest), -_FURTHEST, _FURTHEST)

    def weights(self, rule: Rule) -> Array:
        """(classes,) float32 weights by which the class is answered from the cut on."""
        found = self.labels.arrays["weights"].astype(np.float64)
        if rule.cut is not None:
            found[self.positive] = np.exp(-rule.cut)
        return (found / found.max()).astype(np.float32)

    def said(self, trial: Trial, setting: Rule) -> Answers:
        probabilities = trial.plain["probabilities"]
        chosen = (probabilities * self.weights(setting)).argmax(axis=1)
        found = Answers({**trial.plain, "chosen": chosen})
        floors = self.floors(setting)
        if floors is None:
            return found
        answered = probabilities[np.arange(len(chosen)), chosen] >= floors[chosen]
        return Answers({**found, "answered": answered, "answer": np.where(answered, chosen, -1)})

    def floors(self, rule: Rule) -> Array | None:
        """(classes,) float32; None where the model answers every row."""
        if self.abstain is None:
            return None
        old = self.abstain.arrays["floor"]
        return old if rule.floor is None else np.full(len(old), rule.floor, np.float32)

    def use(self, trial: Trial) -> float:
        """Rows that are answered, and right."""
        right = trial.plain["chosen"] == trial.truth
        return weighted_mean((right & answered_rows(trial.plain)).astype(np.float64), trial)

    def parts(self, setting: Rule) -> dict[str, Part]:
        found: dict[str, Part] = {}
        if setting.cut is not None:
            arrays = {**self.labels.arrays, "weights": self.weights(setting)}
            found["decoder"] = Part(kind="labels", config=self.labels.config, arrays=arrays)
        if setting.floor is not None and self.abstain is not None:
            arrays = {"floor": np.full(len(self.candidate.task.classes), setting.floor, np.float32)}
            found["abstain"] = Part(kind="abstain", config=self.abstain.config, arrays=arrays)
        return found


def positive_in(classes: Sequence[str], gauge: object) -> int:
    """Which class the gauge is about: the one it names, else the second of two."""
    named = str(getattr(gauge, "positive", ""))
    return classes.index(named) if named in classes else 1


def answered_rows(answers: Answers) -> Array:
    """(rows,) bool; every row of a model that withholds nothing."""
    return answers["answered"] if "answered" in answers else np.ones(len(answers["chosen"]), bool)


def confidence(answers: Answers) -> Array:
    """(rows,) the probability of the class that was chosen."""
    chosen = answers["chosen"]
    found: Array = answers["probabilities"][np.arange(len(chosen)), chosen].astype(np.float64)
    return found
