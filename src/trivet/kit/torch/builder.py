"""Writes the nodes of a part of kind `graph`, one by one, each checked as a reader of the file will check it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from trivet.runtime.ops import OPERATORS
from trivet.runtime.ops.lengths import ROWS, Length, Shape, ordered
from trivet.runtime.ops.tensor import BadNode, Tensor, constant
from trivet.runtime.part import Array, Part

from .values import Known, Made, Unlowerable, Value, alike, known

WHOLE_NUMBERS = ("uint8", "int16", "uint16", "int32", "uint32")


class GraphBuilder:
    """Nodes and arrays so far.  inputs: facts by name.  axes: largest length of each name but rows."""

    def __init__(self, inputs: Mapping[str, Tensor], axes: Mapping[str, int]) -> None:
        self.inputs = {name: Made(name, facts) for name, facts in inputs.items()}
        self.axes = {ROWS: 1, **axes}
        self._nodes: list[list[Any]] = []
        self._made: list[Made] = []
        self._sources: list[list[Value]] = []
        self._arrays: dict[str, Array] = {}
        self._names: dict[tuple[str, Shape, bytes], str] = {}
        self._same: dict[str, Made] = {}

    def add(self, operator: str, *operands: Value, **attributes: Any) -> Made:
        """The value of one more node; an equal node is not added twice."""
        cls = OPERATORS[operator]
        defaults = {name: attribute.default for name, attribute in cls.attributes.items()}
        given = {name: plain(found) for name, found in attributes.items() if found != defaults[name]}
        refs, facts = zip(*(self._operand(operand) for operand in operands))
        node = [operator, *refs, *([given] if given else [])]
        spelled = json.dumps(node)
        if spelled not in self._same:
            try:
                result = cls(facts, given, self.axes).result
            except BadNode as error:
                raise Unlowerable(f"{operator} wants {error.wanted}; found {error.found}") from error
            self._nodes.append(node)
            self._sources.append(list(operands))
            self._made.append(Made(len(self._nodes) - 1, result))
            self._same[spelled] = self._made[-1]
        return self._same[spelled]

    def _operand(self, value: Value) -> tuple[Any, Tensor]:
        """How a value is written in a node, and what is known of it."""
        if isinstance(value, Made):
            return value.ref, value.facts
        if not np.isfinite(value.array).all():
            raise Unlowerable("a constant that is not a number")
        if value.array.ndim == 0:
            return [spelled_number(value.array)], constant(value.array)
        if value.dtype == "bool":
            made = self.add("cast", known(value.array.astype(np.int64)), to="bool")
            return made.ref, made.facts
        return self._array(value.array), constant(value.array)

    def _array(self, array: Array) -> str:
        stored = smallest(array) if array.dtype == np.int64 else array
        key = (stored.dtype.name, stored.shape, stored.tobytes())
        if key not in self._names:
            self._names[key] = f"{'i' if array.dtype == np.int64 else 'w'}{len(self._names)}"
            self._arrays[self._names[key]] = stored
        return self._names[key]

    def as_dtype(self, value: Value, dtype: str) -> Value:
        """The value in another dtype."""
        if value.dtype == dtype:
            return value
        if isinstance(value, Known):
            return replace(value, array=value.array.astype(dtype))
        return self.add("cast", value, to=dtype)

    def repeated(self, value: Value, shape: Shape) -> Value:
        """The value repeated to a shape."""
        if value.shape == shape or alike(value.shape, shape):
            return value
        if isinstance(value, Known):
            return Known(value.array, shape)
        return self.add("expand", value, to=shape)

    def whole(self, value: Value) -> Value:
        """The value with its shape written out, where a constant only stands for a repeated one."""
        if isinstance(value, Made) or value.is_whole:
            return value
        return self.add("expand", value, to=value.shape)

    def reshaped(self, value: Value, to: Sequence[Length]) -> Value:
        """The value in another shape; the factors of products may come in any order."""
        if isinstance(value, Known) and value.is_whole and all(isinstance(length, int) for length in to):
            return Known(value.array.reshape([int(length) for length in to]), tuple(to))
        value = self.whole(value)
        while isinstance(value, Made) and isinstance(value.ref, int) and self._nodes[value.ref][0] == "reshape":
            value = self._sources[value.ref][0]
        shape = ordered(value.shape, to)
        if shape is None:
            raise Unlowerable(f"a reshape from {value.shape} to {tuple(to)}, which would mix rows")
        return value if shape == value.shape else self.add("reshape", value, to=shape)

    def transposed(self, value: Value, order: Sequence[int]) -> Value:
        """The value with its axes in another order."""
        order = [axis % len(value.shape) for axis in order]
        if isinstance(value, Known) and value.is_whole:
            return known(np.ascontiguousarray(value.array.transpose(order)))
        value = self.whole(value)
        if isinstance(value, Made) and isinstance(value.ref, int) and self._nodes[value.ref][0] == "transpose":
            first = self._nodes[value.ref][-1]["order"]
            value, order = self._sources[value.ref][0], [first[axis] for axis in order]
        return value if list(order) == sorted(order) else self.add("transpose", value, order=tuple(order))

    def part(self, outputs: Mapping[str, Value]) -> Part:
        """The part, without the nodes and arrays that no output needs."""
        made = {name: self._node_of(value) for name, value in outputs.items()}
        needed = self._needed({int(value.ref) for value in made.values()})
        place = {old: new for new, old in enumerate(sorted(needed))}
        nodes = [
            [node[0], *(place[item] if type(item) is int else item for item in node[1:])]
            for node in (self._nodes[at] for at in sorted(needed))
        ]
        named = {item for node in nodes for item in node[1:] if isinstance(item, str)}
        config = {
            "axes": {name: most for name, most in self.axes.items() if name != ROWS},
            "inputs": {name: [one.dtype, list(one.shape)] for name, one in self.inputs.items() if name in named},
            "nodes": nodes,
            "outputs": {name: place[int(value.ref)] for name, value in made.items()},
        }
        arrays = {name: array for name, array in self._arrays.items() if name in named}
        return Part(kind="graph", config=config, arrays=arrays)

    def _node_of(self, value: Value) -> Made:
        """An output is a node, also where it is an input or a constant."""
        value = self.whole(value)
        if isinstance(value, Made) and isinstance(value.ref, int):
            return value
        return self.add("reshape", value, to=value.shape)

    def _needed(self, wanted: set[int]) -> set[int]:
        found: set[int] = set()
        left = list(wanted)
        while left:
            at = left.pop()
            if at not in found:
                found.add(at)
                left += [item for item in self._nodes[at][1:] if type(item) is int]
        return found


def plain(found: Any) -> Any:
    """An attribute as a JSON value."""
    if isinstance(found, tuple | list):
        return [plain(item) for item in found]
    return found.item() if isinstance(found, np.generic) else found


def spelled_number(array: Array) -> float | int | bool:
    """A number in as few digits as say it in its dtype."""
    return float(str(np.float32(array))) if array.dtype == np.float32 else array.item()


def smallest(array: Array) -> Array:
    """Whole numbers in the smallest dtype that a file knows for them."""
    for name in WHOLE_NUMBERS:
        info = np.iinfo(name)
        if info.min <= array.min() and array.max() <= info.max:
            return array.astype(name)
    raise Unlowerable(f"whole numbers from {array.min()} to {array.max()}")
