"""What an explainer is: it says how much each column moved the score of a row."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from trivet.runtime.kinds.body import Body
from trivet.runtime.part import Array
from trivet.runtime.specialist import Specialist
from trivet.runtime.stages import NUMBERS, BodyStep

from .text_form import kebab
from .value import value

_UNITS = {
    "identity": "{answer}",
    "sigmoid": "log-odds of {second}",
    "softmax": "score of each class, before the softmax",
}


@value
class Explanation:
    """Contributions to the scores of some rows.

    explainer: who made it.  unit: of scores and contributions.  outputs: one name per score.
    base: (scores,) float64, what a row without any contribution has.  terms: names, e.g. "age" or "age x ward".
    contributions: (rows, terms, scores) float64.  scores: (rows, scores) float64, as the body gives them.
    is_exact: whether base + the sum of the contributions is the score, but for rounding.
    """

    explainer: str
    unit: str
    outputs: tuple[str, ...]
    base: Array
    terms: tuple[str, ...]
    contributions: Array
    scores: Array
    is_exact: bool = True

    def __len__(self) -> int:
        return len(self.scores)

    def as_json(self) -> dict[str, Any]:
        """JSON values with stable keys; terms in the order of the model."""
        return {
            "explainer": self.explainer,
            "unit": self.unit,
            "outputs": list(self.outputs),
            "is_exact": self.is_exact,
            "base": self.base.tolist(),
            "terms": list(self.terms),
            "rows": [
                {"scores": scores.tolist(), "contributions": moved.tolist()}
                for scores, moved in zip(self.scores, self.contributions)
            ],
        }

    def strongest(self, row: int, most: int) -> list[tuple[str, Array]]:
        """(term, its contribution to each score) of the terms that move the row most, strongest first."""
        size = np.abs(self.contributions[row]).max(axis=1)
        return [(self.terms[at], self.contributions[row, at]) for at in np.argsort(-size, kind="stable")[:most]]


class Explainer:
    """Base of every explainer: `explainers/linear.py` holds `Linear`, called `linear`."""

    @classmethod
    def explainer_name(cls) -> str:
        """The name in the registry."""
        return kebab(cls.__name__)

    @property
    def name(self) -> str:
        """The name in the registry."""
        return self.explainer_name()

    def explains(self, specialist: Specialist) -> int:
        """How well it suits the model: 0 = not at all, 100 = exactly; the highest number takes it.  Cheap."""
        raise NotImplementedError

    def explain(self, specialist: Specialist, rows: Any) -> Explanation:
        """The contributions, for rows in any form that `predict` takes.  May rely on `explains` being above 0."""
        raise NotImplementedError


def body_of(specialist: Specialist) -> Body | None:
    """The body, where it works on the reader's own numbers; None where something else comes between."""
    for stage in specialist.program.stages:
        if stage.slot == "body" and isinstance(stage.step, BodyStep):
            return stage.step.body if stage.reads[NUMBERS] == NUMBERS else None
    return None


def unit_of(task: Mapping[str, Any]) -> str:
    """What the scores of a body are measured in, e.g. "log-odds of 'yes'"; before any calibration."""
    classes = [repr(name) for name in task.get("details", {}).get("classes", ())]
    answer = str(task.get("answer", ["the answer"])[0])
    second = classes[1] if len(classes) > 1 else "the second class"
    return _UNITS.get(str(task.get("link", "")), "score").format(answer=answer, second=second)


def outputs_of(task: Mapping[str, Any], n_scores: int) -> tuple[str, ...]:
    """One name per score: the classes where each has one, else the answer, or its second class."""
    classes = [str(name) for name in task.get("details", {}).get("classes", ())]
    if len(classes) == n_scores:
        return tuple(classes)
    answer = str(task.get("answer", ["answer"])[0])
    if n_scores == 1:
        return (classes[1] if len(classes) == 2 else answer,)
    return tuple(f"{answer} {at + 1}" for at in range(n_scores))
