"""Count: how many events a row leads to, with the logarithm of their rate as the score.

Source: Nelder and Wedderburn 1972 (generalised linear models), the Poisson family.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from trivet.core.deal import strata_of
from trivet.core.errors import BadData
from trivet.core.goals import Goal, Reasons, Seen
from trivet.core.rows import Rows
from trivet.core.task import Task
from trivet.runtime.batch import Answers
from trivet.runtime.part import Array, Part
from trivet.runtime.ports import Port


class Count(Goal):
    """Whole numbers from 0.  Never taken unasked: they may as well be amounts or codes."""

    def suits(self, seen: Seen) -> int:
        return 0

    def refuse(self, seen: Seen) -> None:
        values = None if seen.values is None else seen.values[~np.isnan(seen.values)]
        if values is None or (values < 0).any() or (values != np.round(values)).any():
            raise BadData(
                "answer-type",
                wanted="whole numbers from 0, which one can count",
                found=f"column {seen.field.name!r} of the type {seen.field.type}, such as {', '.join(seen.texts[:3])}",
                do="regress other numbers, classify words",
            )

    def about(self, seen: Seen) -> dict[str, Any]:
        return {"link": "log", "n_scores": 1}

    def truth(self, task: Task, seen: Seen) -> tuple[Array, Reasons]:
        if seen.values is None:
            raise ValueError("numbers were promised")
        return seen.values, [("no answer", np.isnan(seen.values)), ("a negative count", seen.values < 0)]

    def strata(self, truth: Array) -> Array:
        return strata_of(truth)

    def answers(self, task: Task) -> Mapping[str, Port]:
        return {"values": Port("float32")}

    def stack(self, task: Task) -> tuple[str, ...]:
        return ("reader", "features", "body", "scale", "decoder")

    def decoder(self, task: Task) -> Part:
        """The rate that the scale makes of the score, in place of the score itself."""
        return Part(kind="value", reads={"scores": "rate"})

    def columns(self, task: Task, answers: Answers) -> dict[str, list[Any]]:
        return {task.answer.name: answers["values"].tolist()}

    def main_gauge(self, task: Task) -> str:
        return "mae"

    def gauges(self, task: Task) -> tuple[str, ...]:
        return ("mae", "rmse")

    def starting_limit(self, task: Task, constant: Mapping[str, Any]) -> str:
        return f"mae <= {0.8 * constant['mae']:.3g}"

    def constant(self, task: Task, rows: Rows) -> dict[str, Any]:
        return {"rate": float(f"{np.average(rows.truth, weights=rows.weights()):.6g}")}

    def constant_answers(self, task: Task, constant: Mapping[str, Any], n_rows: int) -> tuple[Answers, ...]:
        return (Answers(values=np.full(n_rows, constant["rate"], np.float32)),)

    def constant_word(self, task: Task, constant: Mapping[str, Any]) -> Any:
        return constant["rate"]

    def sentence(self, task: Task) -> str:
        return f"counts {task.answer.name!r}"

    def documents(self, task: Task) -> Mapping[str, str]:
        return {"verb": "counts", "guarded": "", "width": ""}
