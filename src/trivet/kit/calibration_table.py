"""What was said against what came true, for the report's plot."""

from typing import Any

import numpy as np

from trivet.runtime.batch import Answers
from trivet.runtime.part import Array


def calibration_table(answers: Answers, truth: Array, bins: int = 10) -> dict[str, Any]:
    """Said and came-true shares per bin of confidence, for the plot; empty for regression."""
    if answers.probabilities is None or answers.chosen is None:
        return {}
    said = answers.probabilities[:, 1] if answers.probabilities.shape[1] == 2 else answers.probabilities.max(axis=1)
    came = truth == 1 if answers.probabilities.shape[1] == 2 else truth == answers.probabilities.argmax(axis=1)
    order = np.argsort(said, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return {
        "said": [round(float(said[part].mean()), 6) for part in parts],
        "came": [round(float(came[part].mean()), 6) for part in parts],
        "count": [len(part) for part in parts],
    }
