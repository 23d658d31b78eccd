"""Tiny pieces of work for tests: a made table with every type of column, and the passes that lead up to a pass."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np

from trivet.core.candidate import Candidate, Sketch, Work
from trivet.core.context import Context
from trivet.core.errors import TrivetError
from trivet.core.passes import Pass
from trivet.core.registry import homes, parse_step
from trivet.core.rows import Dataset, Rows
from trivet.core.task import Field, Task
from trivet.runtime.part import Array

from .tasks import made_task

Question = Literal["binary", "multiclass", "regression"]
QUESTIONS: tuple[Question, ...] = ("binary", "multiclass", "regression")

INPUTS = (
    Field(name="age", type="number"),
    Field(name="dose", type="number"),
    Field(name="smokes", type="boolean"),
    Field(name="ward", type="category"),
    Field(name="seen", type="date"),
    Field(name="remark", type="text"),
)
WARDS = ("east", "north", "south", "west")
REMARKS = ("no change", "feels better", "in pain")

LINES: tuple[tuple[str, ...], ...] = (
    (),
    ("prepare-table",),
    ("prepare-table", "fit-linear"),
    ("prepare-table", "fit-trees(trees=6, leaves=4, min_rows=5)"),
    ("prepare-table", "fit-glass-box(rounds=20, bags=1, interactions=2)"),
    ("prepare-table", "fit-net(width=4, steps=20)"),
    ("prepare-table", "fit-vote(members=trees+linear, folds=2)"),
    ("prepare-table", "fit-linear", "fit-temperature"),
    ("prepare-table", "score-texts(buckets=64, folds=2)", "fit-linear"),
    ("prepare-table", "fit-bags(members=trees+linear, folds=2)"),
    ("prepare-table", "fit-extra-trees(trees=8)"),
)
"""Lines of passes that end in every state of a candidate; a pass is tried after the first line that it accepts."""


def tiny_task(question: Question) -> Task:
    """The task of the made table."""
    classes = {"binary": ("ill", "well"), "multiclass": ("high", "low", "mid"), "regression": ()}[question]
    answer = Field(name="outcome", type="category" if classes else "number")
    return made_task("classify" if classes else "regress", classes, answer=answer, inputs=INPUTS, modality="table")


def tiny_rows(question: Question, n: int, seed: int) -> Rows:
    """n made rows; one value in ten is missing."""
    rng = np.random.default_rng(seed)
    age, dose = rng.uniform(20, 90, n), rng.exponential(2.0, n)
    smokes, ward = (rng.random(n) < 0.4).astype(float), rng.integers(0, len(WARDS), n)
    strain = (age - 55) / 20 + 0.8 * smokes + np.array([-0.8, 0.0, 0.5, 1.0])[ward] - 0.3 * dose
    strain = strain + rng.normal(0, 0.5, n)
    columns: dict[str, Array] = {
        "age": with_gaps(age, rng),
        "dose": with_gaps(dose, rng),
        "smokes": with_gaps(smokes, rng),
        "ward": np.where(rng.random(n) < 0.1, -1, ward).astype(np.int32),
        "seen": with_gaps(np.floor(rng.uniform(19000, 20000, n)), rng),
        "remark": rng.integers(0, len(REMARKS), n).astype(np.int32),
    }
    answer = strain if question == "regression" else np.digitize(strain, cuts(question)).astype(np.int32)
    words = {"ward": WARDS, "remark": REMARKS}
    return Rows(fields=INPUTS, columns=columns, words=words, truth=answer, ids=np.arange(n))


def with_gaps(column: Array, rng: np.random.Generator) -> Array:
    return np.where(rng.random(len(column)) < 0.1, np.nan, column)


def cuts(question: Question) -> list[float]:
    return [0.0] if question == "binary" else [-0.8, 0.6]


@cache
def tiny_data(question: Question) -> Dataset:
    """240 rows to fit, 240 to tune, 100 to choose."""
    fit, tune, choose = (tiny_rows(question, n, seed) for n, seed in ((240, 1), (240, 2), (100, 3)))
    return Dataset(splits={"fit": fit, "tune": tune, "choose": choose})


def context(scratch: Path, seed: int = 0) -> Context:
    """What the engine would hand in."""
    return Context(rng=np.random.default_rng(seed), seed=seed, scratch=scratch)


@cache
def tiny_work(question: Question, upto: tuple[str, ...] = ()) -> Work:
    """The work after the passes `upto` (texts of steps) on the made table."""
    if not upto:
        return Work(candidate=Candidate(task=tiny_task(question), parts={}), data=tiny_data(question))
    # These passes are known to leave scratch alone; a folder that does not exist makes them fail loudly if they do not.
    return parse_step(upto[-1]).run(tiny_work(question, upto[:-1]), context(Path("/nonexistent")))


def tiny_pass(name: str) -> Pass:
    """The pass with parameters that suit a tiny table: as it stands in a line, else with its defaults."""
    steps = [step for line in LINES for step in line if step.partition("(")[0] == name]
    return parse_step(steps[0] if steps else name)


def work_for(pass_: Pass, question: Question, lines: Sequence[tuple[str, ...]] = LINES) -> Work | None:
    """A tiny piece of work that the pass accepts, made by as few passes as possible; None when no line leads there."""
    for line in lines:
        sketch = sketch_after(line, tiny_work(question).sketch)
        if sketch is not None and accepts(pass_, sketch):
            return tiny_work(question, line)
    return None


def sketch_after(line: Sequence[str], start: Sketch) -> Sketch | None:
    """What the line leaves behind, by its checks alone; None when a step is not there or refuses."""
    sketch = start
    for text in line:
        if text.partition("(")[0] not in homes("pass") or not accepts(parse_step(text), sketch):
            return None
        sketch = parse_step(text).check(sketch)
    return sketch


def accepts(pass_: Pass, sketch: Sketch) -> bool:
    """Whether the pass can run there."""
    try:
        pass_.check(sketch)
    except TrivetError:
        return False
    return True
