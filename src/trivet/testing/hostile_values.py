"""Values with which files have been attacked, here or elsewhere: the vocabulary of the mutants."""

import struct
from typing import Any

NUMBERS: list[Any] = [
    0, 1, 2, 3, 7, 8, 255, 4096, 65_535, 65_536, 10**9, 2**31, 2**32, 2**62, 2**63, 2**64, 10**30, -1, 1.0, True,
]  # fmt: skip
SHAPES: list[Any] = [
    [], [0], [0, 0], [1], [1, 1], [-1], [2**63 - 1], [0, 2**62], [2**31, 2**31, 2**31], [1] * 9, [1] * 64, None, 7, "3",
    [1.0], [None], [[1]], [True],
]  # fmt: skip
DTYPES: list[Any] = [
    "int8", "uint8", "int16", "uint16", "int32", "uint32", "float16", "float32", "float64", "int64", "bool", "object",
    "O", "<f4", ">f4", "float128", "datetime64[s]", "S8", "U1", "V16", "", None, 4, ["f4"], "float32,float32",
]  # fmt: skip
JSON_VALUES: list[Any] = [
    *NUMBERS, 0.5, -0.0, 1e-320, 1e300, float("nan"), float("inf"), None, "", "a", "columns", "trees", "body",
    "../../etc/passwd", "/dev/zero", "http://127.0.0.1/", "\0", "\ufeff", "\ud800", "é" * 200, "😀" * 200, "x" * 70_000,
    [], {}, [[]], [{}], {"": 0}, {"kind": "trees"}, [0] * 500, [["a", "number"]] * 3, ["a"] * 40_000,
    [[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]], [["f", "number"] for _ in range(3000)],
    [[f"f{at}", "date"] for at in range(1200)], "unit='%'", {"age": "decimal=','"},
    {"seen": "unit='d'"},
]  # fmt: skip
JSON_EDITS: list[tuple[bytes, bytes]] = [
    (b",", b", "), (b":", b": "), (b"{", b"{ "), (b"}", b"}\n"), (b'"', b"'"), (b"0.25", b"0.250"), (b"0.25", b"NaN"),
    (b"0.25", b"1e999"), (b"0.25", b"-Infinity"), (b"0.25", b"2.5e-1"), (b"7", b"7.0"), (b"7", b"07"), (b"7", b"-0"),
    (b"7", b"9" * 5000), (b"7", b"0." + b"3" * 5000), (b'"seed":7', b'"seed":7,"seed":7'), (b"a", b"\\u0061"),
    (b"a", b"\\ud800"), (b"a", b"\xff"), (b"a", b"\xed\xa0\x80"), (b"a", b"\xc0\xaf"), (b"a", b"\x00"), (b"a", b"\\x"),
    (b"", b"\xef\xbb\xbf"), (b"[", b"[" * 2000), (b"[", b"[" * 100_000), (b"{", b'{"":' * 50), (b"}", b""),
    (b"]", b","), (b"[", b"[" + b"[]," * 60_000), (b"[", b"[" + b"1," * 200), (b'"', b""), (b":", b":" * 40_000),
    (b"e", b"x" * 10**6),
]  # fmt: skip
U32 = [struct.pack("<I", n) for n in (0, 1, 2, 3, 4, 7, 8, 1024, 2**16, 2**31, 2**32 - 1)]
U64 = [struct.pack("<Q", n) for n in (0, 1, 7, 8, 120, 128, 2**31, 2**32, 10**15, 2**63 - 1, 2**63, 2**64 - 1)]
PATTERNS: dict[int, list[bytes]] = {
    1: [b"\x00", b"\xff", b"\x7f", b"\x80"],
    2: [b"\xff\xff", b"\xff\x7f", b"\x00\x80", b"\x00\x7c", b"\x00\x7e", b"\x01\x00", b"\x00\x00"],
    # As floats: NaN, infinity, the largest of both signs, the smallest, -0, 1e30.
    4: [b"\xff" * 4, *(struct.pack("<f", x) for x in (float("nan"), float("inf"), -3.4e38, 3.4e38, 1e-45, -0.0, 1e30))],
}  # fmt: skip
