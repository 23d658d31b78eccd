"""Somebody else's distribution adds one of each thing, and goes through a whole build: nothing in trivet is edited."""

import csv
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parent
SOURCE = HERE.parents[1] / "src" / "trivet"
LIMITS = ("mae <= 2.1", "mae-under-noise(strength=0.2) <= 2.3", "size <= 100 kB")
LENGTH = 16

pytest.importorskip("torch", reason="the outsider's network needs torch")


def made_rows(n: int, seed: int) -> list[dict[str, object]]:
    """Recordings with a bump somewhere; the higher the bump and the larger the dose, the more events."""
    rng = np.random.default_rng(seed)
    height, dose, at = rng.uniform(0, 2, n), rng.uniform(0, 1, n), rng.integers(2, LENGTH - 2, n)
    traces = 0.1 * rng.normal(size=(n, LENGTH))
    for shift, share in ((-1, 0.5), (0, 1.0), (1, 0.5)):
        traces[np.arange(n), at + shift] += share * height
    traces[:3] = 0.0
    events = rng.poisson(np.exp(0.2 + 0.8 * height + 0.6 * dose))
    return [
        {"trace": " ".join(f"{x:.4f}" for x in traces[i]), "dose": round(float(dose[i]), 3), "events": int(events[i])}
        for i in range(n)
    ]


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as out:
        table = csv.DictWriter(out, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return path


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> Path:
    """A folder that Python looks into, with the distribution as an installer would lay it out."""
    folder = tmp_path_factory.mktemp("site")
    project = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (folder / "outsider").symlink_to(HERE / "src" / "outsider", target_is_directory=True)
    info = folder / "trivet_outsider-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: 1.0\n", encoding="utf-8")
    groups = [
        f"[{group}]\n" + "".join(f"{name} = {module}\n" for name, module in points.items())
        for group, points in project["entry-points"].items()
    ]
    (info / "entry_points.txt").write_text("\n".join(groups), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def trivet(shelf):
    """Runs a command of trivet beside the distribution; gives what it printed."""

    def run(*words: str, code: int = 0) -> str:
        env = {**os.environ, "PYTHONPATH": str(shelf), "NO_COLOR": "1"}
        command = [sys.executable, "-m", "trivet.cli.main", *words]
        ended = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
        assert ended.returncode == code, f"{words}: exit {ended.returncode}\n{ended.stdout}\n{ended.stderr}"
        return ended.stdout

    return run


@pytest.fixture(scope="module")
def built(trivet, tmp_path_factory) -> tuple[Path, dict]:
    folder = tmp_path_factory.mktemp("build")
    table = write(folder / "table.csv", made_rows(1400, 0))
    limits = [word for limit in LIMITS for word in ("--limit", limit)]
    out = folder / "counts.trivet"
    told = trivet(
        "compile", str(table), "--target", "events", "--goal", "count", *limits, "--time", "3m",
        "--stop-when-proven", "--out", str(out), "--json",
    )  # fmt: skip
    return out, json.loads(told)


@pytest.mark.slow
def test_one_compile_ends_in_a_certified_file(built):
    out, told = built
    assert told["outcome"] == "CERTIFIED", told
    verdicts = {one["limit"]: one["verdict"] for one in told["limits"]}
    assert verdicts == dict.fromkeys(LIMITS, "HOLDS")
    assert out.stat().st_size <= 100_000


@pytest.mark.slow
def test_its_check_its_types_and_its_goal_are_told(built, trivet):
    out, told = built
    assert any("dead-sensor" in json.dumps(one) for one in told["findings"])
    shown = json.loads(trivet("show", str(out), "--json"))
    assert shown["task"]["goal"] == "count" and ["trace", "sequence"] in shown["task"]["inputs"]
    assert "counts 'events' from 2 columns" in trivet("show", str(out))
    assert trivet("explain", "dead-sensor").startswith("# dead-sensor")
    assert "trivet-outsider" in trivet("plugins")


@pytest.mark.slow
def test_it_predicts_with_the_runtime_alone(built):
    out, _ = built
    rows = [{"trace": [0.0] * 7 + [1.0, 2.0, 1.0] + [0.0] * 6, "dose": 0.9}, {"trace": [0.0] * LENGTH, "dose": 0.1}]
    code = (
        "import json, sys; from trivet.runtime.specialist import Specialist; "
        f"print(json.dumps(Specialist.load({str(out)!r}).predict(json.loads(sys.argv[1])))); "
        "print(sorted(name for name in sys.modules if name.startswith('trivet.') and 'runtime' not in name))"
    )
    ended = subprocess.run(
        [sys.executable, "-I", "-c", code, json.dumps(rows)], capture_output=True, text=True, check=True
    )
    many, few = json.loads(ended.stdout.splitlines()[0])
    assert many > 2 * few > 0
    assert ended.stdout.splitlines()[1] == "[]"


@pytest.mark.slow
def test_it_is_verified_on_fresh_rows_reported_exported_and_explained(built, trivet, tmp_path):
    out, _ = built
    fresh = write(tmp_path / "fresh.csv", made_rows(700, 1))
    verified = json.loads(trivet("verify", str(out), "--data", str(fresh), "--json"))
    assert verified["outcome"] == "SOUND", verified
    assert json.loads(trivet("verify", str(out), "--json"))["outcome"] == "SOUND"  # on rows that it holds
    trivet("report", str(out), "--out", str(tmp_path / "page.html"))
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "Recordings" in page and "A model that counts events" in page and "length=" in page
    trivet("export", str(out), "--to", "card", "--out", str(tmp_path / "card.json"))
    assert json.loads((tmp_path / "card.json").read_text(encoding="utf-8"))["answers"] == "events"
    why = json.loads(trivet("why", str(out), str(fresh), "--json"))
    assert why["explainer"] == "occlusion" and why["terms"] == ["trace", "dose"] and not why["is_exact"]
    answers = trivet("predict", str(out), str(fresh))
    assert answers.splitlines()[0] == "events" and len(answers.splitlines()) == 701


def test_not_one_line_of_trivet_mentions_it():
    words = ("outsider", "dead-sensor", "mae-under-noise", "fit-conv", "FitConv", "occlusion")
    found = [
        f"{path.relative_to(SOURCE)}: {word}"
        for path in SOURCE.rglob("*")
        if path.suffix in (".py", ".md", ".j2", ".css")
        for word in words
        if word in path.read_text(encoding="utf-8")
    ]
    assert found == []


def test_it_keeps_the_contracts(shelf):
    code = """
import outsider.count, outsider.dead_sensor, outsider.mae_under_noise, outsider.traces
from trivet.testing.check_contract import check_check
from trivet.testing.gauge_contract import check_gauge
from trivet.testing.goal_contract import check_goal
from trivet.testing.section_contract import check_section
print(check_goal(outsider.count.Count()) + check_check(outsider.dead_sensor.DeadSensor()))
"""
    env = {**os.environ, "PYTHONPATH": str(shelf)}
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False)
    assert ended.stdout.strip() == "[]", ended.stdout + ended.stderr
