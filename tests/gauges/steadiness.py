"""Steadiness: the share of rows whose answered class stays the same when noise is added to the numbers of the row.

Better: higher.  Interval: Clopper-Pearson, exact.  Parameters: noise, in standard deviations of each column.
Source: made for tests.
"""

from dataclasses import replace

import numpy as np

from trivet.core.gauges import Gauge
from trivet.core.value import value
from trivet.kit.stats.intervals import share_estimate
from trivet.kit.stats.trials import answer, expect_answers, rows_of, weights_of


@value
class Steadiness(Gauge):
    """1 for answers that noise does not move."""

    least, most = 0.0, 1.0
    examples = ("steadiness(noise=3.0)",)

    noise: float = 0.1

    def applies(self, sketch):
        expect_answers(sketch, "chosen", for_=self)

    def asks(self, task, rows, rng):
        numbers = [field.name for field in task.inputs if field.type == "number"]
        noisy = {name: rows.columns[name] + self.noise * np.nanstd(rows.columns[name]) * rng.normal(size=len(rows))
                 for name in numbers if len(rows)}  # fmt: skip
        return {"noisy": replace(rows, columns={**rows.columns, **noisy})}

    def measure(self, trial, *, sure=0.95):
        truth, before = rows_of(trial, "chosen", for_=self)
        after = answer(trial, "chosen", for_=self, to="noisy")
        same = before == (after if trial.weight is None else after[trial.weight > 0])
        return share_estimate(same, weights_of(trial), sure).reading(self, n=len(truth), sure=sure)
