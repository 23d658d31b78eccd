"""The sketch of rows by hand: which hashes are kept, how they are written, and what is no sketch."""

import base64
from dataclasses import replace

import numpy as np
import pytest

from trivet.core.row_keys import row_keys, spread_bits
from trivet.data.split.row_sketch import (
    bottom_k,
    group_hashes,
    hashes_as_text,
    kept_hashes,
    row_hashes,
    row_sketch,
    sample_of,
)
from trivet.testing.trials import made_rows

HASHES = np.array([5, 2**40 + 3, 7, 5, 2**48 - 1, 5], np.uint64)


def test_the_smallest_different_hashes_are_kept_with_what_was_counted():
    made = bottom_k(HASHES, 2)
    assert (made["k"], made["rows"], made["distinct"]) == (2, 6, 4)
    assert made["natural"] == 0.5  # three of six rows were seen once
    assert kept_hashes(made).tolist() == [5, 7]
    assert kept_hashes(bottom_k(HASHES, 9)).tolist() == [5, 7, 2**40 + 3, 2**48 - 1]
    assert bottom_k(np.arange(1, 7, dtype=np.uint64).repeat(7)[:40], 3)["natural"] == 1.0
    assert bottom_k(np.array([1, 1, 2], np.uint64), 3)["natural"] == 0.666667


def test_a_hash_is_six_bytes_the_highest_first():
    assert base64.b64decode(hashes_as_text(np.array([1, 2**40 + 2], np.uint64))) == bytes(
        [0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 2]
    )


def test_hashes_are_the_highest_48_bits_of_keys_mixed_once_more():
    rows = made_rows("binary", "good", 20)
    assert row_hashes(rows).tolist() == (spread_bits(row_keys(rows)) >> np.uint64(16)).tolist()
    grouped = replace(rows, roles={"group": np.arange(20) - 3})
    expected = spread_bits((np.arange(20) - 3).astype(np.int64).view(np.uint64)) >> np.uint64(16)
    assert group_hashes(grouped).tolist() == expected.tolist()


def test_fewer_names_of_groups_are_kept_than_rows():
    rows = made_rows("binary", "good", 400)
    grouped = replace(rows, roles={"group": np.arange(400) // 2})
    sketch = row_sketch(grouped)
    assert len(kept_hashes(sketch)) == 256 == sketch["k"] and sketch["groups"]["k"] == 64
    assert sketch["groups"]["distinct"] == 200 and sketch["groups"]["natural"] == 1.0
    assert row_sketch(grouped, k=10)["groups"]["k"] == 10
    assert "groups" not in row_sketch(replace(rows, roles={}))
    halves = row_sketch(grouped, replace(rows, roles={}))  # only those that have groups tell of them
    assert halves["rows"] == 800 and halves["groups"]["rows"] == 400


def test_rows_up_to_the_largest_kept_hash_are_a_sample():
    sketch = bottom_k(np.array([10, 20, 30, 40], np.uint64), 2)
    found = sample_of(sketch, np.array([5, 10, 10, 20, 21, 40], np.uint64))
    assert (found.rows, found.known, found.is_all) == (4, 3, False)
    assert found.effective == pytest.approx(16 / (1 + 4 + 1))
    whole = sample_of(bottom_k(np.array([10, 20], np.uint64), 2), np.array([5, 10, 40], np.uint64))
    assert (whole.rows, whole.known, whole.effective, whole.is_all) == (3, 1, 3.0, True)
    nothing = sample_of(sketch, np.array([90], np.uint64))
    assert (nothing.rows, nothing.known, nothing.effective, nothing.is_all) == (0, 0, 0.0, False)


@pytest.mark.parametrize("text", ["", "AAAA", "AAAAAAA*AAAA", "AAAAAAAA AAAAAAAA", "AAAAAAA", "AAAAAAAAAA=="])
def test_what_was_not_written_so_is_refused(text):
    with pytest.raises(ValueError):
        kept_hashes({"hashes": text})
    assert kept_hashes({"hashes": "AAAAAAAA"}).tolist() == [0]
