"""A checked list of operators with named inputs and outputs: what the kind `graph` holds, without a slot around it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from reprlib import repr as short
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from ..ops import OPERATORS, Operator
from ..ops.lengths import ROWS, Length, names_in, numbers_in, places
from ..ops.onnx_sizes import OnnxSizes
from ..ops.operator import lengths
from ..ops.shape import check_lengths
from ..ops.tensor import DTYPES, MOST_SIZE, BadNode, Tensor, constant
from ..part import Array
from .inspector import MOST_OPERATIONS, Inspector

if TYPE_CHECKING:
    from ..onnx_graph import OnnxGraph

MOST_NODES = 4096
MOST_PORTS = 64
MOST_NAMES = 8
MOST_LENGTH = 65_535  # of an axis whose length varies
MOST_HELD = 10**7  # numbers per row at once
MOST_CONSTANT = 2**32  # of whole numbers
WHOLE_NUMBERS = ("uint8", "int16", "uint16", "int32", "uint32")


@dataclass(frozen=True, slots=True)
class Step:
    """One node: its operator, where its operands stand and which values are needed no more afterwards."""

    operator: Operator
    operands: tuple[int, ...]
    frees: tuple[int, ...]


class Network:
    """The nodes of a part, checked from first to last against the values that arrive.

    config: inputs {name: [dtype, shape]}, nodes [[operator, operand, ..., {attribute: value}?], ...], outputs {name:
    node}, axes {name of an axis whose length varies: largest length}.  An operand is the number of an earlier node, the
    name of an input or of an array, or [x], the number x itself.
    inputs, outputs: facts by name.  operations, widest: per row, as of a body.
    """

    # A value has a place: the number of its node; from the number of nodes on, inputs and constants.
    def __init__(self, look: Inspector, arriving: Mapping[str, Tensor]) -> None:
        self._look, self._arriving = look, arriving
        look.only(config=("axes", "inputs", "nodes", "outputs"), arrays=sorted(look.part.arrays))
        self.axes = {ROWS: 1, **self._axes()}
        nodes = self._nodes()
        self._n_nodes = len(nodes)
        self._facts: dict[int, Tensor] = {}
        self.places: dict[str, int] = {}
        self.constants: dict[int, Array] = {}
        self._numbers: dict[str, int] = {}
        self.inputs = {name: self._input(name, *described) for name, described in self._ports("inputs")}
        # What stands where is looked at first: it is cheap, and a list with idle nodes is refused before it costs.
        written = [self._written(at, node) for at, node in enumerate(nodes)]
        self.output_places = {name: self._output_place(name, at) for name, at in self._ports("outputs")}
        self._refuse_idle(written)
        operators = [self._operator(at, *node) for at, node in enumerate(written)]
        self.outputs = {name: self._output(name, place) for name, place in self.output_places.items()}
        self.steps = self._with_last_uses(operators, [operands for _, operands, _ in written])
        self.operations = sum(operator.operations for operator in operators)
        self.widest = self._widest()
        self._refuse_dear()

    def _axes(self) -> dict[str, int]:
        found = self._config("axes", dict, "an object of names and largest lengths")
        for name, most in found.items():
            is_fine = isinstance(most, int) and not isinstance(most, bool) and 1 <= most <= MOST_LENGTH
            if not is_fine or not name.isidentifier() or name == ROWS or len(found) > MOST_NAMES:
                self._refuse(f"up to {MOST_NAMES} names with lengths from 1 to {MOST_LENGTH}", {name: most}, "axes")
        return dict(found)

    def _nodes(self) -> list[Any]:
        nodes: list[Any] = self._config("nodes", list, "a list of nodes")
        if not 1 <= len(nodes) <= MOST_NODES:
            self._look.refuse("part-limit", f"1 to {MOST_NODES} nodes", str(len(nodes)), "nodes")
        return nodes

    def _config(self, key: str, type_: type, wanted: str) -> Any:
        found = self._look.part.config[key]
        if not isinstance(found, type_):
            self._refuse(wanted, found, key)
        return found

    def _ports(self, key: str) -> list[tuple[str, Any]]:
        found = self._config(key, dict, "an object of names")
        if not 1 <= len(found) <= MOST_PORTS:
            self._refuse(f"1 to {MOST_PORTS} {key}", len(found), key)
        if key == "inputs" and not all(isinstance(item, list) and len(item) == 2 for item in found.values()):
            self._refuse("[dtype, shape] of every input", found, key)
        return sorted(found.items())

    def _input(self, name: str, dtype: Any, shape: Any) -> Tensor:
        facts = self._arriving.get(name)
        if facts is None:
            self._look.refuse("part-slot", "inputs among " + ", ".join(sorted(self._arriving)), short(name), "inputs")
        if dtype not in DTYPES or not isinstance(shape, list) or name in self._look.part.arrays:
            self._refuse("a dtype, a shape, and a name that no array has", [name, dtype, shape], "inputs")
        self._check_shape(name, shape)
        if (dtype, tuple(shape)) != (facts.dtype, facts.shape):
            self._look.refuse(
                "part-slot", f"{facts.dtype} {list(facts.shape)} for {name}", f"{dtype} {shape}", "inputs"
            )
        self._place(name, facts)
        return facts

    def _check_shape(self, name: str, shape: list[Any]) -> None:
        """Every axis is a number or one name, and rows run along the first only."""
        try:
            check_lengths(lengths(shape), self.axes)
        except BadNode as error:
            self._look.refuse(error.code, error.wanted, error.found, f"inputs, {name[:40]}")
        is_plain = all(n > 0 if isinstance(n, int) else n in self.axes for n in shape)
        if not is_plain or shape[:1] != [ROWS] or names_in(shape).count(ROWS) != 1:
            self._refuse('a shape that begins with "rows", of whole numbers and names of axes', shape, name)

    def _place(self, name: str, facts: Tensor) -> int:
        """A new place for an input or a constant; a number that stands in a node has no name."""
        place = self._n_nodes + len(self._facts)
        self._facts[place] = facts
        if name:
            self.places[name] = place
        return place

    def _written(self, at: int, node: Any) -> tuple[str, tuple[int, ...], dict[str, Any]]:
        """(operator, places of operands, attributes) as they stand in a node."""
        where = f"nodes[{at}]"
        if not isinstance(node, list) or not node or not isinstance(node[0], str) or node[0] not in OPERATORS:
            self._look.refuse("part-kind", "[operator, ...] with an operator of docs/format.md", short(node), where)
        named = node[-1] if isinstance(node[-1], dict) else {}
        if isinstance(node[-1], dict) and not named:
            self._refuse("no object where there are no attributes", node, where)
        operands = node[1:-1] if named else node[1:]
        return node[0], tuple(self._operand(operand, at, where) for operand in operands), named

    def _operand(self, found: Any, at: int, where: str) -> int:
        """The place of an operand; constants get theirs when they are first named."""
        if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < at:
            return found
        if isinstance(found, list) and len(found) == 1 and isinstance(found[0], int | float | bool):
            return self._number(found[0], where)
        if not isinstance(found, str) or found not in {*self.places, *self._look.part.arrays}:
            self._refuse("an earlier node, an input, an array or [number]", found, where)
        return self.places[found] if found in self.places else self._constant(found, self._array(found), found)

    def _number(self, found: float, where: str) -> int:
        """The place of a number that stands in a node; the same number has one place."""
        if repr(found) not in self._numbers:
            self._numbers[repr(found)] = self._constant("", literal(found), where)
        return self._numbers[repr(found)]

    def _array(self, name: str) -> Array:
        raw = self._look.part.arrays[name]
        if 0 in raw.shape or self._is_scale(name):
            self._refuse("an array with numbers in it, not a scale", f"{name} {raw.shape}", name)
        shape = [None] * raw.ndim
        if raw.dtype.name in WHOLE_NUMBERS:
            return self._look.array(name, WHOLE_NUMBERS, *shape).astype(np.int64)
        if raw.dtype == np.int8 and (raw.ndim == 0 or f"{name}_scale" not in self._look.part.arrays):
            self._refuse("weights with an axis, and their scale", f"{name} {raw.shape}", name)
        return self._look.weights(name, *shape)

    def _is_scale(self, name: str) -> bool:
        owner = self._look.part.arrays.get(name.removesuffix("_scale"))
        return name.endswith("_scale") and owner is not None and owner.dtype == np.int8

    def _constant(self, name: str, array: Array, where: str) -> int:
        facts = constant(array)
        if not facts.size <= (MOST_SIZE if facts.dtype == "float32" else MOST_CONSTANT):
            self._look.refuse("part-limit", f"numbers that stay below {MOST_SIZE:g} in size", f"{facts.size:g}", where)
        place = self._place(name, facts)
        self.constants[place] = array
        return place

    def _output_place(self, name: str, at: Any) -> int:
        is_node = isinstance(at, int) and not isinstance(at, bool) and 0 <= at < self._n_nodes
        if not is_node or not name.isidentifier():
            self._refuse("the number of a node", at, f"outputs, {name[:40]}")
        return int(at)

    def _refuse_idle(self, written: Sequence[tuple[str, tuple[int, ...], Any]]) -> None:
        used = {place for _, operands, _ in written for place in operands} | set(self.output_places.values())
        idle = [f"nodes[{at}]" for at in range(self._n_nodes) if at not in used]
        idle += [name for name in self.inputs if self.places[name] not in used]
        idle += [name for name in self._look.part.arrays if name not in self.places and not self._is_scale(name)]
        if idle:
            self._refuse("inputs, arrays and nodes that are all used", idle[:8], "nodes")

    def _operator(self, at: int, name: str, operands: tuple[int, ...], named: Mapping[str, Any]) -> Operator:
        try:
            operator = OPERATORS[name]([self._facts[place] for place in operands], named, self.axes)
        except BadNode as error:
            self._look.refuse(error.code, error.wanted, error.found, f"nodes[{at}] ({name})")
        self._facts[at] = operator.result
        return operator

    def _output(self, name: str, place: int) -> Tensor:
        facts = self._facts[place]
        if facts.shape[:1] != (ROWS,):
            self._refuse("an output whose first axis is rows", list(facts.shape), f"outputs, {name}")
        return facts

    def _with_last_uses(self, operators: Sequence[Operator], operands: Sequence[tuple[int, ...]]) -> list[Step]:
        kept = {*self.output_places.values(), *self.constants, *(self.places[name] for name in self.inputs)}
        found: list[Step] = []
        for operator, taken in zip(reversed(operators), reversed(operands)):
            found.append(Step(operator, taken, tuple(sorted(set(taken) - kept))))
            kept.update(taken)
        return found[::-1]

    def _widest(self) -> int:
        held = sum(numbers_in(facts.shape, self.axes) for facts in self.inputs.values())
        widest, counts = held, {at: numbers_in(facts.shape, self.axes) for at, facts in self._facts.items()}
        for at, step in enumerate(self.steps):
            held += counts[at]
            widest = max(widest, held + step.operator.scratch)
            held -= sum(counts[freed] for freed in step.frees)
        return widest

    def _refuse_dear(self) -> None:
        if self.operations > MOST_OPERATIONS:
            wanted = f"at most {MOST_OPERATIONS} operations per row"
            self._look.refuse("part-limit", wanted, str(self.operations), "nodes")
        if self.widest > MOST_HELD:
            self._look.refuse("part-limit", f"at most {MOST_HELD} numbers per row at once", str(self.widest), "nodes")

    def _refuse(self, wanted: str, found: Any, field: str) -> NoReturn:
        self._look.refuse("part-config", wanted, short(found), field)

    def run(self, values: Mapping[str, Array]) -> dict[str, Array]:
        """The outputs, (rows, ...) each, of inputs by name, by numpy."""
        at: dict[int, Array] = {**self.constants, **{self.places[name]: values[name] for name in self.inputs}}
        sizes = self._sizes(values)
        if sizes[ROWS] == 0:
            return {name: empty(self._facts[place], sizes) for name, place in self.output_places.items()}
        for place, step in enumerate(self.steps):
            at[place] = step.operator.run([at[operand] for operand in step.operands], sizes)
            for freed in step.frees:
                del at[freed]
        return {name: np.ascontiguousarray(at[place]) for name, place in self.output_places.items()}

    def _sizes(self, values: Mapping[str, Array]) -> dict[str, int]:
        """What each name in a shape stands for; a ValueError where inputs do not agree or are too long."""
        sizes: dict[str, int] = {}
        for name, facts in self.inputs.items():
            for length, found in zip(facts.shape, values[name].shape):
                wanted = sizes.setdefault(length, found) if isinstance(length, str) else length
                is_long = isinstance(length, str) and length != ROWS and not 1 <= found <= self.axes[length]
                if found != wanted or is_long:
                    raise ValueError(f"{name} wants {facts.shape}, not {values[name].shape}")
        return sizes

    def lower(self, onnx: "OnnxGraph", names: Mapping[str, str]) -> dict[str, str]:
        """Adds nodes that compute the same; takes and gives names in the ONNX graph by names of ports."""
        return self.placed(onnx, names)(names)

    def placed(self, onnx: "OnnxGraph", names: Mapping[str, str]) -> "Placed":
        """The constants put into an ONNX graph, ready to add the nodes as often as wanted."""
        spots: dict[str, tuple[str, int]] = {}
        for name, facts in self.inputs.items():
            for axis, length in enumerate(facts.shape):
                if isinstance(length, str):
                    spots.setdefault(length, (names[name], axis))
        return Placed(self, onnx, OnnxSizes(onnx, spots))


class Placed:
    """A network inside an ONNX graph: its constants stand once, its nodes as often as it is called."""

    def __init__(self, network: Network, onnx: "OnnxGraph", sizes: OnnxSizes) -> None:
        self._network, self._onnx, self._sizes = network, onnx, sizes
        needed = {
            operand
            for step in network.steps
            for position, operand in enumerate(step.operands)
            if position not in step.operator.own_constants
        }
        self._names = {place: onnx.constant(array) for place, array in network.constants.items() if place in needed}

    def __call__(self, names: Mapping[str, str]) -> dict[str, str]:
        """Adds the nodes; takes and gives names in the ONNX graph by names of ports."""
        network = self._network
        at = {**self._names, **{network.places[name]: names[name] for name in network.inputs}}
        for place, step in enumerate(network.steps):
            operands = [at.get(operand, "") for operand in step.operands]
            at[place] = step.operator.lower(self._onnx, operands, self._sizes)
        return {name: at[place] for name, place in network.output_places.items()}


def literal(found: float | int | bool) -> Array:
    """A number that stands in a node: with a point or exponent float32, without one int64, true and false bool."""
    if isinstance(found, bool):
        return np.array(found)
    if isinstance(found, int):
        return np.array(max(-(2**62), min(found, 2**62)), np.int64)
    with np.errstate(over="ignore"):
        return np.array(found, np.float32)


def empty(facts: Tensor, sizes: Mapping[str, int]) -> Array:
    """What no rows give."""
    return np.zeros([places(length, sizes) for length in facts.shape], facts.dtype)


def width_of(shape: Sequence[Length]) -> int | None:
    """Numbers per row of a shape (rows, n); None for any other shape."""
    return shape[1] if len(shape) == 2 and isinstance(shape[1], int) else None
