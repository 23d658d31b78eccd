"""Mean absolute error when every number of the inputs is disturbed, in the unit of the answer.

Better: lower.  Interval: Student with a correction for skewness.
Parameters: strength, standard deviations of the noise in those of the number.
Source: Hendrycks and Dietterich 2019, arXiv 1903.12261 (errors under corruption).
"""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.fieldtypes import holds_words
from trivet.core.gauges import Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.rows import Rows
from trivet.core.task import Task
from trivet.core.value import value
from trivet.kit.stats.intervals import mean_estimate
from trivet.kit.stats.trials import expect_answers, weights_of
from trivet.runtime.part import Array

NOISY = "noisy"


@value
class MaeUnderNoise(Gauge):
    """0 for answers that are faultless and do not mind the noise."""

    better = "<="
    family = "robustness"
    least = 0.0
    examples = ("mae-under-noise(strength=0.2)",)

    strength: float = 0.1

    def applies(self, sketch: Sketch) -> None:
        """Answers that are numbers."""
        expect_answers(sketch, "values", for_=self)

    def asks(self, task: Task, rows: Rows, rng: np.random.Generator) -> Mapping[str, Rows]:
        """The same rows with noise on every number."""
        columns = dict(rows.columns)
        for field in rows.fields:
            if field.type in ("number", "sequence") and not holds_words(field):
                columns[field.name] = disturbed(columns[field.name], self.strength, rng)
        return {NOISY: replace(rows, columns=columns)}

    def measure(self, trial: Trial, *, sure: float = 0.95) -> Reading:
        said = np.asarray(trial.answers[NOISY]["values"], np.float64)
        counted = slice(None) if trial.weight is None else trial.weight > 0
        errors = np.abs(said - trial.truth)[counted]
        estimate = mean_estimate(errors, weights_of(trial), sure, least=0.0, most=math.inf)
        return estimate.reading(self, n=len(errors), sure=sure)


def disturbed(column: Array, strength: float, rng: np.random.Generator) -> Array:
    """The column with normal noise, in its own standard deviations; what is missing stays so."""
    spread = float(np.nanstd(column)) if len(column) else 0.0
    return column + strength * spread * rng.normal(size=column.shape)
