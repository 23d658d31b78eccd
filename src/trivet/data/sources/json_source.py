"""Tables in JSON: one object per line, or one array of objects; read strictly."""

import json
from pathlib import Path
from typing import Any, NoReturn

from trivet.core.errors import BadData
from trivet.data.schema.values import read_dicts

from .raw import Raw, empty
from .text_bytes import file_bytes, text_of_bytes


class NotStrict(ValueError):
    """JSON that Python would take and the standard does not, or whose meaning is open."""


def read_json_lines(path: Path, *, encoding: str, limit_rows: int | None) -> Raw:
    """The table of a file with one object per line; blank lines are skipped."""
    return parse_json_lines(text_of_bytes(file_bytes(path), encoding, str(path)), str(path), limit_rows=limit_rows)


def parse_json_lines(text: str, origin: str, *, limit_rows: int | None = None) -> Raw:
    """The table in a text that came from `origin`."""
    rows: list[dict[str, Any]] = []
    for at, line in enumerate(text.split("\n")):
        if limit_rows is not None and len(rows) >= limit_rows:
            break
        if line.strip():
            rows.append(an_object(strict_json(line, origin, f"line {at + 1}"), f"{origin}, line {at + 1}"))
    if not rows:
        raise empty(origin, "no lines")
    return read_dicts(rows, origin=origin)


def read_json(path: Path, *, encoding: str, limit_rows: int | None) -> Raw:
    """The table of a file that is one array of objects."""
    origin = str(path)
    rows = strict_json(text_of_bytes(file_bytes(path), encoding, origin), origin, "")
    if not isinstance(rows, list):
        raise bad_json(
            f"a {json_name(rows)} at the top", "write [{...}, {...}], or one object per line as .jsonl", origin
        )
    if not rows:
        raise empty(origin, "an empty array")
    return read_dicts(
        [an_object(row, f"{origin}, item {at + 1}") for at, row in enumerate(rows[:limit_rows])], origin=origin
    )


def an_object(thing: Any, where: str) -> dict[str, Any]:
    if not isinstance(thing, dict):
        raise bad_json(f"a {json_name(thing)}", "write one object per row", where)
    return thing


def strict_json(text: str, origin: str, place: str) -> Any:
    """The JSON value; refuses NaN, keys that occur twice and bottomless nesting as well."""
    where = f"{origin}, {place}" if place else origin
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        spot = f"column {error.colno}" if place else f"line {error.lineno}, column {error.colno}"
        raise bad_json(f"{error.msg} at {spot}: {text[error.pos :][:30]!r}", "mend the line", where) from error
    except NotStrict as error:
        raise bad_json(str(error), "write null for an unknown value, and each key once", where) from error
    except RecursionError as error:
        raise bad_json("lists within lists without end", "give flat objects", where) from error


def each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    once = dict(pairs)
    if len(once) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise NotStrict(f"the key {twice!r} more than once in one object")
    return once


def whole_number(digits: str) -> int | str:
    """The number; longer than float64 can hold, it stays text, digit by digit."""
    return int(digits) if len(digits) <= 17 else digits


def no_constant(name: str) -> NoReturn:
    raise NotStrict(f"{name}, which is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=each_key_once, parse_int=whole_number, parse_constant=no_constant)


def bad_json(found: str, do: str, where: str) -> BadData:
    return BadData("source-json", wanted="objects in strict JSON", found=found, do=do, where=where)


def json_name(thing: Any) -> str:
    """What JSON calls the value."""
    names = {dict: "object", list: "array", str: "string", bool: "truth value", int: "number", float: "number"}
    return names.get(type(thing), "null")
