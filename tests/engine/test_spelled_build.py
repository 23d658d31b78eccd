"""A table as people write it, with dd.mm.yyyy and decimal commas, goes through a whole build."""

import csv

import numpy as np
import pytest

from trivet.core.limits import Verdict
from trivet.core.recipe import DataSpec, Recipe
from trivet.core.registry import parse_limit
from trivet.engine.compile import compile_recipe
from trivet.engine.outcome import Certified
from trivet.runtime.file.container import decode
from trivet.runtime.program import Program
from trivet.runtime.specialist import Specialist
from trivet.ship.verify import verify
from trivet.storage.objects import task_from_json, task_to_json

pytestmark = pytest.mark.slow  # whole builds

STEPS = ("prepare-table", "fit-linear")


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """600 rows: a price that follows amount and day, all three and the weight written as in Germany."""
    path = tmp_path_factory.mktemp("data") / "preise.csv"
    rng = np.random.default_rng(0)
    with path.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out, delimiter=";")
        rows.writerow(["betrag", "tag", "gewicht", "preis"])
        for amount, month, day in zip(rng.uniform(1, 5000, 600), rng.integers(1, 13, 600), rng.integers(1, 29, 600)):
            price = amount * 0.01 + month + rng.normal(0, 0.2)
            weight = german(rng.uniform(1, 2))
            rows.writerow([german(amount), f"{day:02}.{month:02}.2024", weight, german(price) + " €"])
    return path


def german(value: float) -> str:
    return f"{value:,.2f}".replace(",", "T").replace(".", ",").replace("T", ".")


@pytest.fixture(scope="module")
def outcome(table, tmp_path_factory):
    spec = DataSpec(source=str(table), target="preis", roles={"weight": "gewicht"})
    recipe = Recipe(data=spec, limits=(parse_limit("p90-error <= 2"),), steps=STEPS, seconds=20.0)
    return compile_recipe(recipe, store=tmp_path_factory.mktemp("store"))


def test_05_8_a_german_table_is_learned_as_numbers_and_dates(outcome):
    assert isinstance(outcome, Certified)
    assert [judged.verdict for judged in outcome.judged] == [Verdict.HOLDS]
    manifest = decode(outcome.data).manifest
    assert manifest["task"]["inputs"] == [["betrag", "number"], ["tag", "date"]]
    assert manifest["task"]["spellings"] == {
        "betrag": "decimal=',', thousands='.'", "tag": "format='%d.%m.%Y'", "preis": "decimal=',', unit='€'",
        "gewicht": "decimal=','",
    }  # fmt: skip
    task = task_from_json(manifest["task"])
    assert task.role_spellings == {"gewicht": "decimal=','"} and task_to_json(task) == manifest["task"]
    reader = decode(outcome.data).parts["reader"]
    assert set(reader.config["spellings"]) == {"betrag", "tag"}


def test_05_8_raw_strings_numbers_and_iso_dates_predict_the_same(outcome, tmp_path):
    path = tmp_path / "preise.trivet"
    path.write_bytes(outcome.data)
    model = Specialist.load(path)
    spelled = {"betrag": "1.234,50", "tag": "05.11.2024"}
    plain = {"betrag": 1234.5, "tag": "2024-11-05"}
    for executor in ("numpy", "onnx"):
        program = Program(decode(outcome.data).parts, executor=executor)
        values = program.answers(program.read_rows([spelled, plain] * 10))["values"]
        assert np.ptp(values) == 0 and abs(values[0] - (12.345 + 11)) < 1
    assert model.predict([spelled]) == model.predict([plain])
    assert model.check_self() > 0


def test_05_8_the_file_is_verified_on_rows_written_like_its_own(outcome, table):
    found = verify(outcome.data, decode(outcome.data), source=str(table))
    assert found.n_rows == 600 and [judged.verdict for judged in found.judged] == [Verdict.HOLDS]
