"""Fit one temperature, so that stated probabilities come true.

Helps: calibration gap, log loss and Brier score.  Costs: nothing in accuracy, one division per row.
Needs: tune rows.  Source: Guo et al. 2017, arXiv 1706.04599, section 4.2; Platt 1999, section 2.2 (smoothed answers).
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from trivet.core.candidate import Sketch, Work
from trivet.core.context import Context
from trivet.core.passes import Pass, Range, Size
from trivet.core.routes import Route
from trivet.core.task import Task
from trivet.core.value import value
from trivet.kit.conformal.calibrate import best_temperature, best_temperature_and_bias, smooth_targets
from trivet.kit.scores import scores_of
from trivet.runtime.part import Array, Part

_LINKS = ("sigmoid", "softmax")
LEAST_ROWS = 10  # fewer rows hardly say whether a body is too sure


@value
class FitTemperature(Pass):
    """bias: also shift each score; helps where classes are weighted unlike in the tune rows.

    No answer is surer than n tune rows can tell from always: 1 - 1 / 2n, and 0.99 for fewer than 50 rows; the other
    classes share what is left, each at least its even part.  Ranks stay; a surer answer that turns out wrong would cost
    without bound, and no bound on the log loss could then be proven.
    """

    reads: ClassVar[tuple[str, ...]] = ("tune",)
    helps: ClassVar[tuple[str, ...]] = ("calibration-gap", "log-loss", "brier")

    bias: bool = False

    @classmethod
    def finishes(cls, task: Task) -> Route | None:
        """Every route to probabilities that has no scale yet."""
        return Route(name="temperature", steps=(cls.pass_name(),)) if task.link in _LINKS else None

    def check(self, sketch: Sketch) -> Sketch:
        sketch.expect(link=_LINKS, has=("reader", "body"), for_=self)
        return sketch.without("guard").with_kind(scale="temperature")

    def run(self, work: Work, ctx: Context) -> Work:
        rows = work.data.tune.at_least(1, for_=self.name)
        scores = scores_of(work.candidate, rows)
        targets = smooth_targets(rows.truth, len(work.candidate.task.classes))
        if len(rows) >= LEAST_ROWS:
            temperature, bias = self.temperature_and_bias(scores, targets, rows.weight)
            ctx.say.note(
                f"temperature {temperature:.2f}: the body was {'over' if temperature > 1 else 'under'}confident"
            )
        else:
            temperature, bias = 1.0, np.zeros(scores.shape[1])
            ctx.say.note(f"temperature 1: {len(rows)} tune rows do not tell, {LEAST_ROWS} would")
        floor = least_probability(len(rows), len(work.candidate.task.classes))
        arrays = {
            "temperature": np.array([temperature], np.float32),
            "bias": bias.astype(np.float32),
            "floor": np.array([floor], np.float32),
        }
        return work.without("guard").with_(scale=Part(kind="temperature", arrays=arrays))

    def temperature_and_bias(self, scores: Array, targets: Array, weight: Array | None) -> tuple[float, Array]:
        """(temperature, bias (k,)); the bias is 0 where none is asked for."""
        if self.bias:
            return best_temperature_and_bias(scores, targets, weight)
        return best_temperature(scores, targets, weight), np.zeros(scores.shape[1])

    def ranges(self) -> Mapping[str, Range]:
        return {"bias": Range(among=(False, True))}

    def units(self, size: Size) -> float:
        return 0.01 + 1.2e-7 * size.rows * (size.columns + 5 * size.scores)  # 0.04 s on 12,500 x 14 (2026-11)


def least_probability(rows: int, classes: int) -> float:
    """Of each class: an even part of the doubt that so many rows leave about the most probable one.

    >>> least_probability(1000, 2), least_probability(10, 2), least_probability(100, 51)
    (0.0005, 0.01, 0.0001)
    """
    return min(1 / (2 * rows), 0.01) / (classes - 1)
