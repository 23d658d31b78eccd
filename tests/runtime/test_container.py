"""The `.trivet` file: what goes in comes out, one byte string per model, within stated bounds of memory."""

import hashlib
import json
import os
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from trivet.runtime.errors import BadFile
from trivet.runtime.file.caps import Caps
from trivet.runtime.file.container import (
    decode,
    decode_object,
    encode,
    encode_object,
    read,
    with_evidence,
)
from trivet.runtime.file.part_tree import DTYPES
from trivet.runtime.file.sections import assemble
from trivet.runtime.part import Part
from trivet.testing.sample_files import EVIDENCE, manifest_of, sample_files, sample_parts

SAMPLES = sorted(sample_parts())
FLAT = Part(kind="affine", arrays={"weights": np.ones((3, 1), np.float32), "bias": np.zeros(1, np.float32)})

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4), max_leaves=12,
)  # fmt: skip
names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,8}", fullmatch=True)
any_arrays = st.sampled_from(sorted(DTYPES)).flatmap(lambda dtype: arrays(dtype, array_shapes(min_dims=0, min_side=0)))
any_parts = st.recursive(
    st.builds(
        Part,
        kind=names,
        config=st.dictionaries(names, json_values, max_size=2),
        arrays=st.dictionaries(names, any_arrays, max_size=3),
    ),
    lambda inner: st.builds(Part, kind=names, children=st.lists(inner, max_size=3).map(tuple)),
    max_leaves=4,
)
any_manifests = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), json_values, max_size=4)


def code_of(action, *args, **kwargs):
    with pytest.raises(BadFile) as caught:
        action(*args, **kwargs)
    return caught.value.code


@settings(max_examples=60, deadline=None, derandomize=True)
@given(any_manifests, st.dictionaries(names, any_parts, max_size=3))
def test_what_goes_in_comes_out_and_encodes_to_the_same_bytes(manifest, parts):
    data = encode(manifest, parts, {"ms": 0.5})
    contents = decode(data)
    assert contents.manifest == manifest and contents.evidence == {"ms": 0.5}
    assert dict(contents.parts) == parts
    assert encode(contents.manifest, contents.parts, contents.evidence) == data


@pytest.mark.parametrize("name", SAMPLES)
def test_order_of_keys_and_slots_does_not_change_the_bytes(name):
    parts, manifest = sample_parts()[name], manifest_of(name)
    backwards = dict(reversed(list(parts.items())))
    assert encode(dict(reversed(list(manifest.items()))), backwards, EVIDENCE) == encode(manifest, parts, EVIDENCE)


def test_layout_is_as_the_format_page_says():
    data = encode({"a": 1}, {"body": FLAT}, {})
    magic, number, sections, total = struct.unpack_from("<8sIIQ", data)
    assert (magic, number, sections, total) == (b"\x89trivet\n", 1, 4, len(data))
    rows = [struct.unpack_from("<16sQQ", data, 24 + 32 * at) for at in range(4)]
    assert [name.rstrip(b"\0") for name, _, _ in rows] == [b"manifest", b"digests", b"arrays", b"evidence"]
    manifest, digests, arrays_, evidence = (data[offset : offset + length] for _, offset, length in rows)
    assert json.loads(manifest)["parts"]["body"]["arrays"] == {"bias": ["float32", [1]], "weights": ["float32", [3, 1]]}
    bias, weights = bytes(4), np.ones(3, "<f4").tobytes()
    assert arrays_ == bias + bytes(4) + weights + bytes(4)
    assert digests == hashlib.sha256(bias).digest() + hashlib.sha256(weights).digest()
    body = hashlib.sha256(struct.pack("<IQ", 1, len(manifest)) + manifest + digests).digest()
    about = hashlib.sha256(evidence).digest()
    assert data[-96:-64] == body and data[-64:-32] == about
    assert data[-32:] == hashlib.sha256(data[:152] + body + about).digest()


def test_bytes_of_a_small_file_never_change():
    # A golden digest: a change here is a change of the format, which needs a new format number.
    expected = "5934dc4979b4e2f2"
    assert decode(encode({"a": [1, 2.5, "é"]}, {"body": FLAT}, {"ms": 3})).digest[:16] == expected


def test_other_evidence_keeps_the_body_and_its_digest():
    manifest, parts = manifest_of("trees"), sample_parts()["trees"]
    before = encode(manifest, parts, EVIDENCE)
    after = with_evidence(before, {"machine": "another"})
    assert after == encode(manifest, parts, {"machine": "another"})
    assert decode(after).body_digest == decode(before).body_digest
    assert decode(after).digest != decode(before).digest


def test_body_digest_tells_manifests_and_arrays_apart():
    more = Part(kind="affine", arrays={**FLAT.arrays, "bias": np.ones(1, np.float32)})
    digests = {decode(encode(m, {"body": p}, {})).body_digest for m in ({}, {"a": 1}) for p in (FLAT, more)}
    assert len(digests) == 4


def test_an_object_of_the_store_keeps_float64_and_its_kind():
    meta, columns = {"fields": [["a", "number"]]}, {"a": np.array([1e300, np.nan]), "ids": np.array([2**62, 1])}
    found_meta, found = decode_object(encode_object("rows", meta, columns), "rows")
    assert found_meta == meta and sorted(found) == ["a", "ids"]
    assert all(found[name].dtype == columns[name].dtype for name in columns)
    assert found["a"].tobytes() == columns["a"].tobytes()
    assert code_of(decode_object, encode_object("rows", meta, columns), "candidate") == "file-object"


def test_float64_is_for_the_store_alone():
    parts = {"body": Part(kind="affine", arrays={"weights": np.ones(2)})}
    assert code_of(encode, {}, parts, {}) == "file-array"
    wide = encode({}, parts, {}, wide=True)
    assert code_of(decode, wide) == "file-array"
    assert dict(decode(wide, wide=True).parts) == parts


@pytest.mark.parametrize(
    ("manifest", "code"),
    [
        ({"a": float("nan")}, "file-json"),
        ({"a": 2**63}, "file-json"),
        ({"a": {1, 2}}, "file-json"),
        ({"a": "\ud800"}, "file-json"),
        ({1: "a", 10: "b", 9: "c"}, "file-canonical"),
        ({"a": "x" * 1_000_000}, "file-cap"),
        ({"a": ["x"] * 40_000}, "file-cap"),
    ],
    ids=["nan", "2^63", "set", "surrogate", "integer keys", "1 MB", "tokens"],
)
def test_nothing_is_written_that_could_not_be_read(manifest, code):
    assert code_of(encode, manifest, {}, {}) == code


def test_caps_are_raised_by_the_caller_alone():
    parts = {"body": Part(kind="affine", arrays={"weights": np.zeros(5000, np.float32)})}
    assert code_of(decode, encode({}, parts, {}), caps=Caps(file=10_000)) == "file-cap"
    long = {"a": ["x"] * 40_000}
    roomy = Caps(tokens=100_000)
    assert decode(encode(long, {}, {}, caps=roomy), caps=roomy).manifest == long


def test_an_error_says_code_place_and_value():
    data = encode({}, {"body": FLAT}, {})
    with pytest.raises(BadFile) as caught:
        decode(data[:-1])
    assert str(caught.value).startswith("error[file-length]: wanted ")
    assert f"{len(data) - 1:,} bytes" in str(caught.value) and "byte 16" in str(caught.value)


def test_reading_a_path(tmp_path):
    path = tmp_path / "a b ü.trivet"
    path.write_bytes(sample_files()["trees"])
    assert read(path).manifest == read(str(path)).manifest == manifest_of("trees")


def test_paths_that_hold_no_file(tmp_path):
    assert code_of(read, tmp_path / "none.trivet") == "file-missing"
    assert code_of(read, tmp_path) == "file-unreadable"
    assert code_of(read, "a\0b") == "file-unreadable"
    os.mkfifo(tmp_path / "pipe")
    assert code_of(read, tmp_path / "pipe") == "file-unreadable"
    with open(tmp_path / "huge", "wb") as huge:
        huge.truncate(10**12)  # sparse: takes no room on the disk, and must never be read
    assert code_of(read, tmp_path / "huge") == "file-cap"


def peak_of(data):
    """(bytes allocated at most while decoding, code or "accepted")."""
    tracemalloc.start()
    try:
        decode(data)
        return tracemalloc.get_traced_memory()[1], "accepted"
    except BadFile as error:
        return tracemalloc.get_traced_memory()[1], error.code
    finally:
        tracemalloc.stop()


def dear_manifests():
    """Manifests that are as dear to parse as the caps allow."""
    tiny_part = '{"arrays":{},"children":[],"config":{},"kind":"a"}'
    empty = '"%s":["int8",[0]]'
    yield "empty lists", '{"parts":{},"user":{"a":[' + ",".join(["[]"] * 13_300) + "]}}"
    yield "nested lists", '{"parts":{},"user":{"a":[' + ",".join(["[[[[[[[[]]]]]]]]"] * 2_300) + "]}}"
    yield "keys", '{"parts":{},"user":{' + ",".join(f'"{at:06}":{{}}' for at in range(9_900)) + "}}"
    yield "one-key objects", '{"parts":{},"user":{"a":[' + ",".join(['{"a":0.5}'] * 9_900) + "]}}"
    yield "floats", '{"parts":{},"user":{"a":[' + ",".join(f"0.{at}1" for at in range(10_000, 49_000)) + "]}}"
    yield "short texts", '{"parts":{},"user":{"a":[' + ",".join(f'"{at}"' for at in range(10_000, 49_000)) + "]}}"
    yield "a long text", '{"parts":{},"user":{"a":"' + "x" * 990_000 + '"}}'
    yield "a wide text", '{"parts":{},"user":{"a":"😀' + "x" * 240_000 + '"}}'
    children = ",".join([tiny_part] * 2_200)
    yield "parts", '{"parts":{"body":' + tiny_part.replace('"children":[]', f'"children":[{children}]') + '},"user":{}}'
    rows = ",".join(empty % f"a{at:05}" for at in range(5_600))
    yield "arrays", '{"parts":{"body":' + tiny_part.replace('"arrays":{}', f'"arrays":{{{rows}}}') + '},"user":{}}'


@pytest.mark.parametrize("name", [name for name, _ in dear_manifests()])
def test_the_dearest_json_stays_below_twice_the_size_and_8_mb(name):
    table = hashlib.sha256(b"").digest() * 5_600 if name == "arrays" else b""
    data = assemble(dict(dear_manifests())[name].encode(), table, [], b"{}")
    peak, code = peak_of(data)
    assert code == "accepted"
    assert len(data) + peak <= 2 * len(data) + 8_000_000  # the bytes of the file themselves count once


@pytest.mark.parametrize("text", ['"a",', '"\\\\",', "[]", "]", "[", ":", '\\"', "{", "1,", "é", "0", "\\", '"'])
def test_json_that_is_refused_takes_no_more(text):
    data = assemble(b"[" + text.encode() * (990_000 // len(text.encode())) + b"1]", b"", [], b"{}")
    peak, code = peak_of(data)
    assert code in {"file-cap", "file-json"}
    assert len(data) + peak <= 2 * len(data) + 8_000_000


def test_a_file_of_20_mb_is_held_twice_at_most():
    data = encode({}, {"body": Part(kind="affine", arrays={"weights": np.zeros(5_000_000, np.float32)})}, {})
    peak, code = peak_of(data)
    assert code == "accepted" and len(data) + peak <= 2 * len(data) + 8_000_000


def test_decoded_arrays_are_read_only():
    weights = decode(encode({}, {"body": FLAT}, {})).parts["body"].arrays["weights"]
    with pytest.raises(ValueError, match="read-only"):
        weights[0] = 2
