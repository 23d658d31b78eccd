"""The best constant answer: what is had without any model, beside which every quality reading stands.

Source: the prior is the constant with the least log loss and Brier score, the mean the one with the least squared
error, the median the one with the least absolute error (Gneiting and Raftery 2007; Gneiting 2011).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from trivet.core.errors import BadData, NotApplicable
from trivet.core.gauges import Trial
from trivet.core.reading import Reading
from trivet.core.registry import find_gauge
from trivet.core.rows import Rows
from trivet.core.task import Task
from trivet.core.units import show_amount
from trivet.runtime.batch import Answers
from trivet.runtime.part import Array


def constant_of(task: Task, rows: Rows) -> dict[str, Any]:
    """What a constant answer says, from the rows that are fitted on, as JSON: class shares, or mean and median."""
    weight = np.ones(len(rows)) if rows.weight is None else rows.weight
    if task.goal == "classify":
        count = np.bincount(rows.answer, weight, minlength=len(task.classes))
        return {"probabilities": [float(f"{share:.6g}") for share in count / count.sum()]}
    mean, median = np.average(rows.answer, weights=weight), weighted_median(rows.answer, weight)
    return {"mean": float(f"{mean:.6g}"), "median": float(f"{median:.6g}")}


def weighted_median(values: Array, weight: Array) -> float:
    """The value that half of the weight lies at or below."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order])
    return float(values[order[np.searchsorted(reached, reached[-1] / 2)]])


def constant_answers(constant: Mapping[str, Any], n_rows: int) -> tuple[Answers, ...]:
    """Constant answers for so many rows: every class of two, the majority of more; the mean and the median."""
    if "probabilities" not in constant:
        values = dict.fromkeys((constant["mean"], constant["median"]))
        return tuple(Answers(values=np.full(n_rows, v, np.float32)) for v in values)
    shares = np.asarray(constant["probabilities"], np.float32)
    stated = np.tile(shares, (n_rows, 1))
    chosen = range(2) if len(shares) == 2 else [int(shares.argmax())]
    return tuple(Answers(probabilities=stated, chosen=np.full(n_rows, one, np.int64)) for one in chosen)


def baselines(
    task: Task, constant: Mapping[str, Any], truth: Array, weight: Array | None, gauges: Iterable[str]
) -> dict[str, float]:
    """{quality gauge: its value for the best constant answer on these rows}; gauges that cannot tell are left out.

    truth: (rows,) class index or value.  weight: (rows,) or None.
    """
    trials = [
        Trial(task=task, answers=answers, truth=truth, weight=weight)
        for answers in constant_answers(constant, len(truth))
    ]
    found = {}
    for name in gauges:
        gauge = find_gauge(name)
        if gauge.family != "quality":
            continue
        values = [value for trial in trials if (value := measured(name, trial)) is not None]
        if values:
            found[name] = max(values) if gauge.better == ">=" else min(values)
    return found


def measured(gauge: str, trial: Trial) -> float | None:
    try:
        return find_gauge(gauge).measure(trial).value
    except (NotApplicable, BadData):
        return None  # e.g. rows of one class


def with_baselines(readings: Sequence[Reading], found: Mapping[str, float]) -> tuple[Reading, ...]:
    """The readings with the constant answer's value beside each that has one, to six digits."""
    return tuple(
        replace(reading, baseline=float(f"{found[reading.gauge]:.6g}")) if reading.gauge in found else reading
        for reading in readings
    )


def constant_in_words(task: Task, constant: Mapping[str, Any]) -> str:
    """E.g. "always 'no'" or "always the mean 3.2"."""
    if "probabilities" in constant:
        shares = constant["probabilities"]
        return f"always {task.classes[shares.index(max(shares))]!r}"
    return f"always the mean {show_amount(constant['mean'], '')}"
