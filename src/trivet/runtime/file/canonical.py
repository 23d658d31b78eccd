"""Canonical JSON, read without trust: bounded before it is parsed, and refused unless it is the one right spelling."""

import json
from math import isfinite
from typing import Any, NoReturn

import numpy as np

from ..errors import BadFile
from ..part import canonical_json
from .caps import Caps, keep_cap

INT_BITS = 64
_LONGEST_NUMBER = 32  # characters; the longest shortest spelling of a float64 has 24
_NO_BRACKETS = bytes(sorted(set(range(256)) - set(b"[]{}")))


def spell_json(value: Any, where: str) -> bytes:
    """The canonical bytes of a value; refuses what JSON cannot hold, such as NaN, with the reason."""
    try:
        return canonical_json(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise _bad_json(str(error), where) from error


def check_size(sections: dict[str, bytes], caps: Caps) -> None:
    """Refuses JSON that would be dear to parse: text, tokens or nesting above the caps."""
    keep_cap(sum(map(len, sections.values())), caps.json, "bytes of JSON", "manifest and evidence")
    keep_cap(sum(map(text_bytes, sections.values())), caps.json, "bytes of JSON in memory", "manifest and evidence")
    bare = {where: without_strings(data) for where, data in sections.items()}
    keep_cap(sum(map(tokens, bare.values())), caps.tokens, "JSON tokens", "manifest and evidence")
    for where, data in bare.items():
        keep_cap(nesting(data), caps.nesting, "levels of brackets", where)


def without_strings(data: bytes) -> bytes:
    r"""JSON without what stands in its strings; exact up to the first byte that is not JSON, where the parser stops.

    >>> without_strings(rb'{"a":["[,\"[",1]}')
    b'{":[",1]}'
    """
    # No regular expression: cutting 100,000 strings one by one takes 180 bytes of memory for each.
    units = np.frombuffer(data.replace(rb"\\", b"").replace(rb"\"", b""), np.uint8)
    quotes_so_far = np.add.accumulate(units == ord('"'), dtype=np.uint8)  # wraps around; odd stays odd
    return units[quotes_so_far & 1 == 0].tobytes()


def text_bytes(data: bytes) -> int:
    """Bytes that the decoded text takes: Python gives every character of a text the width of the widest."""
    units = np.frombuffer(data, np.uint8)
    characters = int(np.count_nonzero((units & 0xC0) != 0x80))
    widest = int(units.max(initial=0))
    return characters * (1 if widest < 0xC4 else 2 if widest < 0xF0 else 4)


def tokens(bare: bytes) -> int:
    """Brackets, commas and colons of JSON without its strings; at least half of the number of values."""
    return sum(map(bare.count, (b"[", b"]", b"{", b"}", b",", b":")))


def nesting(bare: bytes) -> int:
    """The deepest level of brackets in JSON without its strings."""
    brackets = np.frombuffer(bare.translate(None, _NO_BRACKETS), np.uint8)
    steps = np.where((brackets == ord("[")) | (brackets == ord("{")), np.int32(1), np.int32(-1))
    return int(steps.cumsum().max(initial=0))


def parse_json(data: bytes, where: str) -> Any:
    """The value of canonical JSON whose size was checked; refuses any other spelling of the same value."""
    try:
        value = _DECODER.decode(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _bad_json(str(error), where) from error
    try:
        spelled = canonical_json(value)
    except ValueError as error:  # a lone surrogate, written as an escape
        raise _bad_json(str(error), where) from error
    if spelled != data:
        _refuse_spelling(data, spelled, where)
    return value


def _refuse_spelling(data: bytes, spelled: bytes, where: str) -> NoReturn:
    both = min(len(data), len(spelled))
    differs = np.frombuffer(data, np.uint8, both) != np.frombuffer(spelled, np.uint8, both)
    at = int(differs.argmax()) if differs.any() else both
    raise BadFile(
        "file-canonical",
        wanted=f"JSON in its canonical spelling, here {spelled[at : at + 24]!r}",
        found=repr(data[at : at + 24]),
        do="take the file from its source again; this one was not written by trivet",
        where=f"{where}, byte {at}",
    )


def _bad_json(reason: str, where: str) -> BadFile:
    return BadFile(
        "file-json",
        wanted="JSON in UTF-8 with finite numbers and integers of at most 64 bits",
        found=reason[:200],
        do="take the file from its source again, or compile it again",
        where=where,
    )


def _bounded_int(text: str) -> int:
    number = int(text) if len(text) <= _LONGEST_NUMBER else 1 << INT_BITS
    if not -(1 << (INT_BITS - 1)) <= number < 1 << (INT_BITS - 1):
        raise ValueError(f"an integer beyond {INT_BITS} bits: {text[:_LONGEST_NUMBER]}")
    return number


def _finite_float(text: str) -> float:
    number = float(text) if len(text) <= _LONGEST_NUMBER else float("inf")
    if not isfinite(number):
        raise ValueError(f"a number that is too large or too long: {text[:_LONGEST_NUMBER]}")
    return number


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


_DECODER = json.JSONDecoder(parse_int=_bounded_int, parse_float=_finite_float, parse_constant=_no_constant)
