"""A specialist is kept, reported and copied: bytes in, bytes out."""

import copy
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import joblib
import numpy as np
import pytest

from trivet.core.errors import BadUse
from trivet.core.limits import Limit
from trivet.runtime.errors import BadFile
from trivet.runtime.file.caps import Caps
from trivet.runtime.file.container import encode
from trivet.runtime.specialist import Specialist as RuntimeSpecialist
from trivet.ship.specialist import Specialist, load
from trivet.testing.sample_files import sample_files, sample_parts

DATA = sample_files()["trees"]
ROW = {"age": 41.0, "smokes": True, "ward": "east", "seen": "2026-01-01", "remark": None}


def through_joblib(model, path):
    joblib.dump(model, path / "model.joblib")
    return joblib.load(path / "model.joblib")


WAYS = {
    "pickle": lambda model, path: pickle.loads(pickle.dumps(model)),  # noqa: S301 - our own bytes, of this test
    "joblib": through_joblib,
    "copy": lambda model, path: copy.copy(model),
    "deepcopy": lambda model, path: copy.deepcopy(model),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", [Specialist, RuntimeSpecialist], ids=["workshop", "runtime"])
def test_05_14_a_copy_is_the_same_file_loaded_the_same_way(kind, way, tmp_path):
    caps = Caps(file=2 * len(DATA))
    model = kind.from_bytes(DATA, caps=caps, executor="numpy")
    twin = WAYS[way](model, tmp_path)
    assert type(twin) is kind and twin is not model and twin.data == model.data
    assert twin.program is not model.program and twin._how == {"caps": caps, "executor": "numpy"}
    assert np.array_equal(twin.predict_proba(ROW), model.predict_proba(ROW))


def test_05_14_a_pickle_holds_the_bytes_of_the_file_and_no_session():
    assert len(pickle.dumps(Specialist.from_bytes(DATA))) < len(DATA) + 500


def test_05_14_altered_bytes_in_a_pickle_are_refused_as_in_a_file():
    whole = pickle.dumps(Specialist.from_bytes(DATA))
    at = whole.index(DATA) + len(DATA) // 2
    bad = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
    with pytest.raises(BadFile):
        pickle.loads(bad)  # noqa: S301 - our own bytes, of this test


@pytest.mark.slow
def test_05_14_another_process_answers_with_a_model_that_was_handed_over():
    model = Specialist.from_bytes(DATA)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        there = pool.submit(model.predict_proba, [ROW]).result()
    assert np.array_equal(there, model.predict_proba([ROW]))


def test_05_14_save_writes_the_file_once_and_says_nothing_when_it_is_there(tmp_path):
    model, path = Specialist.from_bytes(DATA), tmp_path / "model.trivet"
    assert model.save(path) == path
    stamp = path.stat().st_mtime_ns
    assert model.save(str(path)) == path and path.stat().st_mtime_ns == stamp
    assert load(path).digest == model.digest
    assert [one.name for one in tmp_path.iterdir()] == ["model.trivet"]


@pytest.mark.parametrize(
    "there", [b"my notes", DATA[:-1], DATA[:-1] + b"x"], ids=["notes", "shorter", "one byte differs"]
)
def test_05_14_save_loses_nothing_unless_forced(tmp_path, there):
    model, path = Specialist.from_bytes(DATA), tmp_path / "model.trivet"
    path.write_bytes(there)
    with pytest.raises(BadUse, match="file-exists") as caught:
        model.save(path)
    assert path.read_bytes() == there and "force=True" in caught.value.do
    model.save(path, force=True)
    assert path.read_bytes() == DATA


def test_05_14_save_does_not_write_over_a_folder(tmp_path):
    with pytest.raises(BadUse, match="folder"):
        Specialist.from_bytes(DATA).save(tmp_path)


def test_05_14_report_gives_the_page_or_writes_it(tmp_path):
    limit = Limit(gauge="auroc", must=">=", bound=0.9).as_json()
    evidence = {"verdicts": [{"limit": "auroc >= 0.9", "gauge": "auroc", "verdict": "HOLDS"}]}
    model = Specialist.from_bytes(encode({"limits": [limit]}, sample_parts()["trees"], evidence))
    page = model.report()
    assert page.lstrip().lower().startswith("<!doctype html")
    path = model.report(tmp_path / "page.html")
    assert path.read_text(encoding="utf-8") == page
    assert model.report(path) == path  # the same page: nothing to lose
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(BadUse, match="file-exists"):
        model.report(path)
    assert model.report(path, force=True) == path and path.read_text(encoding="utf-8") == page
