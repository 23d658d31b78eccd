"""Fit a rising curve from score to probability, for two classes.

Helps: calibration gap where one temperature does not fit.  Costs: 0.5 kB, and log loss when the tune rows are few.
Needs: 100 tune rows with both classes.  Source: Ayer et al. 1955; Zadrozny and Elkan 2002.
"""

from typing import ClassVar

import numpy as np

from trivet.core.candidate import Sketch, Work
from trivet.core.context import Context
from trivet.core.errors import Refused
from trivet.core.passes import Pass, Size
from trivet.core.routes import Route
from trivet.core.task import Task
from trivet.core.value import value
from trivet.kit.conformal.calibrate import isotonic_knots
from trivet.kit.scores import scores_of
from trivet.runtime.part import Part

LEAST_ROWS = 100  # fewer rows make steps that are noise


@value
class FitIsotonic(Pass):
    """Probabilities stay within [1/2n, 1 - 1/2n] for n tune rows: a curve that says "never" makes log loss infinite."""

    reads: ClassVar[tuple[str, ...]] = ("tune",)
    helps: ClassVar[tuple[str, ...]] = ("calibration-gap", "brier")
    costs: ClassVar[tuple[str, ...]] = ("log-loss", "auroc", "size")

    @classmethod
    def offers(cls, task: Task, size: Size) -> tuple[Route, ...]:
        """A curve behind trees, which a search tries."""
        if task.link != "sigmoid":
            return ()
        steps = ("fit-trees", cls.pass_name())
        return (Route(name="isotonic-trees", steps=steps, vary=("fit-trees",), is_starter=False),)

    def check(self, sketch: Sketch) -> Sketch:
        sketch.expect(link=("sigmoid", "softmax"), has=("reader", "body"), for_=self)
        if sketch.task.n_scores != 1:
            found = f"a task with {len(sketch.task.classes)} classes; a curve fits two"
            raise Refused(self.name, found, do="use fit-temperature")
        return sketch.without("guard").with_kind(scale="isotonic")

    def run(self, work: Work, ctx: Context) -> Work:
        rows = work.data.tune
        counted = rows if rows.weight is None else rows.take(rows.weight > 0)
        counted.at_least(LEAST_ROWS, for_=self.name)
        x, y = isotonic_knots(scores_of(work.candidate, counted)[:, 0], counted.truth, counted.weight)
        ctx.say.note(f"{len(x)} knots; probabilities from {y[0]:.3g} to {y[-1]:.3g}")
        arrays = {"x": x.astype(np.float32), "y": y.astype(np.float32)}
        return work.without("guard").with_(scale=Part(kind="isotonic", arrays=arrays))

    def units(self, size: Size) -> float:
        return 0.01 + 1.2e-7 * size.rows * (size.columns + 5)  # as fit-temperature
