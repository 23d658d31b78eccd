"""ONNX models as bytes: the few protobuf messages of onnx.proto that a graph needs, written by hand.

The runtime must not depend on the `onnx` package.  Field numbers are those of onnx.proto (IR version 8);
tests compare with what the package reads.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from .part import Array

IR_VERSION = 8
OPSET = 17
ML_DOMAIN, ML_OPSET = "ai.onnx.ml", 3

DTYPES = {"float32": 1, "uint8": 2, "int64": 7, "bool": 9}
FLOAT, INT, STRING, FLOATS, INTS, STRINGS = 1, 2, 3, 6, 7, 8  # AttributeProto.AttributeType


def varint(number: int) -> bytes:
    """A whole number in protobuf's base-128 form; negative ones as 64-bit two's complement.

    >>> varint(300).hex()
    'ac02'
    """
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def varints(numbers: Array) -> bytes:
    """Many whole numbers from 0 to 2**31 - 1, one varint after the other."""
    values = numbers.astype(np.int64)
    if values.size and values.max() < 128:
        return bytes(values.astype(np.uint8).tobytes())
    pieces = (values[:, None] >> np.arange(0, 35, 7)) & 127
    n_bytes = 1 + (values[:, None] >> np.arange(7, 35, 7) > 0).sum(axis=1)
    is_used = np.arange(5) < n_bytes[:, None]
    has_more = np.arange(5) < n_bytes[:, None] - 1
    return bytes((pieces | 128 * has_more).astype(np.uint8)[is_used].tobytes())


def whole(field: int, number: int) -> bytes:
    """A field that holds a whole number."""
    return varint(field << 3) + varint(number)


def data(field: int, content: bytes) -> bytes:
    """A field that holds bytes: a text, a message or packed numbers."""
    return varint(field << 3 | 2) + varint(len(content)) + content


def text(field: int, content: str) -> bytes:
    """A field that holds a text."""
    return data(field, content.encode("utf-8"))


def attribute(name: str, value: Any) -> bytes:
    """AttributeProto of a number, a text, a list of texts, or an array of floats or whole numbers."""
    head = text(1, name)
    if isinstance(value, np.ndarray):
        if value.dtype.kind == "f":
            return head + data(7, value.astype("<f4").tobytes()) + whole(20, FLOATS)
        return head + data(8, varints(value)) + whole(20, INTS)
    if isinstance(value, str):
        return head + text(4, value) + whole(20, STRING)
    if isinstance(value, int):
        return head + whole(3, value) + whole(20, INT)
    if isinstance(value, float):
        return head + varint(2 << 3 | 5) + struct.pack("<f", value) + whole(20, FLOAT)
    spelled = {item: text(9, item) for item in set(value)}  # a tree says one of two words at each of its nodes
    return head + b"".join([spelled[item] for item in value]) + whole(20, STRINGS)


def node(op: str, inputs: Sequence[str], outputs: Sequence[str], domain: str, attributes: Mapping[str, Any]) -> bytes:
    """NodeProto."""
    parts = [text(1, name) for name in inputs] + [text(2, name) for name in outputs] + [text(4, op)]
    parts += [data(5, attribute(name, value)) for name, value in attributes.items()]
    return b"".join(parts) + (text(7, domain) if domain else b"")


def tensor(name: str, array: Array) -> bytes:
    """TensorProto with raw little-endian data."""
    dims = b"".join(whole(1, length) for length in array.shape)
    return dims + whole(2, DTYPES[array.dtype.name]) + text(8, name) + data(9, np.ascontiguousarray(array).tobytes())


def value_info(name: str, dtype: str, shape: Sequence[int | str]) -> bytes:
    """ValueInfoProto of a tensor; a text stands for a length that varies, e.g. "rows"."""
    dims = b"".join(data(1, text(2, n) if isinstance(n, str) else whole(1, n)) for n in shape)
    return text(1, name) + data(2, data(1, whole(1, DTYPES[dtype]) + data(2, dims)))


def model(
    *, nodes: Iterable[bytes], tensors: Iterable[bytes], inputs: Iterable[bytes], outputs: Iterable[bytes]
) -> bytes:
    """ModelProto around one graph."""
    fields = [(1, nodes), (5, tensors), (11, inputs), (12, outputs)]
    pieces = [data(field, item) for field, items in fields for item in items]
    graph = text(2, "specialist") + b"".join(pieces)
    opsets = [text(1, "") + whole(2, OPSET), text(1, ML_DOMAIN) + whole(2, ML_OPSET)]
    return whole(1, IR_VERSION) + text(2, "trivet") + data(7, graph) + b"".join(data(8, opset) for opset in opsets)
