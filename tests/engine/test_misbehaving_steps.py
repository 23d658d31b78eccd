"""A step may raise, hang, eat memory, crash or print: it costs one candidate, and the ledger says why."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from made_plugin import DOMAIN, installed, pass_text, write_plugin

from trivet.core.recipe import DataSpec, Recipe
from trivet.engine import deadline, routes
from trivet.engine.compile import compile_recipe
from trivet.engine.failure import Failure, JobFailed
from trivet.engine.outcome import Certified
from trivet.engine.pool import Pool
from trivet.engine.story import story_of
from trivet.engine.worker_process import Worker
from trivet.runtime.file.container import decode
from trivet.storage.disk import Storage
from trivet.storage.store import Store

pytestmark = pytest.mark.slow  # whole builds

PACKAGE = "wild_steps"
EAT = """
import time
held = []
for _ in range(40):  # 4 GB, were nobody to stop it
    held.append(np.ones(12_500_000))
    time.sleep(0.02)
"""
RUNS = {
    "RaiseError": "raise RuntimeError('the library has had enough\\nof these rows')",
    "HangOn": "import time\ntime.sleep(600)",
    "EatMemory": EAT,
    "CrashHard": "import ctypes\nprint('about to crash', flush=True)\nctypes.string_at(0)",
    "LeaveEarly": "raise SystemExit(7)",
    "PrintMuch": "import os\nprint('{\"work\": 1}' * 10_000, flush=True)\nos.write(1, b'{}\\n')",
}
NAMES = ("raise-error", "hang-on", "eat-memory", "crash-hard", "leave-early", "print-much")
MEMORY = 4e8
OFFERS_FOR = routes.offers_for


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Path:
    path, rng = tmp_path_factory.mktemp("data") / "made.csv", np.random.default_rng(0)
    x = rng.normal(size=(300, 2)).round(3)
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([["a", "b", "answer"], *[[a, b, "yes" if a > b else "no"] for a, b in x.tolist()]])
    return path


@pytest.fixture(scope="module")
def wild(tmp_path_factory):
    files = {
        name.replace("-", "_"): pass_text(cls, run, top="import numpy as np")
        for name, (cls, run) in zip(NAMES, RUNS.items())
    }
    files["wild"] = DOMAIN.format(name="Wild", bad=NAMES)
    points = {
        "passes": "\n".join(f"{name} = {PACKAGE}.{name.replace('-', '_')}" for name in NAMES),
        "domains": f"wild = {PACKAGE}.wild",
    }
    folder = write_plugin(tmp_path_factory.mktemp("wild"), PACKAGE, files, points)
    with installed(folder, PACKAGE):
        yield


def build(table: Path, store: Path) -> Certified:
    recipe = Recipe(data=DataSpec(source=str(table), target="answer"), seconds=300.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deadline, "_STEP_SHARE", 0.04)  # 12 s for a step
        patch.setattr(routes, "offers_for", lambda task, size, passes: OFFERS_FOR(task, size, ()))  # the domain's alone
        outcome = compile_recipe(recipe, store=store, threads=2, memory=MEMORY)
    assert isinstance(outcome, Certified)
    return outcome


@pytest.fixture(scope="module")
def built(wild, table, tmp_path_factory) -> tuple[Certified, Path]:
    store = tmp_path_factory.mktemp("store")
    return build(table, store), store


@pytest.fixture(scope="module")
def failed(built) -> dict[str, dict]:
    return {entry["what"]: entry for entry in story_of(built[1]) if entry["outcome"] == "failed"}


def test_the_build_ends_with_the_candidates_that_behave(built, failed):
    done = {entry["what"] for entry in story_of(built[1]) if entry["outcome"] == "done"}
    assert {"fit-temperature", "print-much"} <= done
    assert set(failed) == set(NAMES) - {"print-much"}


@pytest.mark.parametrize(("name", "said"), [
    ("raise-error", "RuntimeError: the library has had enough"),
    ("hang-on", "it took longer than its share of the time"),
    ("eat-memory", "it took more memory than it may, 400 MB"),
    ("crash-hard", "its process was killed by SIGSEGV"),
    ("leave-early", "SystemExit: 7"),
])  # fmt: skip
def test_each_cause_is_in_the_ledger_in_one_line(name, said, failed):
    assert failed[name]["why"].startswith(said)
    assert "\n" not in failed[name]["why"]


def test_the_place_in_the_code_is_kept_also_of_a_hang_and_a_crash(failed):
    assert 'raise_error.py", line' in failed["raise-error"]["traceback"]
    assert "of these rows" in failed["raise-error"]["traceback"]
    assert 'hang_on.py", line' in failed["hang-on"]["stderr"]
    assert 'crash_hard.py", line' in failed["crash-hard"]["stderr"]
    assert "about to crash" in failed["crash-hard"]["stderr"]


def test_what_failed_is_told_once_in_json_and_in_the_file(built):
    outcome, store = built
    told = [notice for notice in outcome.told.as_json()["notices"] if "failed" in notice]
    assert told == [f"5 steps failed: crash-hard, eat-memory, hang-on, ...; `trivet log {store}` shows why"]
    assert decode(outcome.data).evidence["notices"] == ["5 steps failed: crash-hard, eat-memory, hang-on, ..."]
    assert "failed" not in json.dumps(
        decode(outcome.data).manifest["data"]
    )  # what a machine did is no part of the body


def test_a_rerun_knows_what_failed_and_tries_again_only_what_the_machine_stopped(built, table):
    outcome, store = built
    before = len(story_of(store))
    again = build(table, store)
    tried = [entry["what"] for entry in story_of(store)[before:] if entry["outcome"] == "failed"]
    assert sorted(tried) == ["eat-memory", "hang-on"]
    assert again.told.failed == outcome.told.failed
    assert again.body_digest == outcome.body_digest


def test_retry_failed_tries_again_what_would_fail_in_the_same_way(tmp_path, monkeypatch):
    failure = Failure(did="some-step", kind="raised", why="RuntimeError: no")

    def fail(*_, **__):
        asked.append(1)
        raise JobFailed(failure)

    asked: list[int] = []
    monkeypatch.setattr(Worker, "ask", fail)
    for retry, count in ((False, 1), (False, 1), (True, 2)):
        with Store.opened(tmp_path, Storage()) as store, Pool(store, 1, retry=retry) as pool:
            for _ in range(2):  # never twice in one build
                with pytest.raises(JobFailed, match="some-step: RuntimeError: no"):
                    pool.once("key", {"do": "step", "did": "some-step"})
            assert list(pool.failed.values()) == [failure]
        assert len(asked) == count
