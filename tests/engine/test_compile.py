"""From a table and limits to a certified file, and the honest no."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine

from trivet.core.errors import BadData, TrivetError
from trivet.core.limits import Verdict
from trivet.core.recipe import DataSpec, Recipe
from trivet.core.registry import parse_limit
from trivet.data.intake import take_in
from trivet.engine.compile import compile_recipe
from trivet.engine.outcome import Certified, Infeasible
from trivet.engine.pool import Pool
from trivet.runtime.file.container import decode
from trivet.runtime.program import Program

LINE = ("prepare-table", "fit-trees(trees=30, leaves=6)", "fit-temperature")


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("data") / "cancer.csv"
    write(path, load_breast_cancer(), ["malignant", "benign"])
    return path


def write(path: Path, bunch, names) -> None:
    with path.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow([*(name.replace(" ", "_") for name in bunch.feature_names), "answer"])
        answers = [names[y] for y in bunch.target] if names else bunch.target.tolist()
        rows.writerows([*x, y] for x, y in zip(bunch.data.tolist(), answers))


def recipe(path: Path, *limits: str, **more) -> Recipe:
    settings = {"seconds": 300.0, "steps": LINE, **more}  # no clock of a busy machine ends a search here
    return Recipe(data=DataSpec(source=str(path), target="answer"), limits=tuple(map(parse_limit, limits)), **settings)


@pytest.mark.slow
def test_a_certified_file_keeps_its_limits_and_says_how_it_came_about(table, tmp_path):
    outcome = compile_recipe(recipe(table, "auroc >= 0.9", "coverage >= 0.8", "size <= 100 kB"), store=tmp_path)
    assert isinstance(outcome, Certified)
    assert outcome.is_proven
    contents = decode(outcome.data)
    manifest = contents.manifest
    assert [verdict["verdict"] for verdict in contents.evidence["verdicts"]] == ["HOLDS"] * 3
    assert [step["step"] for step in manifest["lineage"]][: len(LINE)] == list(LINE)
    assert manifest["lineage"][-1]["step"].startswith("guard-sets")
    (size,) = [reading for reading in outcome.readings if reading.gauge == "size"]
    assert size.value == len(outcome.data)


@pytest.mark.slow
def test_costs_and_times_stand_in_the_evidence_and_not_in_the_body(table, tmp_path):
    outcomes = [compile_recipe(recipe(table, "p99-latency <= 1 s"), store=tmp_path / str(k)) for k in range(2)]
    contents = [decode(outcome.data) for outcome in outcomes]
    assert contents[0].body_digest == contents[1].body_digest
    assert "latency" not in json.dumps(contents[0].manifest["readings"])
    assert {reading["gauge"] for reading in contents[0].evidence["readings"]} == {"p99-latency", "p50-latency", "size"}


@pytest.mark.slow
def test_the_number_of_workers_and_the_folder_change_no_byte_of_the_body(table, tmp_path):
    limits = ("auroc >= 0.8", "size <= 100 kB")
    bodies = {
        compile_recipe(
            recipe(table, *limits, steps=("auto",), stop_when_proven=True), store=tmp_path / f"store-{k}", threads=k
        ).body_digest
        for k in (1, 2)
    }
    assert len(bodies) == 1


@pytest.mark.slow
def test_a_finished_build_runs_no_step_again(table, tmp_path, monkeypatch):
    first = compile_recipe(recipe(table, "auroc >= 0.9"), store=tmp_path)

    def never(self, key, job, future):
        raise AssertionError(f"{job['do']} ran again")

    monkeypatch.setattr(Pool, "fly", never)
    assert compile_recipe(recipe(table, "auroc >= 0.9"), store=tmp_path).body_digest == first.body_digest


@pytest.mark.slow
def test_what_was_measured_is_what_the_file_answers(table, tmp_path):
    outcome = compile_recipe(recipe(table, "accuracy >= 0.8"), store=tmp_path)
    parts = decode(outcome.data).parts
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    batch = Program(parts).read_rows(rows)
    numpy, onnx = (Program(parts, executor=name).answers(batch)["probabilities"] for name in ("numpy", "onnx"))
    assert np.abs(numpy - onnx).max() < 1e-5
    assert Program(parts).read_rows(rows[:1]).numbers.tolist() == batch.numbers[:1].tolist()


@pytest.mark.slow
@pytest.mark.parametrize(("bunch", "names", "limit"), [
    (load_wine, ["barolo", "grignolino", "barbera"], "accuracy >= 0.6"),
    (load_diabetes, None, "r2 >= 0.0"),
])  # fmt: skip
def test_several_classes_and_numbers_compile_with_coverage(bunch, names, limit, tmp_path):
    path = tmp_path / "table.csv"
    write(path, bunch(), names)
    steps = LINE if names else LINE[:2]
    outcome = compile_recipe(recipe(path, limit, "coverage >= 0.7", steps=steps), store=tmp_path / "store")
    assert isinstance(outcome, Certified)
    assert all(one.verdict is not Verdict.BROKEN for one in outcome.judged)


def test_limits_that_nothing_keeps_end_in_infeasible_with_the_closest(table, tmp_path):
    outcome = compile_recipe(recipe(table, "size <= 6 kB", "auroc >= 0.9"), store=tmp_path)
    assert isinstance(outcome, Infeasible)
    assert outcome.limit.gauge == "size"
    assert "size was at best" in outcome.why
    assert "allow size <=" in outcome.next_step
    assert {reading.gauge for reading in outcome.closest} == {"size", "auroc"}


def test_all_mistakes_in_limits_are_told_before_anything_is_fitted(table, tmp_path):
    wrong = recipe(table, "r2 >= 0.5", "auroc >= 1.5")
    with pytest.raises(TrivetError) as caught:
        compile_recipe(wrong, store=tmp_path)
    assert {error.code for error in caught.value.errors} == {"not-applicable", "limit-range"}
    assert not list(tmp_path.iterdir())


def test_strict_makes_findings_of_the_doctor_fatal(tmp_path):
    path = tmp_path / "leak.csv"
    rng = np.random.default_rng(0)
    rows = [f"{x:.3f},{int(x > 0)},{'yes' if x > 0 else 'no'}" for x in rng.normal(size=200)]
    path.write_text("\n".join(["x,copy,answer", *rows]), encoding="utf-8")
    with pytest.raises(BadData, match="copy"):
        compile_recipe(recipe(path, strict=True), store=tmp_path / "store")


@pytest.mark.slow
def test_no_socket_is_opened_while_compiling(table, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import socket\n"
        "def no(*a, **k): raise RuntimeError('a socket was opened')\n"
        "socket.socket.connect = no\nsocket.create_connection = no\nsocket.getaddrinfo = no\n",
        encoding="utf-8",
    )
    ended = run_compile(table, tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert ended.returncode == 0, ended.stderr


def run_compile(table: Path, folder: Path, **more) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command(table), cwd=folder, capture_output=True, text=True, check=False, **more)


def command(table: Path) -> list[str]:
    words = [sys.executable, "-m", "trivet.cli.main", "compile", str(table), "--target", "answer", "--quiet", "--json"]
    return [
        *words,
        "--time",
        "300s",
        "--limit",
        "auroc >= 0.8",
        "--stop-when-proven",
        "--out",
        "cancer.trivet",
        "--force",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.6, 1.5, 3.0])
def test_a_killed_build_ends_with_the_same_body(table, tmp_path, seconds):
    whole = json.loads(run_compile(table, tmp_path).stdout)
    folder = tmp_path / "killed"
    folder.mkdir()
    process = subprocess.Popen(command(table), cwd=folder, stdout=subprocess.DEVNULL, start_new_session=True)
    time.sleep(seconds)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    resumed = json.loads(run_compile(table, folder).stdout)
    assert resumed["body_digest"] == whole["body_digest"]


def test_more_columns_than_a_file_can_describe_are_refused_by_count():
    rng = np.random.default_rng(0)
    columns = {f"c{at}": rng.normal(size=60).tolist() for at in range(1501)}
    wide = {**columns, "answer": ["yes", "no"] * 30}
    with pytest.raises(BadData, match="1501 columns"):
        take_in(Recipe(data=DataSpec(source="", target="answer")), wide)
