"""Real rows for passes that learn: scikit-learn's clinical tables, split as a build splits them."""

from functools import cache
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes

from trivet.core.candidate import Candidate, Work
from trivet.core.recipe import DataSpec, Recipe
from trivet.core.registry import parse_step
from trivet.core.rows import Rows
from trivet.data.intake import take_in
from trivet.kit.numbers import numbers_of
from trivet.runtime.part import Array
from trivet.runtime.program import Program
from trivet.testing.samples import context


@cache
def read_work(goal: str) -> Work:
    """569 tumours to classify, or 442 patients whose progress is a number; the reader is fitted, nothing else."""
    bunch = load_breast_cancer() if goal == "classify" else load_diabetes()
    columns = {f"c{at}": bunch.data[:, at].tolist() for at in range(bunch.data.shape[1])}
    columns["y"] = [bunch.target_names[y] for y in bunch.target] if goal == "classify" else bunch.target.tolist()
    taken = take_in(Recipe(data=DataSpec(source="", target="y")), columns)
    return after(Work(candidate=Candidate(task=taken.task, parts={}), data=taken.dataset), "prepare-table")


def after(work: Work, *steps: str) -> Work:
    for step in steps:
        work = parse_step(step).run(work, context(Path("/nonexistent")))
    return work


def numbers(work: Work, rows: Rows) -> Array:
    """What the reader makes of the rows."""
    return numbers_of(rows, work.candidate.parts, for_="a test")


def scores(work: Work, rows: Rows) -> Array:
    """(rows, n_scores) float32 that the candidate gives."""
    program = Program(work.candidate.parts, executor="numpy")
    return program.scores(program.read(rows.raw()))


def unseen(work: Work) -> tuple[Rows, Array]:
    """Rows that no fit looked at, and their answers."""
    return work.data.choose, np.asarray(work.data.choose.truth)
