"""The best constant answer: what is had without any model, beside which every quality reading stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from trivet.core.errors import BadData, NotApplicable
from trivet.core.gauges import PLAIN, Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.registry import find_gauge, find_goal
from trivet.core.rows import Rows
from trivet.core.task import Task
from trivet.core.units import show_amount


def baselines(task: Task, constant: Mapping[str, Any], rows: Rows, gauges: Iterable[str]) -> dict[str, float]:
    """{quality gauge: its value for the best constant answer on these rows}; gauges that cannot tell are left out."""
    found = {}
    for name in gauges:
        gauge = find_gauge(name)
        if gauge.family != "quality":
            continue
        trials = constant_trials(gauge, task, constant, rows)
        values = [value for trial in trials if (value := value_of(gauge, trial)) is not None]
        if values:
            found[name] = max(values) if gauge.better == ">=" else min(values)
    return found


def constant_trials(gauge: Gauge, task: Task, constant: Mapping[str, Any], rows: Rows) -> list[Trial]:
    """A trial for each constant answer, which is the same to whatever else the gauge asks."""
    goal = find_goal(task.goal)
    asked = {PLAIN: rows, **gauge.questions(task, rows)}
    said = {name: goal.constant_answers(task, constant, len(some)) for name, some in asked.items()}
    each = [dict(zip(said, answers)) for answers in zip(*said.values())]
    return [Trial(task=task, rows=rows, answers=answers) for answers in each]


def value_of(gauge: Gauge, trial: Trial) -> float | None:
    """The gauge's value; None where it cannot be told, e.g. of rows of one class."""
    try:
        return gauge.measure(trial).value
    except (NotApplicable, BadData):
        return None


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
