"""Trials of made models whose answers are a function of their made rows: so that any question can be asked of them.

The rows have the role `site` (three of them), an input column `ward` of words, and a number for each score; classes are
no and yes, or a, b and c.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.gauges import PLAIN, Gauge, Samples, Trial
from trivet.core.reading import Machine
from trivet.core.rows import Rows
from trivet.core.task import Field, Task
from trivet.runtime.batch import Answers
from trivet.runtime.part import Array

from .tasks import made_task

CLASSES: Mapping[str, tuple[str, ...]] = {"binary": ("no", "yes"), "multiclass": ("a", "b", "c"), "regression": ()}
TRUST = {"perfect": 60.0, "good": 2.0, "random": 0.0}
"""How far the scores of a made model lean towards the truth."""
MADE = Machine(cpu="made", cores=2, system="none", python="3")
_WARDS = ("east", "west")


def made_trial(
    question: str,
    model: str = "good",
    rows: int = 400,
    *,
    seed: int = 0,
    weighted: bool = False,
    of: Gauge | None = None,
) -> Trial:
    """A trial of a made model: "perfect", "good", "random" or "constant".  of: whose questions are asked besides."""
    task, some = made_task_of(question), made_rows(question, model, rows, seed=seed, weighted=weighted)
    asked = {PLAIN: some, **(of.questions(task, some) if of is not None else {})}
    answers = {name: made_answers(question, one) for name, one in asked.items()}
    return Trial(task=task, rows=some, answers=answers, costs=made_costs(rows))


def made_rows(question: str, model: str, n_rows: int, *, seed: int = 0, weighted: bool = False) -> Rows:
    """Rows whose scores stand in their columns."""
    rng = np.random.default_rng(seed)
    weight = {"weight": rng.uniform(0.5, 2.0, n_rows)} if weighted else {}
    truth, scores = (made_values if question == "regression" else made_classes)(question, model, n_rows, rng)
    return Rows(
        fields=made_task_of(question).inputs,
        columns={**scores, "ward": rng.integers(0, 2, n_rows).astype(np.int32)},
        words={"ward": _WARDS},
        truth=truth,
        ids=np.arange(n_rows),
        roles={**weight, "site": rng.permutation(np.arange(n_rows) % 3) + 100},
    )


def made_classes(question: str, model: str, rows: int, rng: np.random.Generator) -> tuple[Array, dict[str, Array]]:
    n = len(CLASSES[question])
    truth = rng.permutation(np.arange(rows) % n)
    scores = np.zeros((rows, n)) if model == "constant" else rng.normal(size=(rows, n))
    scores[np.arange(rows), truth] += TRUST.get(model, 0.0)
    return truth, {f"score-{name}": scores[:, at] for at, name in enumerate(CLASSES[question])}


def made_values(question: str, model: str, rows: int, rng: np.random.Generator) -> tuple[Array, dict[str, Array]]:
    truth = rng.normal(size=rows)
    noise = {"perfect": 0.0, "good": 0.5}.get(model, 1.0) * rng.normal(size=rows)
    values = {"constant": np.zeros(rows), "random": noise}.get(model, truth + noise)
    return truth, {"value": values, "half": rng.uniform(0.5, 1.5, rows)}


def made_answers(question: str, rows: Rows) -> Answers:
    """What the made model says of any such rows."""
    columns = {name: np.asarray(column, np.float64) for name, column in rows.columns.items()}
    if question == "regression":
        value, half = columns["value"], columns["half"]
        return Answers(values=value, low=value - half, high=value + half)
    scores = np.stack([columns[f"score-{name}"] for name in CLASSES[question]], axis=1)
    odds = np.exp(scores - scores.max(axis=1, keepdims=True)) if len(scores) else scores
    shares = odds / odds.sum(axis=1, keepdims=True)
    sets = shares >= min(0.3, 0.9 / scores.shape[1])
    chosen = shares.argmax(axis=1)
    answered = shares.max(axis=1, initial=0.0) >= 0.6
    given = np.where(answered, chosen, -1)
    return Answers(
        probabilities=shares.astype(np.float32), chosen=chosen, sets=sets, answered=answered, answer=given
    )  # fmt: skip


def made_task_of(question: str) -> Task:
    """The task of the made rows."""
    classes = CLASSES[question]
    numbers = [f"score-{name}" for name in classes] or ["value", "half"]
    inputs = (*(Field(name=name, type="number") for name in numbers), Field(name="ward", type="category"))
    answer = Field(name="outcome", type="category" if classes else "number")
    goal = "classify" if classes else "regress"
    return made_task(goal, classes, answer=answer, inputs=inputs, roles={"site": "hospital"})


def sketch_of(question: str, *, guard: bool = True) -> Sketch:
    """A sketch with every slot filled, or without the guard."""
    filled = Sketch(task=made_task_of(question), kinds={}).with_kind(reader="columns", body="affine")
    if not guard:
        return filled
    return filled.with_kind(guard="made", **({"abstain": "made"} if CLASSES[question] else {}))


def made_costs(calls: int) -> dict[str, Samples]:
    """Costs of so many timed calls in 20 processes, and of five processes at most; nothing was measured in 0 calls."""
    rng = np.random.default_rng(0)
    repeats = min(calls, 5)
    return {
        "size": Samples(numbers=np.array([12_345.0]), unit="B"),
        "throughput": made_samples(rng.uniform(9e4, 1e5, repeats), "rows/s"),
        "cold-start": made_samples(rng.uniform(150, 200, repeats), "ms"),
        "memory": made_samples(rng.uniform(80e6, 81e6, repeats), "B"),
        "latency": made_samples(rng.lognormal(-2, 0.3, calls), "ms", processes=20),
    }


def made_samples(numbers: Any, unit: str, *, processes: int = 5) -> Samples:
    """What a probe would have measured in so many processes on a made machine that had nothing else to do."""
    found = np.asarray(numbers, np.float64)
    clocks = {"wall": found, "cpu": 0.9 * found, "forced": np.zeros(len(found), int)} if unit == "ms" else {}
    return Samples(numbers=found, unit=unit, where=MADE, process=np.arange(len(found)) % processes, **clocks)


def bare_rows(truth: Any, weight: Array | None = None, **roles: Array) -> Rows:
    """Rows of which nothing is known but the truth, the weight and other roles."""
    truth = np.asarray(truth)
    given = {name: array for name, array in {"weight": weight, **roles}.items() if array is not None}
    return Rows(fields=(), columns={}, words={}, truth=truth, ids=np.arange(len(truth)), roles=given)
