"""Large files are mapped: no copy of their arrays, the same checks and the same answers; caps are the caller's."""

import gc
import os
import tracemalloc
from itertools import product
from mmap import mmap

import numpy as np
import pytest

from trivet.runtime.errors import BadFile
from trivet.runtime.file import mapping
from trivet.runtime.file.caps import LARGE, SMALL, Caps, caps_of
from trivet.runtime.file.container import decode, encode, read
from trivet.runtime.file.mapping import file_bytes
from trivet.runtime.part import Part
from trivet.runtime.specialist import Specialist
from trivet.testing.sample_files import manifest_of, sample_files, sample_parts

ROW = {"age": 41.0, "smokes": True, "ward": "east", "seen": "2026-01-01", "remark": "feels better"}
SAMPLES = sorted(sample_files())


@pytest.fixture
def maps_are_closed():
    """A caught error keeps the frames that hold a map, and so its open file, until they are collected."""
    yield
    gc.collect()


@pytest.fixture
def always_mapped(monkeypatch):
    monkeypatch.setattr(mapping, "READ_UP_TO", 0)


def code_of(action, *args, **kwargs):
    with pytest.raises(BadFile) as caught:
        action(*args, **kwargs)
    return caught.value.code


def root_of(array):
    while isinstance(array, np.ndarray):
        array = array.base
    return array.obj if isinstance(array, memoryview) else array


@pytest.mark.parametrize("name", SAMPLES)
def test_a_mapped_file_holds_and_answers_the_same(name, tmp_path, monkeypatch):
    path = tmp_path / "model.trivet"
    path.write_bytes(sample_files()[name])
    in_memory = Specialist.load(path)
    monkeypatch.setattr(mapping, "READ_UP_TO", 0)
    mapped = Specialist.load(path)
    assert isinstance(in_memory.data, bytes) and isinstance(mapped.data, memoryview)
    assert mapped.digest == in_memory.digest and mapped.size_bytes == in_memory.size_bytes
    assert dict(mapped.contents.parts) == dict(in_memory.contents.parts)
    assert mapped.predict(ROW) == in_memory.predict(ROW)


@pytest.mark.usefixtures("always_mapped")
def test_arrays_of_a_mapped_file_are_read_only_views_of_the_map(tmp_path):
    (tmp_path / "model.trivet").write_bytes(sample_files()["trees"])
    parts = read(tmp_path / "model.trivet").parts
    for array in parts["body"].arrays.values():
        assert isinstance(root_of(array), mmap)
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


@pytest.mark.usefixtures("always_mapped", "maps_are_closed")
def test_any_altered_byte_of_a_mapped_file_is_refused_at_load(tmp_path):
    path, data = tmp_path / "model.trivet", bytearray(sample_files()["interval"])
    path.write_bytes(data)
    with open(path, "r+b") as file:
        for at, bit in product(range(len(data)), (0, 7)):
            os.pwrite(file.fileno(), bytes([data[at] ^ 1 << bit]), at)
            assert code_of(read, path).startswith("file-"), at
            os.pwrite(file.fileno(), data[at : at + 1], at)
    assert read(path).manifest == manifest_of("interval")


@pytest.mark.usefixtures("always_mapped")
def test_a_file_put_in_its_place_by_a_rename_changes_nothing_for_who_has_it_open(tmp_path):
    path, other = tmp_path / "model.trivet", tmp_path / "other"
    path.write_bytes(sample_files()["trees"])
    other.write_bytes(sample_files()["vote"])
    before = Specialist.load(path)
    answer = before.predict_proba(ROW)
    os.replace(other, path)
    assert np.array_equal(before.predict_proba(ROW), answer)
    assert decode(before.data).digest == before.digest != Specialist.load(path).digest


def test_a_small_file_may_be_written_over_while_it_is_used(tmp_path):
    path = tmp_path / "model.trivet"
    path.write_bytes(sample_files()["trees"])
    model = Specialist.load(path)
    path.write_bytes(b"")
    assert decode(model.data).digest == model.digest and model.predict(ROW)


def test_a_mapped_file_of_40_mb_is_decoded_without_a_copy(tmp_path):
    path = tmp_path / "model.trivet"
    arrays = {f"weights{at}": np.full(1_250_000, at, np.float32) for at in range(8)}
    path.write_bytes(encode({}, {"body": Part(kind="affine", arrays=arrays)}, {}))
    tracemalloc.start()
    contents = read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert contents.parts["body"].arrays["weights3"][-1] == 3
    assert peak < 1_000_000


@pytest.mark.usefixtures("maps_are_closed")
def test_files_of_another_size_than_the_system_said_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "model.trivet"
    path.write_bytes(sample_files()["trees"] + b"more")
    size = len(sample_files()["trees"])
    monkeypatch.setattr(mapping.os, "fstat", lambda fd: os.stat_result([0] * 6 + [size] + [0] * 3))
    assert code_of(read, path) == "file-length"


@pytest.mark.usefixtures("maps_are_closed")
def test_the_caller_chooses_the_caps_by_name(tmp_path):
    assert caps_of("small") == caps_of(SMALL) == SMALL == Caps()
    assert caps_of("large") == LARGE and LARGE.file == 4_000_000_000
    with pytest.raises(ValueError, match="'huge'"):
        caps_of("huge")
    path = tmp_path / "sparse.trivet"
    with open(path, "wb") as sparse:
        sparse.truncate(SMALL.file + 1)  # takes no room on the disk
    assert code_of(Specialist.load, path) == "file-cap"
    assert code_of(Specialist.load, path, caps="large") == "file-magic"  # read now, and found to be something else
    with open(path, "wb") as sparse:
        sparse.truncate(LARGE.file + 1)
    assert code_of(file_bytes, path, LARGE) == "file-cap"


@pytest.mark.usefixtures("maps_are_closed")
def test_a_file_beyond_the_small_caps_loads_with_the_large_ones(tmp_path):
    path, parts = tmp_path / "model.trivet", sample_parts()["trees"]
    path.write_bytes(encode({"words": ["x"] * 50_000}, parts, {}, caps=LARGE))
    assert code_of(Specialist.load, path) == "file-cap"
    model = Specialist.load(path, caps="large")
    assert model.predict(ROW) == Specialist.from_bytes(sample_files()["trees"]).predict(ROW)
