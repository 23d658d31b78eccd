"""`init`: a recipe that compiles, limits that no constant answer keeps, and what was seen, as comments."""

import csv
import tomllib

import numpy as np
import pytest

from trivet.cli.starting_limits import constant_answer, starting_limits
from trivet.core.gauges import plain_trial
from trivet.core.recipe import DataSpec, Recipe, parse_recipe
from trivet.core.registry import find_gauge, homes
from trivet.data.intake import first_look
from trivet.runtime.batch import Answers


def written(path, columns):
    with path.open("w", newline="", encoding="utf-8") as out:
        table = csv.writer(out)
        table.writerow(columns)
        table.writerows(zip(*columns.values(), strict=True))
    return path


def from_sklearn(loader):
    datasets = pytest.importorskip("sklearn.datasets")
    data, answer = getattr(datasets, loader)(return_X_y=True)
    return {**{f"x{n}": column for n, column in enumerate(data.T[:12])}, "y": answer}


def made(*shares, n_rows=400):
    """Classes with these shares, and a number that tells them loosely."""
    rng = np.random.default_rng(1)
    answer = rng.choice([f"k{n}" for n in range(len(shares))], n_rows, p=shares)
    return {"x": np.round(rng.normal(size=n_rows) + (answer == "k0"), 3), "y": answer}


TABLES = {
    "three even classes": lambda: from_sklearn("load_iris"),
    "ten classes": lambda: from_sklearn("load_digits"),
    "two classes": lambda: from_sklearn("load_breast_cancer"),
    "a number": lambda: from_sklearn("load_diabetes"),
    "a frequent class": lambda: made(0.8, 0.15, 0.05),
    "a very frequent class": lambda: made(0.94, 0.04, 0.02),
    "a rare class of two": lambda: made(0.97, 0.03),
}


def constant_readings(rows, task):
    """What every gauge of quality reads off the best constant answers: the majority and the shares, or the mean."""
    if task.goal == "regress":
        answers = Answers(values=np.full(len(rows), rows.truth.mean()))
    else:
        share = np.bincount(rows.truth) / len(rows)
        answers = Answers(
            probabilities=np.tile(share, (len(rows), 1)), chosen=np.full(len(rows), share.argmax(), np.int64)
        )
    trial = plain_trial(task, rows, answers)
    return lambda gauge: find_gauge(gauge).measure(trial).value


@pytest.mark.parametrize("name", TABLES)
def test_05_7_no_offered_limit_on_quality_is_kept_by_a_constant_answer(name, trivet, tmp_path):
    path = written(tmp_path / "table.csv", TABLES[name]())
    made = trivet("init", str(path), "--target", "y")
    assert made.code == 0, made.err
    recipe = parse_recipe(made.out)
    seen = first_look(recipe)
    read = constant_readings(seen.rows, seen.task)
    quality = [one for one in recipe.limits if ".quality." in homes("gauge")[one.gauge]]
    assert quality, "no limit on quality is offered"
    for limit in quality:
        assert limit.room(read(limit.gauge)) < 0, str(limit)


@pytest.mark.parametrize("name", TABLES)
def test_05_7_what_init_says_of_the_constant_answer_is_what_the_gauges_measure(name, trivet, tmp_path):
    path = written(tmp_path / "table.csv", TABLES[name]())
    told = trivet("init", str(path), "--target", "y", "--json").json["baseline"]
    seen = first_look(Recipe(data=DataSpec(source=str(path), target="y")))
    read = constant_readings(seen.rows, seen.task)
    gauges = set(told) - {"answer", "mae"}  # the mean absolute error is least for the median, not for the mean
    assert gauges >= ({"r2"} if seen.task.goal == "regress" else {"accuracy", "balanced-accuracy"})
    for gauge in gauges:
        assert told[gauge] == pytest.approx(read(gauge), rel=1e-5, abs=1e-6), gauge


def test_05_7_the_baseline_stands_beside_the_limit(trivet, tmp_path):
    path = written(tmp_path / "table.csv", {"x": [n % 17 for n in range(100)], "y": ["no"] * 94 + ["yes"] * 6})
    assert (
        "auroc = \">= 0.8\"  # always 'no' gives auroc 0.5, accuracy 0.94\n"
        in trivet("init", str(path), "--target", "y").out
    )
    path = written(
        tmp_path / "three.csv", {"x": [n % 17 for n in range(100)], "y": ["a"] * 80 + ["b"] * 15 + ["c"] * 5}
    )
    assert "accuracy = \">= 0.9\"  # always 'a' gives accuracy 0.8\n" in trivet("init", str(path), "--target", "y").out


def test_05_7_weights_count_in_the_baseline():
    columns = {
        "x": [n % 17 for n in range(100)],
        "w": [1.0] * 80 + [12.0] * 20,
        "y": ["a"] * 80 + ["b"] * 15 + ["c"] * 5,
    }
    seen = first_look(Recipe(data=DataSpec(source="", target="y", roles={"weight": "w"})), columns)
    constant = constant_answer(seen.rows, seen.task)
    assert (constant["answer"], constant["accuracy"]) == ("b", pytest.approx(180 / 320))
    assert starting_limits(seen.task, constant)[0] == "accuracy >= 0.79"


def test_05_8_init_tells_notices_and_findings_as_comments(trivet, tmp_path):
    rng = np.random.default_rng(0)
    answer = ["", *rng.choice(["no", "yes"], 99)]
    columns = {
        "id": list(range(100)),
        "x\ny": rng.normal(size=100),
        "copy": ["1" if one == "yes" else "0" for one in answer],
        "note": [
            " ".join(rng.permutation(["it", "was", "very", "late", "again", "today"])) + f" {n}" for n in range(100)
        ],
        "y": answer,
    }
    path = written(tmp_path / "table.csv", columns)
    made = trivet("init", str(path), "--target", "y")
    assert "#   1 row left out: no answer (kept as unlabelled)\n" in made.out
    assert "#   block target-copy(copy): " in made.out and "#   note: text\n" in made.out
    assert "#   x\\ny: number\n" in made.out
    assert tomllib.loads(made.out)["data"]["target"] == "y"
    told = trivet("init", str(path), "--target", "y", "--json").json
    assert set(told) == {"recipe", "rows", "columns", "baseline", "notices", "findings"}
    assert told["rows"] == 100 and told["notices"][0] == "1 row left out: no answer (kept as unlabelled)"
    assert {one["code"] for one in told["findings"]} >= {"target-copy", "id-column"}
