"""A part is a value: equal by content, changed by nobody, and never copied where nobody could change it."""

import mmap

import numpy as np
import pytest

from trivet.runtime.part import Part, array_bytes

WEIGHTS = np.arange(6, dtype=np.float32).reshape(2, 3)


def weights_of(array):
    return Part(kind="affine", arrays={"weights": array}).arrays["weights"]


def shares_memory(array, buffer):
    return np.shares_memory(array, np.frombuffer(buffer, np.uint8))


def test_changing_what_a_part_was_made_of_does_not_change_the_part():
    source = WEIGHTS.copy()
    kept = weights_of(source)
    source[0, 0] = 99
    assert kept[0, 0] == 0
    with pytest.raises(ValueError, match="read-only"):
        kept[0, 0] = 99
    with pytest.raises(ValueError, match="WRITEABLE"):
        kept.setflags(write=True)


def test_a_view_of_bytes_is_not_copied_and_one_of_a_bytearray_is():
    data = WEIGHTS.tobytes()
    assert shares_memory(weights_of(np.frombuffer(data, np.float32)), data)
    assert shares_memory(weights_of(np.frombuffer(memoryview(data)[8:], np.float32)), data)
    loose = bytearray(data)
    for source in (np.frombuffer(loose, np.float32), np.frombuffer(memoryview(loose).toreadonly(), np.float32)):
        assert not shares_memory(weights_of(source), loose)


def test_arrays_that_a_part_owns_pass_to_the_next_part_without_a_copy():
    first = weights_of(WEIGHTS)
    assert weights_of(first) is first


def test_a_file_mapped_for_reading_is_not_copied_and_one_mapped_for_writing_is(tmp_path):
    (tmp_path / "weights").write_bytes(WEIGHTS.tobytes())
    with open(tmp_path / "weights", "r+b") as file:
        for access, is_shared in ((mmap.ACCESS_READ, True), (mmap.ACCESS_WRITE, False), (mmap.ACCESS_COPY, False)):
            mapped = mmap.mmap(file.fileno(), 0, access=access)
            assert shares_memory(weights_of(np.frombuffer(mapped, np.float32)), mapped) == is_shared


@pytest.mark.parametrize(
    "array",
    [np.asfortranarray(WEIGHTS), WEIGHTS.astype(">f4"), WEIGHTS[:, ::2].copy()[::-1], np.float16(3), np.zeros((0, 3))],
    ids=["Fortran order", "big endian", "backwards", "scalar", "empty"],
)
def test_every_array_is_kept_in_c_order_and_little_endian(array):
    kept = weights_of(array)
    assert np.array_equal(kept, array) and kept.flags.c_contiguous and kept.dtype.byteorder != ">"
    assert bytes(array_bytes(kept)) == kept.tobytes()


def test_the_digest_covers_kind_version_config_wiring_arrays_and_children():
    part = {"kind": "net", "config": {"a": 1}, "arrays": {"w": WEIGHTS}, "children": (Part(kind="affine"),)}
    others = [
        {"kind": "nets"}, {"version": 2}, {"config": {"a": 2}}, {"arrays": {"v": WEIGHTS}}, {"arrays": {}},
        {"arrays": {"w": WEIGHTS.T}}, {"arrays": {"w": WEIGHTS.view(np.int32)}}, {"arrays": {"w": WEIGHTS + 1}},
        {"children": ()}, {"children": (Part(kind="affine", version=2),)}, {"reads": {"x": "y"}}, {"gives": {"x": "y"}},
    ]  # fmt: skip
    digests = {Part(**{**part, **change}).digest for change in ({}, *others)}
    assert len(digests) == 1 + len(others)


def test_a_port_that_keeps_its_name_says_nothing():
    assert Part(kind="net", reads={"x": "x", "y": "z"}) == Part(kind="net", reads={"y": "z"})
    assert Part(kind="net", gives={"x": "x"}) == Part(kind="net")
