"""Tables: rows of numbers, categories, dates and yes-or-no columns, one answer per row."""

from collections.abc import Sequence

import numpy as np

from trivet.core.domains import Domain, Route
from trivet.core.task import Field, Task

SAMPLE_ROWS = 200
FIXED = ("fit-vote", "fit-temperature", "fit-isotonic")  # steps that a search leaves as they are


class Table(Domain):
    """Takes every task that has a column which is not free text, and leaves the texts unread."""

    reads_text = False

    def recognises(self, inputs: Sequence[Field]) -> int:
        return int(any(field.type != "text" for field in inputs))

    def routes(self, task: Task, rows: int) -> tuple[Route, ...]:
        """Quick learners first, so that hopeless limits show early; then the strong, then what only a search tries."""
        end = ("fit-temperature",) if task.goal == "classify" else ()
        starters = {
            "linear": ("fit-linear", "emit-linear"),
            "trees": ("fit-trees", "emit-trees"),
            "glass-box": ("fit-glass-box", "emit-glass-box"),
            "net": ("fit-net", "emit-net"),
            "vote": ("fit-vote", "emit-trees", "emit-linear", "emit-net", "emit-glass-box"),
            "taught-trees": ("fit-vote", "distil(into=trees, trees=120, leaves=16)", "emit-trees"),
            "pruned-trees": (
                "fit-trees(trees=400, leaves=31, rate=0.05)", "emit-trees", "prune-trees", "round-trees",
            ),
        }  # fmt: skip
        if task.goal == "regress":
            starters["quantile-trees"] = ("fit-trees(coverage=0.9)", "emit-trees")
        known = tuple(route(name, (*steps, *end)) for name, steps in starters.items())
        return known + searched(task)

    def sample(self) -> tuple[list[dict[str, object]], str]:
        """Made-up loans: the larger for the income, the likelier late; some incomes and regions are missing."""
        rng = np.random.default_rng(7)
        income = np.round(rng.lognormal(3.4, 0.4, SAMPLE_ROWS), 1)
        amount = np.round(rng.lognormal(2.0, 0.6, SAMPLE_ROWS), 1)
        region = rng.choice(["north", "south", "east"], SAMPLE_ROWS)
        owner = rng.random(SAMPLE_ROWS) < 0.5
        risk = 6 * amount / income + (region == "south") - owner + rng.normal(0, 0.5, SAMPLE_ROWS)
        late = risk > np.quantile(risk, 0.6)
        unknown = rng.random((2, SAMPLE_ROWS)) < 0.08
        rows: list[dict[str, object]] = [
            {
                "income": None if unknown[0, i] else float(income[i]),
                "amount": float(amount[i]),
                "region": None if unknown[1, i] else str(region[i]),
                "owner": bool(owner[i]),
                "late": "yes" if late[i] else "no",
            }
            for i in range(SAMPLE_ROWS)
        ]
        return rows, "late"


def route(name: str, steps: Sequence[str], *, is_starter: bool = True) -> Route:
    """The route after the reader; a search varies its learners and shrinkers, not what merely lowers them."""
    names = [step.partition("(")[0] for step in steps]
    vary = tuple(name for name in names if name not in FIXED and not name.startswith("emit-"))
    return Route(name=name, steps=("prepare-table", *steps), is_starter=is_starter, vary=vary)


def searched(task: Task) -> tuple[Route, ...]:
    """Routes that only a search tries: what they add pays on some tables."""
    end = ("fit-temperature",) if task.goal == "classify" else ()
    lines = {
        "taught-tree": ("fit-vote", "distil(into=tree)", *end),
        "taught-line": ("fit-vote", "distil(into=linear)", "emit-linear", *end),
        "taught-net": ("fit-vote", "distil(into=net)", "emit-net", *end),
        "taught-pruned-trees": (
            "fit-vote", "distil(into=trees, trees=250, leaves=31)", "emit-trees", "prune-trees", "round-trees", *end,
        ),
    }  # fmt: skip
    if task.link == "sigmoid":
        lines["isotonic-trees"] = ("fit-trees", "emit-trees", "fit-isotonic")
    return tuple(route(name, steps, is_starter=False) for name, steps in lines.items())
