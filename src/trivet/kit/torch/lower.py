"""Lowering: a module of torch becomes a part of kind `graph`.

Needs the extra `deep`.  A module that has no counterpart is refused with every operator and its place, also before it
is trained: `check_lowerable` looks at its form and asks for nothing but an example.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import field
from typing import Any

import numpy as np

from trivet.core.errors import NotLowerable
from trivet.core.extras import need
from trivet.core.value import value
from trivet.runtime.kinds.inspector import Inspector
from trivet.runtime.kinds.network import Network
from trivet.runtime.ops.lengths import ROWS
from trivet.runtime.ops.tensor import Tensor
from trivet.runtime.part import Array, Part

from .aten import ATEN
from .builder import GraphBuilder
from .exported import exported, in_evaluation, name_of, place_of, shape_in
from .values import Known, Unlowerable, Value, alike, known

WHO = "lowered"
DTYPES = {"torch.float32": "float32", "torch.int64": "int64", "torch.int32": "int64", "torch.bool": "bool"}
CLOSE = 1e-3  # share by which the graph may differ from the module on the example before we call it wrong
# What torch writes about shapes; they are read off the values themselves.
BOOKKEEPING = ("aten.sym_", "aten._assert", "<built-in function", "_operator.", "torch.sym_")


@value
class Port:
    """An input of the part.  low, high: no number that arrives leaves them.  varying: {axis: name} of open lengths."""

    name: str = "numbers"
    low: float = -10.0
    high: float = 10.0
    varying: Mapping[int, str] = field(default_factory=dict)


def lowered(
    module: Any,
    example: Sequence[Any],
    *,
    ports: Sequence[Port] = (Port(),),
    answers: Sequence[str] = ("scores",),
    axes: Mapping[str, int] | None = None,
) -> Part:
    """The module as a part of kind `graph`: the same answers to 1e-4, rows by themselves, nothing of torch in it.

    example: one tensor per input, (2, ...) float32 or int64; axis 0 is the rows.  ports: one per input, in order; the
    default is the body's `numbers` within +-10, which is how far `expand` lets them go.  answers: names of the outputs,
    in order.  axes: the largest length of each name in `varying`.
    Refuses an operator without counterpart, by name and place (NotLowerable).
    Batch norm becomes a part of the weights before it, dropout goes, what does not depend on an input is computed now.
    Infinite constants, as in masks, become 1e9.  Indices are clipped to their table, where torch would raise.
    """
    lowering = Lowering(module, example, ports, dict(axes or {}))
    part = lowering.part(answers)
    compare(part, lowering, module, example, answers)
    return part


def check_lowerable(
    module: Any,
    example: Sequence[Any],
    *,
    ports: Sequence[Port] = (Port(),),
    answers: Sequence[str] = ("scores",),
    axes: Mapping[str, int] | None = None,
) -> None:
    """Refuses what `lowered` would refuse, all operators at once; the module need not be trained."""
    Lowering(module, example, ports, dict(axes or {})).part(answers)


class Lowering:
    """One walk through an exported program.  builder: the graph so far."""

    def __init__(self, module: Any, example: Sequence[Any], ports: Sequence[Port], axes: dict[str, int]) -> None:
        check_example(example, ports)
        self._torch = need("torch", for_=WHO)
        self.program = the_program(module, example, ports, axes)
        signature = self.program.graph_signature
        nodes = {node.name: node for node in self.program.graph.nodes}
        asked = [nodes[name] for name in signature.user_inputs]
        self._names = symbols_of(asked, ports)
        self.builder = GraphBuilder(self._inputs(asked, ports), axes)
        self._env: dict[Any, Any] = dict(zip(asked, self.builder.inputs.values()))
        self.folded: set[Any] = set()
        self._refuse_unknown()
        self._add_weights(nodes)
        self._walk()

    def _inputs(self, asked: Sequence[Any], ports: Sequence[Port]) -> dict[str, Tensor]:
        shapes = [shape_in(node.meta["val"], self._names) for node in asked]
        dtypes = [DTYPES[str(node.meta["val"].dtype)] for node in asked]
        return {p.name: Tensor(dtype, shape, p.low, p.high) for p, dtype, shape in zip(ports, dtypes, shapes)}

    def _refuse_unknown(self) -> None:
        """Refuses all operators without a counterpart at once; what depends on no input is computed, whatever it is."""
        calls = [node for node in self.program.graph.nodes if node.op == "call_function" and not is_bookkeeping(node)]
        settled = {node for node in self.program.graph.nodes if node.op == "placeholder" and node not in self._env}
        for node in calls:
            if is_settled(node, settled):
                settled.add(node)
        unknown = dict.fromkeys(
            f"{name_of(node)} in {place_of(node)}"
            for node in calls
            if node not in settled and name_of(node) not in ATEN and not is_getitem(node)
        )
        if unknown:
            raise not_lowerable("; ".join(unknown))

    def _add_weights(self, nodes: Mapping[str, Any]) -> None:
        signature, program = self.program.graph_signature, self.program
        state = {**program.state_dict, **program.constants}
        kept = {**signature.inputs_to_parameters, **signature.inputs_to_buffers}
        kept |= signature.inputs_to_lifted_tensor_constants
        for name, target in kept.items():
            self._env[nodes[name]] = known(state[target].detach().cpu().numpy())

    def _walk(self) -> None:
        for node in self.program.graph.nodes:
            if node.op != "call_function" or node in self._env:
                continue
            try:
                self._env[node] = self._value_of(node)
            except Unlowerable as error:
                raise not_lowerable(f"{name_of(node)} in {place_of(node)}: {error}") from error

    def _value_of(self, node: Any) -> Any:
        if is_getitem(node):
            return self._env[node.args[0]][node.args[1]]
        if is_bookkeeping(node):
            return None
        folded = self._known_now(node)
        if folded is not None:
            return folded
        args, kwargs = self._torch.fx.node.map_arg((node.args, node.kwargs), self._env.__getitem__)
        made = ATEN[name_of(node)](self, node, *args, **kwargs)
        return made if isinstance(made, tuple) else self._fitted(made, node)

    def _fitted(self, made: Value, node: Any) -> Value:
        """The value with the shape that torch says; repeated where a constant came in short."""
        shape = self.shape(node)
        if alike(made.shape, shape):
            return made
        found = self.builder.repeated(made, shape)
        if not alike(found.shape, shape):
            raise Unlowerable(f"a value of shape {found.shape} where torch has {shape}")
        return found

    def _known_now(self, node: Any) -> Known | None:
        """The numbers of a node that depends on no input, computed by torch itself."""
        inputs = [self._env[one] for one in node.all_input_nodes]
        if not is_settled(node, None) or not all(isinstance(one, Known) and one.is_whole for one in inputs):
            return None
        tensors = {one: self._torch.from_numpy(np.array(self._env[one].array)) for one in node.all_input_nodes}
        args, kwargs = self._torch.fx.node.map_arg((node.args, node.kwargs), tensors.__getitem__)
        with self._torch.no_grad():
            return known(node.target(*args, **kwargs).numpy())

    def value(self, found: Any) -> Any:
        """What stands for an argument of a node."""
        return self._env[found] if isinstance(found, self._torch.fx.Node) else found

    def shape(self, node: Any, position: int | None = None) -> Any:
        """The shape of a node's value, or of one of its values; products in any order."""
        found = node.meta["val"]
        return shape_in(found if position is None else found[position], self._names)

    def dtype(self, node: Any) -> str:
        """The dtype of a node's value in the graph."""
        name = str(node.meta["val"].dtype)
        if name not in DTYPES:
            raise Unlowerable(f"a value of {name}")
        return DTYPES[name]

    def part(self, answers: Sequence[str]) -> Part:
        """The part with these outputs; checked as a reader will check it."""
        (output,) = [node for node in self.program.graph.nodes if node.op == "output"]
        values = [self._env[node] for node in output.args[0]]
        if len(values) != len(answers):
            raise not_lowerable(f"a module with {len(values)} outputs for the names {', '.join(answers)}")
        try:
            return self.builder.part(dict(zip(answers, values)))
        except Unlowerable as error:
            raise not_lowerable(str(error)) from error


def the_program(module: Any, example: Sequence[Any], ports: Sequence[Port], axes: Mapping[str, int]) -> Any:
    """The exported program; what torch cannot export is refused with torch's own reason."""
    try:
        return exported(module, example, [port.varying for port in ports], axes)
    except Exception as error:  # torch raises a dozen families here, some of them private
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise not_lowerable(f"torch.export stops: {' '.join(reason[:2])[:300]}") from error


def check_example(example: Sequence[Any], ports: Sequence[Port]) -> None:
    """Refuses examples that do not fit the ports."""
    if len(example) != len(ports):
        raise not_lowerable(f"{len(example)} example inputs for {len(ports)} ports")
    for one, port in zip(example, ports):
        if len(one.shape) < 1 or one.shape[0] < 2 or str(one.dtype) not in ("torch.float32", "torch.int64"):
            found = f"{one.dtype} {tuple(one.shape)}"
            raise not_lowerable(f"an example for {port.name} of {found}; it takes float32 or int64 with 2 rows or more")


def symbols_of(asked: Sequence[Any], ports: Sequence[Port]) -> dict[str, str]:
    """{torch's symbol: our name} of all lengths that vary."""
    names: dict[str, str] = {}
    for node, port in zip(asked, ports):
        for axis, name in {0: ROWS, **port.varying}.items():
            length = node.meta["val"].shape[axis]
            if isinstance(length, int):
                raise not_lowerable(f"a module that fixes axis {axis} of {port.name} to {length}; it must take any")
            names[str(length.node.expr)] = name
    return names


def compare(part: Part, lowering: Lowering, module: Any, example: Sequence[Any], answers: Sequence[str]) -> None:
    """Refuses a graph that does not answer as the module does on the example: a fault of the lowering."""
    inputs = lowering.builder.inputs
    network = Network(Inspector(part, "lowered"), {name: made.facts for name, made in inputs.items()})
    given: dict[str, Array] = {name: np.asarray(one) for name, one in zip(inputs, example)}
    found = network.run({name: given[name] for name in network.inputs})
    torch = need("torch", for_=WHO)
    with in_evaluation(module), torch.no_grad():
        wanted = module(*example)
    for name, one in zip(answers, wanted if isinstance(wanted, tuple | list) else (wanted,)):
        exact = one.numpy()
        apart = float(np.abs(found[name] - exact).max() / max(1.0, np.abs(exact).max()))
        if not apart <= CLOSE:
            raise not_lowerable(f"a graph whose {name} is off by {apart:.2g} on the example, a fault of trivet's")


def is_bookkeeping(node: Any) -> bool:
    """Whether a node only computes with lengths."""
    value = node.meta.get("val")
    is_tensor = hasattr(value, "shape") or isinstance(value, tuple | list)
    return str(node.target).startswith(BOOKKEEPING) or not is_tensor


def is_getitem(node: Any) -> bool:
    """Whether a node takes one of several values."""
    return str(node.target).startswith("<built-in function getitem")


def is_settled(node: Any, settled: Container[Any] | None) -> bool:
    """Whether a node is one value of fixed shape that only looks at settled nodes; None: at whatever it looks."""
    value = node.meta.get("val")
    is_fixed = hasattr(value, "shape") and all(isinstance(length, int) for length in value.shape)
    return is_fixed and (settled is None or all(one in settled for one in node.all_input_nodes))


def not_lowerable(found: str) -> NotLowerable:
    """The module cannot become a part of kind `graph`."""
    return NotLowerable(
        "not-lowerable",
        wanted="a module made of operators that the kind graph has",
        found=found,
        do="write this piece with other layers; docs/format.md lists the operators of a graph",
    )
