"""The limits that `init` offers, and what a constant answer reaches without any model."""

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trivet.core.rows import Rows
    from trivet.core.task import Task

_OF_ANY_TASK = ("size <= 200 kB", "p99-latency <= 1 ms", "coverage >= 0.9")
_GAUGES = {
    "binary": ("auroc", "accuracy", "balanced-accuracy"),
    "classes": ("accuracy", "balanced-accuracy"),
    "regress": ("r2", "mae"),
}
_LOPSIDED = 0.9  # share of one class, from which on accuracy says too little to be limited


def constant_answer(rows: "Rows", task: "Task") -> dict[str, Any]:
    """The best constant answer, and by the names of gauges what it reaches on these rows; weights count."""
    from trivet.kit.constant import baselines, constant_of

    constant = constant_of(task, rows)
    gauges = _GAUGES["regress" if task.goal == "regress" else "binary" if len(task.classes) == 2 else "classes"]
    reached = baselines(task, constant, rows.answer, rows.weight, gauges)
    shares = constant.get("probabilities")
    answer = constant["mean"] if shares is None else task.classes[shares.index(max(shares))]
    return {"answer": answer, **{gauge: float(f"{number:.6g}") for gauge, number in reached.items()}}


def starting_limits(task: "Task", constant: dict[str, Any]) -> tuple[str, ...]:
    """Texts of limits to start from; none on quality is kept by the constant answer."""
    return quality_limit(task, constant), *_OF_ANY_TASK


def quality_limit(task: "Task", constant: dict[str, Any]) -> str:
    if task.goal == "regress":
        return "r2 >= 0.5"
    if len(task.classes) == 2:
        return "auroc >= 0.80"
    majority = constant["accuracy"]
    if majority >= _LOPSIDED:
        return "balanced-accuracy >= 0.70"
    halfway = math.ceil(50 * (1 + majority) - 1e-9) / 100  # half of what the constant answer gets wrong, rounded up
    return f"accuracy >= {max(0.70, halfway):.2f}"


def said_of(gauge: str, constant: dict[str, Any]) -> str:
    """What the constant answer reaches, as a comment beside a limit of this gauge; "" where it says nothing."""
    if gauge not in constant:
        return ""
    if gauge == "r2":
        return f"always the mean, {constant['answer']:.4g}, gives r2 {abs(constant['r2']):.2g}"
    always = f"always {constant['answer']!r} gives {gauge} {constant[gauge]:.3g}"
    return always if gauge == "accuracy" else f"{always}, accuracy {constant['accuracy']:.3g}"
