"""A pass of another distribution goes through a whole build: found by its entry point, run by workers, shipped."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import trivet

MODULE = '''"""Fit a weighted sum as others do, and say so.

Helps: quality.  Costs: nothing.  Needs: a reader.  Source: made for a test.
"""

from trivet.core.passes import Pass
from trivet.core.registry import parse_step
from trivet.core.value import value


@value
class FitByOthers(Pass):
    """strength: of the L2 penalty."""

    strength: float = 1.0

    def check(self, sketch):
        return self.inner.check(sketch)

    def run(self, work, ctx):
        ctx.say.note(f"fitted by others with strength {self.strength:g}")
        return self.inner.run(work, ctx)

    @property
    def inner(self):
        return parse_step(f"fit-linear(strength={self.strength})")
'''


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory) -> Path:
    """A folder of Python's path that holds an installed distribution with one pass."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "others_pass.py").write_text(MODULE, encoding="utf-8")
    about = folder / "others-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: others\nVersion: 1.0\n", encoding="utf-8")
    (about / "entry_points.txt").write_text("[trivet.passes]\nfit-by-others = others_pass\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("data") / "ab.csv"
    rng = np.random.default_rng(0)
    with path.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(["a", "b", "y"])
        for a, b in rng.normal(size=(300, 2)).tolist():
            rows.writerow([a, b, "yes" if a + b > 0 else "no"])
    return path


def trivet_command(*words: str, path: Path, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """One command, in a process whose path holds the other distribution."""
    found = os.pathsep.join(filter(None, (str(path), os.environ.get("PYTHONPATH", ""))))
    return subprocess.run(
        [sys.executable, "-m", "trivet.cli.main", *words],
        cwd=cwd, env={**os.environ, "PYTHONPATH": found}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def compiled(table: Path, fit: str, folder: Path, path: Path) -> trivet.Specialist:
    steps = [word for step in ("prepare-table", fit) for word in ("--steps", step)]
    out = folder / f"{fit.partition('(')[0]}.trivet"
    limits = ("--limit", "accuracy >= 0.8", "--out", str(out), "--json")
    ended = trivet_command("compile", str(table), "--target", "y", *steps, *limits, path=path, cwd=folder)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert json.loads(ended.stdout)["outcome"] == "CERTIFIED"
    return trivet.load(out)


@pytest.mark.slow
def test_a_pass_of_another_distribution_goes_through_a_whole_build(table, elsewhere, tmp_path):
    theirs = compiled(table, "fit-by-others(strength=30.0)", tmp_path, elsewhere)
    ours = compiled(table, "fit-linear(strength=30.0)", tmp_path, elsewhere)
    lineage = {step["step"]: step["notes"] for step in theirs.manifest["lineage"]}
    assert lineage["fit-by-others(strength=30.0)"] == ["fitted by others with strength 30"]
    rows = {"a": np.linspace(-2, 2, 50).tolist(), "b": np.linspace(1, -1, 50).tolist()}
    assert np.array_equal(theirs.predict_proba(rows), ours.predict_proba(rows))  # the file needs no plug-in to answer
    assert theirs.verify().is_sound


def test_it_is_listed_and_explained_like_our_own(elsewhere):
    assert "fit-by-others" in trivet_command("passes", path=elsewhere).stdout
    page = trivet_command("explain", "fit-by-others", path=elsewhere).stdout
    assert page.startswith("# fit-by-others") and "| `strength` | `1.0` |" in page


def test_a_pass_that_is_called_like_one_of_ours_is_an_error_that_names_both(elsewhere, tmp_path):
    about = tmp_path / "clash-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: clash\nVersion: 1.0\n", encoding="utf-8")
    (about / "entry_points.txt").write_text("[trivet.passes]\nfit-linear = others_pass\n", encoding="utf-8")
    ended = trivet_command("passes", path=tmp_path)
    assert ended.returncode == 2
    assert "error[name-clash]" in ended.stderr and "others_pass" in ended.stderr and "fit_linear" in ended.stderr
