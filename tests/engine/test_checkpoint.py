"""A long step that is killed goes on where it had saved, and ends with the same bytes as one that nobody disturbed."""

import os
import signal
import threading
from pathlib import Path

import pytest
from made_plugin import installed, pass_text, write_plugin

from trivet.engine.failure import JobFailed
from trivet.engine.keys import Keys
from trivet.engine.pool import Pool
from trivet.storage.disk import Storage
from trivet.storage.objects import candidate_to_bytes, rows_to_bytes
from trivet.storage.store import Store
from trivet.testing.samples import tiny_work

PACKAGE = "steps_with_checkpoints"
FIT = Path(__file__).parents[2] / "bench" / "fit_torch.py"
STEP = "fit-torch(epochs=80, every=5)"
ABOUT = """
import json
import numpy as np
found = [ctx.threads, ctx.device, ctx.machine.cores > 0, ctx.budget.memory, ctx.budget.seconds < 60]
ctx.say.note(json.dumps(found))
list(ctx.say.each(range(4), 'things'))
ctx.checkpoint('a').save({'x': np.arange(3)})
"""


@pytest.fixture(scope="module", autouse=True)
def plugin(tmp_path_factory):
    files = {"fit_torch": FIT.read_text(encoding="utf-8"), "look_around": pass_text("LookAround", ABOUT)}
    points = {"passes": f"fit-torch = {PACKAGE}.fit_torch\nlook-around = {PACKAGE}.look_around"}
    with installed(write_plugin(tmp_path_factory.mktemp("plugin"), PACKAGE, files, points), PACKAGE):
        yield


def job_of(store: Store, step: str) -> tuple[str, dict]:
    """(key, job) of the step on a tiny table, whose rows are put into the store."""
    work = tiny_work("binary", ("prepare-table",))
    digests = {"candidate": store.put(candidate_to_bytes(work.candidate))}
    digests |= {name: store.put(rows_to_bytes(rows)) for name, rows in work.data.splits.items()}
    seen = {name: digests[name] for name in ("candidate", "fit")}
    return Keys().step(step, digests, 5), {"do": "step", "did": step, "step": step, "work": seen, "seed": 5}


@pytest.mark.slow
def test_a_torch_fit_killed_in_the_middle_goes_on_and_ends_the_same(tmp_path):
    heard: list[float] = []
    with Store.opened(tmp_path, Storage()) as store:
        key, job = job_of(store, STEP)

        def kill(step: str, share: float, what: str) -> None:
            if share >= 0.3 and store.checkpoints.keys():
                (worker,) = pool.workers
                os.kill(worker.process.pid, signal.SIGKILL)

        with Pool(store, 1, hear=kill) as pool, pytest.raises(JobFailed, match="killed by SIGKILL"):
            pool.once(key, job)
        assert store.checkpoints.keys() == {key}
        with Pool(store, 1, hear=lambda step, share, what: heard.append(share)) as pool:
            resumed = pool.once(key, job)
            undisturbed = pool.once("0" * 64, job)  # under another key nothing is known of it
        assert store.checkpoints.keys() == set()  # forgotten: both ended well
    assert resumed["work"] == undisturbed["work"]
    assert heard[0] > 0.2 and 0.0 in heard  # the one went on, the other began at the beginning


def test_the_context_says_what_there_is_and_progress_reaches_the_build(tmp_path):
    heard = []
    with Store.opened(tmp_path, Storage()) as store:
        key, job = job_of(store, "look-around")
        with Pool(store, 1, memory=3e9, hear=lambda *told: heard.append(told)) as pool:
            result = pool.once(key, job, longest=50.0)
        assert store.checkpoints.keys() == set()
    assert result["notes"] == ['[1, "cpu", true, 3000000000.0, true]']
    assert heard[0] == ("look-around", 0.0, "things")


def test_a_result_that_is_recorded_twice_at_once_is_computed_once(tmp_path):
    with Store.opened(tmp_path, Storage()) as store:
        key, job = job_of(store, "look-around")
        with Pool(store, 2) as pool:
            results = list(pool.map(lambda _: pool.once(key, job), range(4)))
        assert all(result == results[0] for result in results)
        assert len([frame for frame in store.ledger.frames if frame["type"] == "result"]) == 1


def test_a_store_takes_notes_from_many_threads(tmp_path):
    with Store.opened(tmp_path, Storage()) as store:
        threads = [threading.Thread(target=store.note, args=("said",), kwargs={"by": at}) for at in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with Store.opened(tmp_path, Storage()) as store:
        assert sorted(event["by"] for event in store.events("said")) == list(range(40))
        assert store.ledger.lost_bytes == 0
