"""The limits that `init` offers, and what a constant answer reaches without any model."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trivet.core.rows import Rows
    from trivet.core.task import Task

_OF_ANY_TASK = ("size <= 200 kB", "p99-latency <= 1 ms", "coverage >= 0.9")


def constant_answer(rows: "Rows", task: "Task") -> dict[str, Any]:
    """The best constant answer, and by the names of gauges what it reaches on these rows; weights count."""
    from trivet.core.registry import find_goal
    from trivet.kit.constant import baselines

    goal = find_goal(task.goal)
    constant = goal.constant(task, rows)
    reached = baselines(task, constant, rows, goal.gauges(task))
    numbers = {gauge: float(f"{number:.6g}") for gauge, number in reached.items()}
    return {"answer": goal.constant_word(task, constant), **numbers}


def starting_limits(task: "Task", constant: dict[str, Any]) -> tuple[str, ...]:
    """Texts of limits to start from; none on quality is kept by the constant answer."""
    from trivet.core.registry import find_goal

    return find_goal(task.goal).starting_limit(task, constant), *_OF_ANY_TASK


def constant_comment(gauge: str, constant: dict[str, Any]) -> str:
    """What the constant answer reaches, as a comment beside a limit of this gauge; "" where it says nothing."""
    if gauge not in constant:
        return ""
    if gauge == "r2":
        return f"always the mean, {constant['answer']:.4g}, gives r2 {abs(constant['r2']):.2g}"
    always = f"always {constant['answer']!r} gives {gauge} {constant[gauge]:.3g}"
    return always if gauge == "accuracy" else f"{always}, accuracy {constant['accuracy']:.3g}"
