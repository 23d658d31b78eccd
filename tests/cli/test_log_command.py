"""`trivet log` tells what a build did, also while it runs, and why steps failed."""

from dataclasses import asdict

import pytest
from run_commands import in_process

from trivet.cli.main import main
from trivet.engine.failure import Failure
from trivet.storage.disk import Storage
from trivet.storage.store import Store

CRASH = Failure(
    did="fit-wild(depth=3)", kind="raised", why="RuntimeError: no more", seconds=1.25,
    traceback="Traceback ...\nRuntimeError: no more\nof this", stderr="printed by the step",
)  # fmt: skip


@pytest.fixture
def build(tmp_path):
    with Store.opened(tmp_path / "loans.build", Storage()) as store:
        store.note("build-began", at="2026-11-24T10:00:00+00:00")
        store.record("a", {"did": "prepare-table", "seconds": 0.5, "work": {}, "notes": ["one column is empty"]})
        store.record_failure("b", asdict(CRASH))
        store.note("route-failed", route="wild", steps=["prepare-table", "fit-wild(depth=3)"], why="no more")
        store.record("c", {"did": "measure auroc", "seconds": 61.0, "reading": {}})
        store.note("vault-opened", by="judge, finalist 1: linear", digest="d" * 64, rows=120)
        yield str(tmp_path / "loans.build")  # the build goes on: its folder is locked, and may be read


def told(capsys, *words: str) -> str:
    assert main(["log", *words]) == 0
    return capsys.readouterr().out


def test_every_step_stands_there_with_seconds_outcome_and_cause(build, capsys):
    out = told(capsys, build)
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert "2 steps done, 1 failed, the vault was opened 1 times" in lines[0]
    assert "2 prepare-table done 0.5 s one column is empty" in lines
    assert "3 fit-wild(depth=3) failed 1.2 s RuntimeError: no more" in lines
    assert "5 measure auroc done 1 min 1 s" in lines
    assert "6 vault-opened by judge, finalist 1: linear, 120 rows (dddddddddddddddd)" in lines
    assert "Traceback" not in out and "--failed --traceback" in lines[-1]


@pytest.mark.parametrize(("words", "numbers"), [
    (["--failed"], [3]),
    (["--step", "fit-wild"], [3]),
    (["--step", "auroc"], [5]),
    (["--entry", "6"], [6]),
    (["--step", "no-such"], []),
])  # fmt: skip
def test_filters_leave_what_was_asked_for(words, numbers, build):
    found = in_process("log", build, *words, "--json").json
    assert [entry["number"] for entry in found["entries"]] == numbers
    assert (found["done"], found["failed"], found["vault_openings"]) == (2, 1, 1)


@pytest.mark.parametrize("words", [["--traceback"], ["--entry", "3"]])
def test_tracebacks_and_last_words_are_there_on_demand(words, build, capsys):
    out = told(capsys, build, *words)
    assert "RuntimeError: no more\n    of this" in out and "printed by the step" in out


def test_a_folder_in_which_no_build_worked_is_refused(tmp_path, capsys):
    assert main(["log", str(tmp_path)]) == 2
    assert "build-missing" in capsys.readouterr().err
