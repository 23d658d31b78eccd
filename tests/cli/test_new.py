"""`trivet new` writes a plug-in whose own test passes, and registers it."""

import os
import subprocess
import sys
import tomllib

import pytest
from run_commands import STEPS, flags

from trivet.cli.commands.new import KINDS
from trivet.core.registry import FOLDERS


def installed(folder, name):
    """What `pip install -e .` would leave behind: the entry points, as metadata beside the package."""
    points = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    info = folder / "src" / f"{name}-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1.0\n", encoding="utf-8")
    lines = [f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in table.items()) for group, table in points.items()]
    (info / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")
    return {**os.environ, "PYTHONPATH": str(folder / "src"), "OMP_NUM_THREADS": "1"}


@pytest.mark.slow
def test_the_written_tests_pass_for_every_kind(trivet, tmp_path):
    folder = tmp_path / "my_models"
    folder.mkdir()
    for kind in KINDS:
        ended = trivet("new", kind, f"my-{kind}", "--folder", str(folder))
        assert ended.code == 0, ended.err
    environment = installed(folder, "my-models")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", "tests"],
        cwd=folder, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    listed = subprocess.run(
        [sys.executable, "-m", "trivet.cli.main", "plugins"], env=environment, capture_output=True, text=True
    )
    assert all(f"my-{kind}" in listed.stdout and "my-models" in listed.stdout for kind in KINDS)
    assert "FAILED" not in listed.stdout
    passes = subprocess.run(
        [sys.executable, "-m", "trivet.cli.main", "passes"], env=environment, capture_output=True, text=True
    )
    assert any("my-pass" in line and line.endswith("[my-models]") for line in passes.stdout.splitlines())


@pytest.mark.slow
def test_a_build_uses_a_check_and_a_section_of_another_distribution(trivet, workplace, tmp_path):
    for kind in ("check", "section"):
        assert trivet("new", kind, f"my-{kind}", "--folder", str(tmp_path), "--package", "mine").code == 0
    section = tmp_path / "src" / "mine" / "my_section.py"
    text = section.read_text(encoding="utf-8")
    section.write_text(text.replace('"my-section", 70', '"My own", 15\n    at_build = True'), encoding="utf-8")
    table = workplace.table.read_text(encoding="utf-8").splitlines()
    rows = [f"{line},{'debt' if at == 0 else -at % 97 - 97}" for at, line in enumerate(table)]
    (tmp_path / "debts.csv").write_text("\n".join(rows), encoding="utf-8")
    environment = installed(tmp_path, "mine")

    def run(*words: str) -> str:
        command = [sys.executable, "-m", "trivet.cli.main", *words]
        ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    run("compile", "debts.csv", "--target", "y", *flags("--steps", STEPS), "--limit", "auroc >= 0.8", "--time", "20s")
    assert '"code": "my-check-found"' in run("show", "debts.trivet", "--json")
    assert run("explain", "my-check-found").startswith("# my-check-found")
    run("report", "debts.trivet")
    page = (tmp_path / "debts.html").read_text(encoding="utf-8")
    assert "<h2>My own</h2>" in page and "It answers y." in page
    assert trivet("report", str(tmp_path / "debts.trivet"), "--out", str(tmp_path / "bare.html")).code == 0
    bare = (tmp_path / "bare.html").read_text(encoding="utf-8")
    assert "The file carries a section my-section that is not installed here." in bare


def test_a_second_thing_joins_the_same_table_of_entry_points(trivet, tmp_path):
    for name in ("one-gauge", "two-gauge"):
        assert trivet("new", "gauge", name, "--folder", str(tmp_path), "--package", "mine").code == 0
    points = tomllib.loads((tmp_path / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    assert points == {FOLDERS["gauge"].group: {"one-gauge": "mine.one_gauge", "two-gauge": "mine.two_gauge"}}


def test_an_own_pyproject_is_kept(trivet, tmp_path):
    own = '[project]\nname = "loans"\nversion = "3"\n\n[tool.hatch.build.targets.wheel]\npackages = ["src/loans"]\n'
    (tmp_path / "pyproject.toml").write_text(own, encoding="utf-8")
    assert trivet("new", "pass", "fit-mine", "--folder", str(tmp_path)).code == 0
    after = (tmp_path / "pyproject.toml").read_text(encoding="utf-8")
    assert after.startswith(own.rstrip()) and 'fit-mine = "loans.fit_mine"' in after
    assert (tmp_path / "src" / "loans" / "fit_mine.py").exists()


@pytest.mark.parametrize("name", ["FitMine", "fit_mine", "fit-trees", "-x", "a b"])
def test_a_name_that_is_none_or_is_taken_is_refused(name, trivet, tmp_path):
    ended = trivet("new", "pass", "--folder", str(tmp_path), "--", name)
    assert ended.code == 2 and "error[new-name]" in ended.err
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(trivet, tmp_path):
    assert trivet("new", "pass", "fit-mine", "--folder", str(tmp_path), "--package", "mine").code == 0
    ended = trivet("new", "pass", "fit-mine", "--folder", str(tmp_path), "--package", "mine")
    assert ended.code == 2 and "file-exists" in ended.err
