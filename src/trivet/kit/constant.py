"""The best constant answer: what is had without any model, beside which every quality reading stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from trivet.core.errors import BadData, NotApplicable
from trivet.core.gauges import Trial
from trivet.core.reading import Reading
from trivet.core.registry import find_gauge, find_goal
from trivet.core.task import Task
from trivet.core.units import show_amount
from trivet.runtime.part import Array


def baselines(
    task: Task, constant: Mapping[str, Any], truth: Array, weight: Array | None, gauges: Iterable[str]
) -> dict[str, float]:
    """{quality gauge: its value for the best constant answer on these rows}; gauges that cannot tell are left out.

    truth: (rows,) class index or value.  weight: (rows,) or None.
    """
    trials = [
        Trial(task=task, answers=answers, truth=truth, weight=weight)
        for answers in find_goal(task.goal).constant_answers(task, constant, len(truth))
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
    word = find_goal(task.goal).constant_word(task, constant)
    return f"always {word!r}" if isinstance(word, str) else f"always the mean {show_amount(word, '')}"
