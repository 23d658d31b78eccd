"""A checkpoint gives back what was saved last, to whoever comes after a kill, until the step has ended."""

import numpy as np
import pytest

from trivet.core.context import Checkpoint
from trivet.storage.checkpoints import Checkpoints
from trivet.storage.disk import Storage
from trivet.storage.store import Store

ARRAYS = {
    "layer.0/weight": np.arange(6, dtype=np.float64).reshape(2, 3),
    "step": np.array(7),
    "mask": np.array([True, False]),
    "random state": np.arange(5, dtype=np.uint8),
    "empty": np.zeros((0, 4), np.float32),
}


def checkpoints(folder) -> Checkpoints:
    return Checkpoints(folder, Storage())


@pytest.mark.parametrize("stored", [True, False])
def test_arrays_of_any_name_and_facts_come_back(stored, tmp_path):
    first = checkpoints(tmp_path).of("k", "epoch") if stored else Checkpoint()
    assert first.load() is None and first.facts == {}
    first.save(ARRAYS, {"epoch": 3})
    again = checkpoints(tmp_path).of("k", "epoch") if stored else first
    found = again.load()
    assert found is not None and again.facts == {"epoch": 3}
    for name, array in ARRAYS.items():
        assert found[name].dtype == array.dtype and np.array_equal(found[name], array)
        found[name][...] = 0  # a copy of one's own
    assert np.array_equal(again.load()["step"], ARRAYS["step"])


def test_the_last_one_counts_and_names_and_keys_are_apart(tmp_path):
    kept = checkpoints(tmp_path)
    for number in (1, 2):
        kept.of("k", "a").save({"x": np.array([number])})
    kept.of("k", "../../b").save({"x": np.array([3])})
    kept.of("other", "a").save({"x": np.array([4])})
    assert checkpoints(tmp_path).of("k", "a").load()["x"].tolist() == [2]
    assert checkpoints(tmp_path).of("k", "../../b").load()["x"].tolist() == [3]
    assert not [path for path in tmp_path.iterdir() if path.name != "checkpoints"]
    kept.clear("k")
    assert kept.keys() == {"other"}
    assert checkpoints(tmp_path).of("k", "a").load() is None


def test_a_damaged_checkpoint_counts_as_none(tmp_path):
    checkpoints(tmp_path).of("k", "a").save({"x": np.arange(3)})
    (path,) = (tmp_path / "checkpoints").iterdir()
    path.write_bytes(path.read_bytes()[:-1])
    assert checkpoints(tmp_path).of("k", "a").load() is None


def test_a_store_forgets_checkpoints_of_steps_that_have_ended(tmp_path):
    with Store.opened(tmp_path, Storage()) as store:
        for key in ("ended", "running"):
            store.checkpoints.of(key, "a").save({"x": np.arange(3)})
        store.record("ended", {"value": 1})  # and killed before it could tidy up
    with Store.opened(tmp_path, Storage()) as store:
        assert store.checkpoints.keys() == {"running"}
