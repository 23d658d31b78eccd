"""Hand-made wrong files, one for each way in which files have been wrong: (name, bytes, code of the refusal)."""

import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from trivet.runtime.file.caps import SMALL
from trivet.runtime.file.sections import HEADER, MAGIC, assemble, sealed, take_apart
from trivet.runtime.part import canonical_json
from trivet.testing.mutants import Opened, RawArray, digests_of, open_file
from trivet.testing.sample_files import sample_files

Case = tuple[str, bytes, str]
FILES = sample_files()
GOOD = FILES["interval"]
EMPTY = canonical_json({"parts": {}, "user": {}})


def corpus() -> list[Case]:
    return [*start_cases(), *table_cases(), *json_cases(), *tree_cases(), *array_cases(), *kind_cases()]


def start_cases() -> list[Case]:
    return [
        ("no bytes", b"", "file-magic"),
        ("magic alone", MAGIC, "file-length"),
        ("a zip", b"PK\x03\x04" + bytes(400), "file-magic"),
        ("a pickle", b"\x80\x04\x95" + bytes(400), "file-magic"),
        ("a numpy file", b"\x93NUMPY\x01\x00" + bytes(400), "file-magic"),
        ("text transfer turned the line end", GOOD.replace(b"trivet\n", b"trivet\r\n", 1), "file-magic"),
        ("text transfer dropped the eighth bit", b"\x09" + GOOD[1:], "file-magic"),
        ("format 0", sealed(over(8, "<I", 0)), "file-magic"),
        ("format 2", sealed(over(8, "<I", 2)), "file-newer"),
        ("a format from the far future", sealed(over(8, "<I", 2**32 - 1)), "file-newer"),
        ("a digest of an array changed", over_digests(lambda table: b"\1" + table[1:]), "file-digest"),
        (
            "digests of two arrays swapped",
            over_digests(lambda table: table[32:64] + table[:32] + table[64:]),
            "file-digest",
        ),
        ("one digest for all arrays", over_digests(lambda table: table[:32] * (len(table) // 32)), "file-digest"),
        ("no digests", over_digests(lambda table: b""), "file-bytes"),
        ("a digest too few", over_digests(lambda table: table[:-32]), "file-bytes"),
        ("a digest too many", over_digests(lambda table: table + bytes(32)), "file-bytes"),
        ("half a digest", over_digests(lambda table: table[:-16]), "file-bytes"),
        ("a digest and a half", over_digests(lambda table: table + bytes(16)), "file-bytes"),
        ("one byte short", GOOD[:-1], "file-length"),
        ("half", GOOD[: len(GOOD) // 2], "file-length"),
        ("trailing zeros", GOOD + bytes(8), "file-length"),
        ("a zip behind it", GOOD + b"PK\x05\x06" + bytes(18), "file-length"),
        ("a second file behind it", GOOD + GOOD, "file-length"),
        ("total length 2^63 - 1", sealed(over(16, "<Q", 2**63 - 1)), "file-length"),
        ("total length -1", sealed(over(16, "<q", -1)), "file-length"),
        ("total length 0", sealed(over(16, "<Q", 0)), "file-length"),
        ("digest of the file cleared", GOOD[:-32] + bytes(32), "file-digest"),
        ("digest of the body changed", sealed(over(len(GOOD) - 96, "<Q", 1)), "file-digest"),
        ("digest of the evidence changed", sealed(over(len(GOOD) - 64, "<Q", 1)), "file-digest"),
        ("all zeros behind the header", sealed(GOOD[:HEADER] + bytes(len(GOOD) - HEADER)), "file-digest"),
    ]


def table_cases() -> list[Case]:
    start, length = struct.unpack_from("<QQ", GOOD, 24 + 16)
    return [
        ("no sections", sealed(over(12, "<I", 0)), "file-section"),
        ("a section too few", sealed(over(12, "<I", 3)), "file-section"),
        ("a section too many", sealed(over(12, "<I", 5)), "file-section"),
        ("4 billion sections", sealed(over(12, "<I", 2**32 - 1)), "file-section"),
        ("a section of another name", sealed(over(24, "<8s", b"pickle\0\0")), "file-section"),
        ("a name that is not padded by zeros", sealed(over(24 + 15, "<1s", b"x")), "file-section"),
        ("sections swapped", sealed(GOOD[:24] + GOOD[56:88] + GOOD[24:56] + GOOD[88:]), "file-section"),
        ("a section twice", sealed(GOOD[:56] + GOOD[24:56] + GOOD[88:]), "file-section"),
        ("length 2^63 - 1", sealed(over(24 + 24, "<Q", 2**63 - 1)), "file-section"),
        ("length -1", sealed(over(24 + 24, "<q", -1)), "file-section"),
        ("length of a petabyte", sealed(over(24 + 24, "<Q", 10**15)), "file-section"),
        ("offset into the header", sealed(over(24 + 16, "<Q", 0)), "file-section"),
        ("offset outside", sealed(over(24 + 16, "<Q", 2**40)), "file-section"),
        ("sections overlap", sealed(over(56 + 16, "<Q", start)), "file-section"),
        ("a hole between sections", sealed(over(56 + 16, "<Q", start + 8 * length)), "file-section"),
        ("lengths that wrap around 2^64", sealed(wrapped_lengths()), "file-section"),
        ("padding that is not zero", sealed(padded_with(b"\1")), "file-padding"),
    ]


def json_cases() -> list[Case]:
    right = EMPTY.decode()
    texts: list[tuple[str, bytes, str]] = [
        ("no JSON", b"", "file-json"),
        ("half of the JSON", EMPTY[:-1], "file-json"),
        ("a blank", right.replace(":", ": ", 1).encode(), "file-canonical"),
        ("a line end behind", EMPTY + b"\n", "file-canonical"),
        ("keys unsorted", b'{"user":{},"parts":{}}', "file-canonical"),
        ("a key twice", b'{"parts":{},"user":{},"user":{}}', "file-canonical"),
        ("a key twice, with other values", b'{"parts":{},"user":{"a":1,"a":2}}', "file-canonical"),
        ("an escape that is not needed", user(b'"\\u0061"'), "file-canonical"),
        ("a float with too many digits", user(b"0.250"), "file-canonical"),
        ("an exponent that is not needed", user(b"2.5e-1"), "file-canonical"),
        ("minus zero as an integer", user(b"-0"), "file-canonical"),
        ("NaN", user(b"NaN"), "file-json"),
        ("infinity", user(b"Infinity"), "file-json"),
        ("1e999", user(b"1e999"), "file-json"),
        ("2^63", user(str(2**63).encode()), "file-json"),
        ("an integer of 5,000 digits", user(b"9" * 5000), "file-json"),
        ("a float of 5,000 digits", user(b"0." + b"3" * 5000), "file-json"),
        ("a leading zero", user(b"07"), "file-json"),
        ("a comment", user(b"/*a*/1"), "file-json"),
        ("single quotes", user(b"'a'"), "file-json"),
        ("a byte order mark", b"\xef\xbb\xbf" + EMPTY, "file-json"),
        ("UTF-16", right.encode("utf-16"), "file-json"),
        ("a byte that is not UTF-8", user(b'"\xff"'), "file-json"),
        ("an overlong slash", user(b'"\xc0\xaf"'), "file-json"),
        ("a lone surrogate as bytes", user(b'"\xed\xa0\x80"'), "file-json"),
        ("a lone surrogate as an escape", user(b'"\\ud800"'), "file-json"),
        ("a raw control character", user(b'"\x00"'), "file-json"),
        ("17 levels deep", user(b"[" * 15 + b"]" * 15), "file-cap"),
        ("100,000 levels deep", user(b"[" * 100_000 + b"]" * 100_000), "file-cap"),
        ("100,000 levels, never closed", b'{"":' * 100_000, "file-cap"),
        ("40,000 numbers", user(b"[" + b"1," * 40_000 + b"1]"), "file-cap"),
        ("more than 1 MB", user(b'"' + b"x" * 1_000_000 + b'"'), "file-cap"),
        ("4 MB in memory", user(b'"' + "😀".encode() + b"x" * 900_000 + b'"'), "file-cap"),
        ("a list", b"[]", "file-tree"),
        ("null", b"null", "file-tree"),
        ("a third key", b'{"also":1,"parts":{},"user":{}}', "file-tree"),
        ("user is a list", b'{"parts":{},"user":[]}', "file-tree"),
        ("parts is null", b'{"parts":null,"user":{}}', "file-tree"),
    ]
    evidence = [("evidence is a list", b"[]", "file-tree"), ("evidence with a blank", b'{"a": 1}', "file-canonical")]
    return [(f"manifest: {name}", assemble(text, b"", [], b"{}"), code) for name, text, code in texts] + [
        (name, assemble(EMPTY, b"", [], text), code) for name, text, code in evidence
    ]


def tree_cases() -> list[Case]:
    def body(**changed: Any) -> bytes:
        part = {"arrays": {}, "children": [], "config": {}, "kind": "affine"} | changed
        return assemble(canonical_json({"parts": {"body": part}, "user": {}}), b"", [], b"{}")

    def slot(name: str) -> bytes:
        part = {"arrays": {}, "children": [], "config": {}, "kind": "affine"}
        return assemble(canonical_json({"parts": {name: part}, "user": {}}), b"", [], b"{}")

    return [
        ("a part with a class name", body(**{"class": "os.system"}), "file-tree"),
        ("version 1 spelled out", body(version=1), "file-tree"),
        ("version 0", body(version=0), "file-tree"),
        ("a version that is true", body(version=True), "file-tree"),
        ("a version that is a float", body(version=2.0), "file-tree"),
        ("version 2^62", body(version=2**62), "file-tree"),
        ("no wiring spelled out", body(reads={}), "file-tree"),
        ("a port that keeps its name", body(reads={"numbers": "numbers"}), "file-tree"),
        ("wiring that is a list", body(gives=["scores"]), "file-tree"),
        ("a port that is a path", body(reads={"numbers": "../numbers"}), "file-name"),
        ("a port whose own name is a path", body(gives={"/scores": "other"}), "file-name"),
        ("a port that is a number", body(reads={"numbers": 1}), "file-name"),
        ("a port of 257 letters", body(gives={"scores": "a" * 257}), "file-cap"),
        ("a part that is a list", assemble(b'{"parts":{"body":[]},"user":{}}', b"", [], b"{}"), "file-tree"),
        ("config is a list", body(config=[]), "file-tree"),
        ("arrays is a list", body(arrays=[]), "file-tree"),
        ("children is an object", body(children={}), "file-tree"),
        ("a child is a number", body(children=[1]), "file-tree"),
        ("kind is a number", body(kind=1), "file-name"),
        ("kind is empty", body(kind=""), "file-name"),
        ("kind is a path", body(kind="../affine"), "file-name"),
        ("kind with a zero byte", body(kind="affine\0"), "file-name"),
        ("kind with a line end", body(kind="affine\n"), "file-name"),
        ("kind with a byte order mark", body(kind="\ufeffaffine"), "file-name"),
        ("kind of look-alike letters", body(kind="аffine"), "file-name"),
        ("kind of 257 letters", body(kind="a" * 257), "file-cap"),
        ("a slot that is a path", slot("../../etc/passwd"), "file-name"),
        ("a slot that nobody knows", slot("hook"), "part-slot"),
        ("an array that is a path", body(arrays={"../a": ["int8", [0]]}), "file-name"),
        ("no parts at all", assemble(EMPTY, b"", [], b"{}"), "part-slot"),
    ]


def array_cases() -> list[Case]:
    def arrays(described: Any, data: bytes = bytes(8)) -> bytes:
        part = {"arrays": {"a": described}, "children": [], "config": {}, "kind": "affine"}
        return built({"body": part}, data)

    two = {"arrays": {"a": ["int8", [8]], "b": ["int8", [8]]}, "children": [], "config": {}, "kind": "affine"}
    many = two | {"arrays": {f"a{at}": ["int8", [0]] for at in range(10_001)}}
    return [
        ("an array that is null", arrays(None), "file-tree"),
        ("an array without a shape", arrays(["float32"]), "file-tree"),
        ("objects", arrays(["object", [1]]), "file-array"),
        ("numpy's own spelling", arrays(["<f4", [2]]), "file-array"),
        ("big endian", arrays([">f4", [2]]), "file-array"),
        ("float64 in a specialist", arrays(["float64", [1]]), "file-array"),
        ("bool", arrays(["bool", [8]]), "file-array"),
        ("a structured dtype", arrays(["float32,float32", [1]]), "file-array"),
        ("a dtype that is a list", arrays([["float32"], [2]]), "file-array"),
        ("a shape below zero", arrays(["int8", [-8]]), "file-array"),
        ("two sizes below zero", arrays(["int8", [-2, -4]]), "file-array"),
        ("a shape of floats", arrays(["int8", [8.0]]), "file-array"),
        ("a shape of booleans", arrays(["float32", [True, 2]]), "file-array"),
        ("2^62 rows of nothing", arrays(["float32", [0, 2**62]], b""), "file-cap"),
        ("a product that wraps to 8", arrays(["int8", [2**61 + 1, 8]]), "file-cap"),
        ("a petabyte", arrays(["float32", [250_000_000_000_000]]), "file-cap"),
        ("32 MB that are not there", arrays(["float32", [8_000_000]]), "file-bytes"),
        ("nine axes", arrays(["int8", [1] * 9]), "file-cap"),
        ("one item too many", arrays(["int8", [9]]), "file-bytes"),
        ("bytes that no array claims", arrays(["int8", [8]], bytes(16)), "file-bytes"),
        ("array padding that is not zero", arrays(["int8", [7]], bytes(7) + b"\1"), "file-padding"),
        ("array padding that is cut", arrays(["int8", [7]], bytes(7)), "file-padding"),
        ("the second array is not there", built({"body": two}, bytes(8), arrays=2), "file-bytes"),
        ("10,001 arrays", built({"body": many}, b"", arrays=10_001), "file-cap"),
    ]


def kind_cases() -> list[Case]:
    """Well-formed files whose model is wrong: what a runtime would otherwise follow out of its arrays."""
    return [
        ("an unknown kind", edited("trees", lambda parts: parts["body"].update(kind="onnx-graph")), "part-kind"),
        ("a body from the future", edited("trees", lambda parts: parts["body"].update(version=2)), "part-version"),
        ("a child from the future", edited("vote", lambda p: second_child(p).update(version=9)), "part-version"),
        ("a reader from the future", edited("trees", lambda parts: parts["reader"].update(version=2)), "part-version"),
        ("a port that nobody has", edited("trees", lambda p: p["body"].update(reads={"hook": "os"})), "part-slot"),
        ("a child that is wired", edited("vote", lambda p: second_child(p).update(gives={"a": "b"})), "part-slot"),
        ("a body as the reader", edited("trees", lambda parts: parts.update(reader=parts["body"])), "part-kind"),
        ("no reader", edited("trees", lambda parts: parts.pop("reader")), "part-slot"),
        ("a tree that reads column 6 of 6", put("trees", "feature", 0, "<h", 6), "part-index"),
        ("a tree that reads column -2", put("trees", "feature", 0, "<h", -2), "part-index"),
        ("a tree that never ends", put("trees", "feature", -2, "<h", 0), "part-index"),
        ("a tree that ends at once", put("trees", "feature", 0, "<h", -1), "part-index"),
        ("a threshold that is no number", put("trees", "threshold", 0, "<H", 0x7E00), "part-array"),
        ("a threshold of infinity", put("trees", "threshold", 0, "<H", 0x7C00), "part-array"),
        ("a scale of infinity", put("trees", "leaf_scale", 0, "<f", float("inf")), "part-array"),
        ("a tree that adds to class 255", put("trees", "output", 3, "B", 255), "part-index"),
        ("a curve over column 200", put("additive", "feature", 0, "<h", 200), "part-index"),
        ("a curve with 65,535 cuts", put("additive", "cut_counts", 0, "<H", 65_535), "part-array"),
        ("cuts that do not ascend", put("additive", "cuts", 1, "<f", 1.0), "part-array"),
        ("an n-gram column that is not there", configured("ngrams", column=1), "part-config"),
        ("n-grams of 10^9 letters", configured("ngrams", high=10**9), "part-config"),
        ("10^9 buckets", configured("ngrams", buckets=10**9), "part-config"),
        ("buckets that are text", configured("ngrams", buckets="64"), "part-config"),
        ("a config key too many", configured("ngrams", hook="os.system"), "part-config"),
        ("a link that nobody knows", configured("vote", link="eval"), "part-config"),
        ("a vote of nobody", edited("vote", lambda parts: parts["body"].update(children=[])), "part-kind"),
        ("a vote with a weight of NaN", put("vote", "weights", 0, "<f", float("nan")), "part-array"),
        ("fields that are no list", edited("trees", lambda p: p["reader"]["config"].update(fields=1)), "part-config"),
        ("a field twice", edited("trees", lambda p: fields_of(p).append(["age", "number"])), "part-config"),
        ("spellings that are no table", spelled_as([["age", "unit='kg'"]]), "part-config"),
        ("spellings of nothing", spelled_as({}), "part-config"),
        ("a spelling of a field that is not there", spelled_as({"height": "unit='kg'"}), "part-config"),
        ("a spelling of a category", spelled_as({"ward": "unit='kg'"}), "part-config"),
        ("a spelling that says nothing", spelled_as({"age": ""}), "part-config"),
        ("a spelling that is a number", spelled_as({"age": 7}), "part-config"),
        ("a spelling that is not canonical", spelled_as({"age": "unit='kg',decimal=','"}), "part-config"),
        ("a spelling with an option too many", spelled_as({"age": "unit='kg', locale='de_DE'"}), "part-config"),
        ("a spelling with an option twice", spelled_as({"age": "unit='kg', unit='g'"}), "part-config"),
        ("a decimal mark that is a pattern", spelled_as({"age": "decimal='.*'"}), "part-config"),
        ("a unit that is a pattern of digits", spelled_as({"age": "unit='[0-9]'"}), "part-config"),
        ("a spelling of 10,000 characters", spelled_as({"age": f"unit='{'k' * 10_000}'"}), "part-config"),
        ("a date without a format", spelled_as({"seen": "unit='d'"}), "part-config"),
        ("a format with a directive of C", spelled_as({"seen": "format='%d %c'"}), "part-config"),
        ("a format that is a pattern", spelled_as({"seen": "format='(%Y)+%m'"}), "part-config"),
        ("a format without a year", spelled_as({"seen": "format='%d.%m.'"}), "part-config"),
        ("a format that turns ISO dates around", spelled_as({"seen": "format='%Y-%d-%m'"}), "part-config"),
        ("65 different spellings", many_spellings(65), "part-config"),
        ("a temperature of zero", put("additive", "temperature", 0, "<f", 0.0, slot="scale"), "part-array"),
        ("a temperature of NaN", put("additive", "temperature", 0, "<f", float("nan"), slot="scale"), "part-array"),
        ("scores that descend", put("trees", "x", 0, "<f", 9.0, slot="scale"), "part-array"),
        ("a probability of 2", put("trees", "y", 2, "<f", 2.0, slot="scale"), "part-array"),
        ("a floor of NaN", put("trees", "floor", 0, "<f", float("nan"), slot="guard"), "part-array"),
        ("an interval of infinity", put("interval", "pad", 0, "<f", float("inf"), slot="guard"), "part-array"),
        ("a class weight of zero", put("trees", "weights", 0, "<f", 0.0, slot="decoder"), "part-array"),
        ("class names that are not UTF-8", put("trees", "blob", 0, "B", 255, slot="decoder"), "part-array"),
        ("word ends beyond the words", put("trees", "ends", 0, "<I", 2**32 - 1, slot="decoder"), "part-index"),
        ("10^9 claimed words", words_counts(10**9), "part-index"),
    ]  # fmt: skip


def over(at: int, form: str, value: Any) -> bytes:
    """GOOD with one number overwritten."""
    packed = struct.pack(form, value)
    return GOOD[:at] + packed + GOOD[at + len(packed) :]


def wrapped_lengths() -> bytes:
    data = bytearray(GOOD)
    lengths = [struct.unpack_from("<Q", data, row + 24)[0] for row in (24, 56, 88)]
    struct.pack_into("<Q", data, 24 + 24, 2**64 - 8)
    struct.pack_into("<Q", data, 56 + 24, (lengths[0] + lengths[1] + 15) & ~7)
    return bytes(data)


def padded_with(byte: bytes) -> bytes:
    data = FILES["trees"]
    end = HEADER + struct.unpack_from("<Q", data, 24 + 24)[0]
    if end % 8 == 0:
        raise RuntimeError("choose a sample whose manifest needs padding")
    return data[:end] + byte + data[end + 1 :]


def user(text: bytes) -> bytes:
    """A manifest without parts whose one entry has this JSON text as its value."""
    return b'{"parts":{},"user":{"a":' + text + b"}}"


def built(parts: dict[str, Any], data: bytes, *, arrays: int = 1) -> bytes:
    """A file of these parts over this arrays section, with a true digest for arrays of up to eight bytes."""
    table = digests_of([data[:8]] * arrays)
    return assemble(canonical_json({"parts": parts, "user": {}}), table, [data], b"{}")


def over_digests(change: Callable[[bytes], bytes]) -> bytes:
    """GOOD with another table of digests."""
    sections = take_apart(GOOD, SMALL)
    return assemble(sections.manifest, change(bytes(sections.digests)), [sections.arrays], sections.evidence)


def edited(name: str, edit: Callable[[dict[str, Any]], Any]) -> bytes:
    """A sample after a change of its parts."""
    whole: Opened = open_file(FILES[name])
    edit(whole.manifest["parts"])
    return whole.close()


def fields_of(parts: dict[str, Any]) -> Any:
    return parts["reader"]["config"]["fields"]


def configured(name: str, **config: Any) -> bytes:
    return edited(name, lambda parts: parts["body"]["config"].update(config))


def spelled_as(spellings: Any) -> bytes:
    """A sample whose reader has these spellings."""
    return edited("spelled", lambda parts: parts["reader"]["config"].update(spellings=spellings))


def many_spellings(count: int) -> bytes:
    def edit(parts: dict[str, Any]) -> None:
        more = [[f"n{at}", "number"] for at in range(count)]
        fields_of(parts).extend(more)
        units = {name: f"unit='{chr(97 + at % 26)}{chr(97 + at // 26)}'" for at, (name, _) in enumerate(more)}
        parts["reader"]["config"]["spellings"] = units

    return edited("spelled", edit)


def second_child(parts: dict[str, Any]) -> Any:
    return parts["body"]["children"][1]


def put(name: str, array: str, at: int, form: str, value: Any, slot: str = "body") -> bytes:
    """A sample with one number of an array overwritten."""
    return edited(name, lambda parts: overwrite(parts[slot]["arrays"][array], at, form, value))


def words_counts(count: int) -> bytes:
    def edit(parts: dict[str, Any]) -> None:
        overwrite(parts["reader"]["children"][0]["arrays"]["counts"], 0, "<I", count)

    return edited("trees", edit)


def overwrite(array: RawArray, at: int, form: str, value: Any) -> None:
    items = np.frombuffer(array.data, np.dtype(form if form != "B" else "u1")).copy()
    items[at] = value
    array.data = items.tobytes()
