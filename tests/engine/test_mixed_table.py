"""A table with a text beside numbers and categories compiles, and the file uses all three."""

from dataclasses import replace

import numpy as np
import pytest

from trivet.core.candidate import Candidate, Work
from trivet.core.gauges import PLAIN, Trial
from trivet.core.recipe import DataSpec, Recipe
from trivet.core.registry import find_gauge, parse_limit, parse_step
from trivet.core.rows import Dataset, Rows
from trivet.core.task import Task
from trivet.data.intake import Intake, take_in
from trivet.engine.compile import compile_recipe
from trivet.engine.outcome import Certified
from trivet.runtime.program import Program
from trivet.runtime.specialist import Specialist
from trivet.testing.samples import context

pytestmark = pytest.mark.slow  # whole builds

STEPS = ("prepare-table", "score-texts(buckets=1024)", "round-weights", "fit-linear", "fit-temperature")
CALM, WORRIED = ("all is well", "nothing to report", "feels fine"), ("in great pain", "it hurts", "worse than ever")
RECIPE = Recipe(
    data=DataSpec(source="", target="state"), steps=STEPS, seconds=600.0, limits=(parse_limit("auroc >= 0.9"),)
)


def made_table(n: int = 1500) -> list[dict[str, object]]:
    """Age, ward and note each tell a third of the truth."""
    rng = np.random.default_rng(4)
    age, ward, worry = rng.normal(50, 15, n), rng.integers(0, 3, n), rng.random(n) < 0.5
    strain = (age - 50) / 10 + np.array([-1.5, 0.0, 1.5])[ward] + np.where(worry, 1.5, -1.5) + rng.normal(0, 0.5, n)
    return [
        {
            "age": float(age[at]),
            "ward": "abc"[ward[at]],
            "note": f"{(WORRIED if worry[at] else CALM)[rng.integers(3)]}, seen in room {rng.integers(300)} today",
            "state": "ill" if strain[at] > 0 else "well",
        }
        for at in range(n)
    ]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    return compile_recipe(RECIPE, made_table(), store=tmp_path_factory.mktemp("build"), threads=1)


@pytest.fixture(scope="module")
def intake() -> Intake:
    return take_in(RECIPE, made_table())


def narrowed(intake: Intake, *names: str) -> tuple[Task, Dataset, Rows]:
    """The same rows and splits with fewer columns."""
    kept = tuple(field for field in intake.task.inputs if field.name in names)
    data, task = intake.dataset, replace(intake.task, inputs=kept)
    fit, tune, choose, vault = (replace(one, fields=kept) for one in (data.fit, data.tune, data.choose, intake.vault))
    return task, Dataset(splits={"fit": fit, "tune": tune, "choose": choose}), vault


def auroc_of(task: Task, data: Dataset, vault: Rows, *steps: str, tmp_path) -> float:
    work = Work(candidate=Candidate(task=task, parts={}), data=data)
    for step in steps:
        work = parse_step(step).run(work, context(tmp_path))
    program = Program(work.candidate.parts)
    answers = program.answers(program.read(vault.raw()))
    return find_gauge("auroc").measure(Trial(task=task, rows=vault, answers={PLAIN: answers})).value


def test_it_beats_what_the_table_and_what_the_text_says_on_the_same_vault(outcome, intake, tmp_path):
    assert isinstance(outcome, Certified) and outcome.is_proven
    (both,) = [reading.value for reading in outcome.readings if reading.gauge == "auroc"]
    table, text = narrowed(intake, "age", "ward"), narrowed(intake, "note")
    alone = [
        auroc_of(*table, "prepare-table", learner, "fit-temperature", tmp_path=tmp_path)
        for learner in ("fit-linear", "fit-trees", "fit-net")
    ]
    alone.append(auroc_of(*text, "prepare-table", "fit-ngrams", "fit-temperature", tmp_path=tmp_path))
    assert both > max(alone) + 0.03


def test_the_file_reads_every_column_by_itself(outcome, intake, tmp_path):
    path = tmp_path / "state.trivet"
    path.write_bytes(outcome.data)
    specialist = Specialist.load(path)
    rows = intake.vault.dicts()[:50]
    plain = specialist.answers(rows)["probabilities"]
    for name, other in (("age", 20.0), ("ward", "c"), ("note", "in great pain")):
        moved = specialist.answers([{**row, name: other} for row in rows])["probabilities"]
        assert np.abs(moved - plain).max() > 0.1, name
