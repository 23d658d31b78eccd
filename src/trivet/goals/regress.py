"""Regress: a number for each row, e.g. a price or a temperature."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from trivet.core.errors import BadData
from trivet.core.goals import NO_ANSWER, Goal, Reasons, Seen
from trivet.core.rows import Rows
from trivet.core.task import Task
from trivet.runtime.batch import Answers
from trivet.runtime.part import Array, Part
from trivet.runtime.ports import Port


class Regress(Goal):
    """Numbers that measure something."""

    def suits(self, seen: Seen) -> int:
        return 1 if seen.field.type == "number" else 0

    def refuse(self, seen: Seen) -> None:
        if seen.field.type != "number":
            raise BadData(
                "answer-type",
                wanted="an answer that one can regress",
                found=f"column {seen.field.name!r} of the type {seen.field.type}",
                do="regress needs numbers, classify needs words or few numbers; a date can be turned into days first",
            )

    def about(self, seen: Seen) -> dict[str, Any]:
        return {"link": "identity", "n_scores": 1}

    def truth(self, task: Task, seen: Seen) -> tuple[Array, Reasons]:
        if seen.values is None:
            raise ValueError("numbers were promised")
        return seen.values, [(NO_ANSWER, np.isnan(seen.values))]

    def strata(self, truth: Array) -> Array:
        """The decile; fewer when values are tied."""
        edges = np.unique(np.quantile(truth, np.arange(1, 10) / 10))
        return np.unique(np.searchsorted(edges, truth, side="left"), return_inverse=True)[1]

    def answers(self, task: Task) -> Mapping[str, Port]:
        return {"values": Port("float32")}

    def guarded(self, task: Task) -> Mapping[str, Port]:
        return {"low": Port("float32"), "high": Port("float32")}

    def decoder(self, task: Task) -> Part:
        return Part(kind="value")

    def columns(self, task: Task, answers: Answers) -> dict[str, list[Any]]:
        """The value, and the interval where there is a guard."""
        ends = {name: answers[name].tolist() for name in ("low", "high") if name in answers}
        return {task.answer.name: answers["values"].tolist(), **ends}

    def main_gauge(self, task: Task) -> str:
        return "r2"

    def gauges(self, task: Task) -> tuple[str, ...]:
        return ("r2", "mae")

    def starting_limit(self, task: Task, constant: Mapping[str, Any]) -> str:
        return "r2 >= 0.5"

    def constant(self, task: Task, rows: Rows) -> dict[str, Any]:
        """The mean and the median: least squared and least absolute error (Gneiting 2011)."""
        weight = rows.weights()
        mean, median = np.average(rows.truth, weights=weight), weighted_median(rows.truth, weight)
        return {"mean": float(f"{mean:.6g}"), "median": float(f"{median:.6g}")}

    def constant_answers(self, task: Task, constant: Mapping[str, Any], n_rows: int) -> tuple[Answers, ...]:
        values = dict.fromkeys((constant["mean"], constant["median"]))
        return tuple(Answers(values=np.full(n_rows, value, np.float32)) for value in values)

    def constant_word(self, task: Task, constant: Mapping[str, Any]) -> Any:
        return constant["mean"]

    def sentence(self, task: Task) -> str:
        return f"answers the number {task.answer.name!r}"

    def documents(self, task: Task) -> Mapping[str, str]:
        return {"verb": "predicts", "guarded": "intervals", "width": "interval-width"}


def weighted_median(values: Array, weight: Array) -> float:
    """The value that half of the weight lies at or below."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order])
    return float(values[order[np.searchsorted(reached, reached[-1] / 2)]])
