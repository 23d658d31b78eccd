"""Whichever call to the disk fails in a build: a typed error or a good end; the rerun gives the same body (A3)."""

import csv
import errno
import json
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "storage"))

from faulty_disk import FailingDisk, QuickDisk, WatchedDisk

from trivet.core.errors import StorageError
from trivet.core.recipe import DataSpec, Recipe
from trivet.core.registry import parse_limit
from trivet.engine import costs, judge
from trivet.engine.compile import compile_recipe
from trivet.engine.outcome import Certified
from trivet.engine.worker import Desk, answer
from trivet.engine.worker_process import Worker, result_of
from trivet.runtime.probes import PROBES, clean
from trivet.storage.disk import Storage
from trivet.storage.system_calls import Disk

STEPS = ("prepare-table", "fit-linear", "fit-temperature")
ERRNOS = [errno.ENOSPC, errno.EIO]
SAMPLE = 10


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Path:
    path, rng = tmp_path_factory.mktemp("data") / "made.csv", np.random.default_rng(0)
    x = rng.normal(size=(80, 2)).round(3)
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([["a", "b", "answer"], *[[a, b, "yes" if a > b else "no"] for a, b in x.tolist()]])
    return path


def build(table: Path, store: Path, disk: Disk) -> str:
    """The body digest of what a build with this disk ends in; worker and probe run here, on the same disk."""
    storage = Storage(disk)
    recipe = Recipe(
        data=DataSpec(source=str(table), target="answer"),
        limits=(parse_limit("size <= 1 MB"),),
        steps=STEPS,
        seconds=20.0,
    )
    with pytest.MonkeyPatch.context() as patch:
        for module in (judge, costs):
            patch.setattr(module, "run_probe", probe_here)
        for probe in PROBES.values():
            patch.setattr(probe, "times", min(probe.times, 30))
            patch.setattr(probe, "processes", 1)
        patch.setattr(Worker, "ask", lambda self, job, **_: result_of(in_json(answer(Desk(self.folder, storage), job))))
        outcome = compile_recipe(recipe, store=store, threads=1, storage=storage)
    assert isinstance(outcome, Certified), outcome
    return outcome.body_digest


def in_json(reply: dict) -> dict:
    return json.loads(json.dumps(reply))


def probe_here(arguments: list[str]) -> None:
    """The probe, without a process; it closes the door to imports behind itself."""
    importers = list(sys.meta_path)
    try:
        clean.main(arguments)
    finally:
        sys.meta_path[:] = importers


@pytest.fixture(scope="module")
def undisturbed(table, tmp_path_factory) -> tuple[str, list[str]]:
    """The body, and every call that the build made."""
    disk = WatchedDisk()
    return build(table, tmp_path_factory.mktemp("undisturbed"), disk), disk.seen


def fails_well(k: int, number: int, table: Path, folder: Path, undisturbed: tuple[str, list[str]]) -> None:
    """With call `k` failing the build raises a typed error or ends with the right body; the rerun always does."""
    body, calls = undisturbed
    try:
        assert build(table, folder, FailingDisk(k, number, for_ever=False)) == body
    except StorageError as error:
        assert error.code == "storage-failed" and errno.errorcode[number] in error.found
    again = build(table, folder, QuickDisk())
    assert again == body, f"another body after call {k} ({calls[k - 1]}) failed"
    assert not [path.name for path in folder.rglob("*.part")]


@pytest.mark.slow
@pytest.mark.parametrize("tenth", range(SAMPLE))
def test_a_sample_of_failing_calls_leaves_a_store_that_a_rerun_finishes(
    tenth,
    table,
    tmp_path,
    undisturbed,
):
    k = 1 + tenth * (len(undisturbed[1]) - 1) // (SAMPLE - 1)
    fails_well(k, ERRNOS[tenth % 2], table, tmp_path, undisturbed)


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize("number", ERRNOS, ids=errno.errorcode.get)
def test_every_failing_call_leaves_a_store_that_a_rerun_finishes(number, table, tmp_path, undisturbed):
    for k in range(1, len(undisturbed[1]) + 1):
        fails_well(k, number, table, tmp_path / str(k), undisturbed)


@pytest.mark.parametrize("number", ERRNOS, ids=errno.errorcode.get)
def test_a_disk_that_stays_full_is_said_to_be_full_and_not_that_limits_cannot_be_kept(
    number,
    table,
    tmp_path,
    undisturbed,
):
    half = len(undisturbed[1]) // 2
    with pytest.raises(StorageError) as caught:
        build(table, tmp_path, FailingDisk(half, number, for_ever=True))
    assert errno.errorcode[number] in caught.value.found
    assert build(table, tmp_path, QuickDisk()) == undisturbed[0]


def test_objects_that_got_lost_or_damaged_are_made_anew(table, tmp_path, undisturbed):
    assert build(table, tmp_path, QuickDisk()) == undisturbed[0]
    objects = sorted(path for path in (tmp_path / "objects").rglob("*") if path.is_file())
    for at, path in enumerate(objects):
        if at % 2:
            path.unlink()
        else:
            path.write_bytes(b"\0" + path.read_bytes()[1:])
    assert build(table, tmp_path, QuickDisk()) == undisturbed[0]
