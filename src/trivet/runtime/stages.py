"""Stages: the parts of a model as steps that read named ports and give named ports, checked one by one.

A part can run when everything it reads has been given; so the order follows from the ports, and no list of slots is
needed.  Reading a port that nobody gives, and giving one twice, is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Protocol

from .batch import Batch
from .errors import BadFile
from .kinds import BODIES, DECODERS, GUARDS, SCALES, load_body, load_decoder, load_guard, load_scale
from .kinds.body import Body, Flow
from .kinds.inspector import Inspector
from .kinds.network import Network
from .kinds.scales.temperature import Plain
from .ops.lengths import ROWS
from .ops.tensor import Tensor
from .part import Array, Part
from .ports import Port

if TYPE_CHECKING:
    from .onnx_graph import OnnxGraph

NUMBERS = "numbers"
INNER = ("features", "scores")
"""Ports between parts, which are no answers."""


class Step(Protocol):
    """What a kind does once it is loaded: own port names in, own port names out."""

    @property
    def reads(self) -> tuple[str, ...]: ...

    @property
    def gives(self) -> Mapping[str, Port]: ...

    def run(self, arrays: Mapping[str, Array], batch: Batch) -> dict[str, Array]:
        """The given arrays by numpy: (rows, ...) each."""
        ...

    def lower(self, graph: "OnnxGraph", names: Mapping[str, str]) -> dict[str, str]:
        """Adds nodes that compute the same; returns their names by port."""
        ...


@dataclass(frozen=True, slots=True)
class BodyStep:
    """A body from numbers (and texts) to scores."""

    body: Body
    reads: tuple[str, ...]
    gives: Mapping[str, Port]

    def run(self, arrays: Mapping[str, Array], batch: Batch) -> dict[str, Array]:
        return {"scores": self.body.run(Batch(numbers=arrays[NUMBERS], texts=batch.texts))}

    def lower(self, graph: "OnnxGraph", names: Mapping[str, str]) -> dict[str, str]:
        return {"scores": self.body.lower(graph, names[NUMBERS])}


@dataclass(frozen=True, slots=True)
class NetworkStep:
    """A network between any ports: a scale, a guard or more of a goal of its own."""

    network: Network
    reads: tuple[str, ...]
    gives: Mapping[str, Port]

    def run(self, arrays: Mapping[str, Array], batch: Batch) -> dict[str, Array]:
        return dict(self.network.run(arrays))

    def lower(self, graph: "OnnxGraph", names: Mapping[str, str]) -> dict[str, str]:
        return dict(self.network.lower(graph, names))


@dataclass(frozen=True, slots=True)
class Stage:
    """A step in its place.  reads, gives: own port -> port of the program.  width: numbers per row held at most."""

    slot: str
    step: Step
    reads: Mapping[str, str]
    gives: Mapping[str, str]
    width: int = 1

    def run(self, arrays: Mapping[str, Array], batch: Batch) -> dict[str, Array]:
        """The arrays that it adds, by the program's names."""
        found = self.step.run({own: arrays[outer] for own, outer in self.reads.items()}, batch)
        return {outer: found[own] for own, outer in self.gives.items()}

    def lower(self, graph: "OnnxGraph", names: Mapping[str, str]) -> dict[str, str]:
        """The same as nodes."""
        found = self.step.lower(graph, {own: names[outer] for own, outer in self.reads.items()})
        return {outer: found[own] for own, outer in self.gives.items()}

    @property
    def ports(self) -> dict[str, Port]:
        """What it adds, by the program's names."""
        return {outer: self.step.gives[own] for own, outer in self.gives.items()}


def stages_of(parts: Mapping[str, Part], flow: Flow) -> tuple[Stage, ...]:
    """The parts behind the reader as stages in the order in which they can run.

    flow: what the reader gives.  Probabilities that are read and that no part gives are the plain link of the scores.
    """
    waiting = dict(sorted((slot, part) for slot, part in parts.items() if slot != "reader"))
    ports = {NUMBERS: Port("float32", (flow.width,), flow.bound)}
    stages: list[Stage] = []
    while waiting:
        slot = next((slot for slot, part in waiting.items() if set(outer_reads(part).values()) <= set(ports)), None)
        if slot is not None:
            stage = stage_of(slot, waiting.pop(slot), ports, flow)
        elif lacks_a_scale(waiting, ports):
            stage = plain_scale(ports)
        else:
            lacking = {slot: sorted(set(outer_reads(part).values()) - set(ports)) for slot, part in waiting.items()}
            raise misfit("parts that find what they read", f"nobody gives {lacking}; there are {sorted(ports)}")
        if both := sorted(set(stage.ports) & set(ports)):
            raise misfit("each port given once", f"{stage.slot} gives {', '.join(both)} again")
        stages.append(stage)
        ports |= stage.ports
    return tuple(stages)


def lacks_a_scale(waiting: Mapping[str, Part], ports: Mapping[str, Port]) -> bool:
    """Whether somebody waits for probabilities that no part left will give."""
    given = {outer for part in waiting.values() for outer in outer_gives(part).values()}
    return "scores" in ports and "probabilities" not in {*ports, *given}


def plain_scale(ports: Mapping[str, Port]) -> Stage:
    step = Plain(width_of(ports["scores"]))
    return Stage("scale", step, {"scores": "scores"}, {"probabilities": "probabilities"}, step.classes)


def stage_of(slot: str, part: Part, ports: Mapping[str, Port], flow: Flow) -> Stage:
    """The part, checked against what arrives."""
    reads, gives = outer_reads(part), outer_gives(part)
    if part.kind == "graph" and not is_body(part):
        return Stage(slot, network_step(part, slot, {own: ports[outer] for own, outer in reads.items()}), reads, gives)
    if part.kind in BODIES:
        numbers = ports[reads[NUMBERS]]
        body = load_body(part, Flow(width_of(numbers), flow.texts, numbers.bound), slot)
        if gives["scores"] == "scores" and body.bound == inf:
            raise misfit("scores that are never missing", f"{slot} ({part.kind}) hands on missing numbers")
        made = {"scores": Port("float32", (body.width,), body.bound)}
        return Stage(slot, BodyStep(body, (NUMBERS,), made), reads, gives, body.widest)
    width = width_of(ports[next(iter(reads.values()))])
    step = LOADERS[part.kind](part, slot, width)
    for own, port in getattr(step, "takes", {}).items():
        came = ports[reads[own]]
        if (came.dtype, came.shape) != (port.dtype, port.shape):
            found = f"{came.dtype} {list(came.shape)} in {reads[own]}"
            raise misfit(f"{own} as {port.dtype} {list(port.shape)} for {slot} ({part.kind})", found)
    return Stage(slot, step, reads, gives)


def is_body(part: Part) -> bool:
    """Whether a graph goes from numbers to scores, as every other body does."""
    return (names_in(part, "inputs"), names_in(part, "outputs")) == ([NUMBERS], ["scores"])


def names_in(part: Part, key: str) -> list[str]:
    """The names of a graph's inputs or outputs; none where the config is not what it should be, which is told later."""
    found = part.config.get(key)
    return sorted(map(str, found)) if isinstance(found, Mapping) else []


def network_step(part: Part, slot: str, ports: Mapping[str, Port]) -> NetworkStep:
    """The graph, checked against the ports that it reads; rows are its first axis."""
    arriving = {name: Tensor(port.dtype, (ROWS, *port.shape), -port.bound, port.bound) for name, port in ports.items()}
    network = Network(Inspector(part, slot), arriving)
    given = {}
    for name, facts in network.outputs.items():
        if facts.shape[:1] != (ROWS,) or not all(isinstance(length, int) for length in facts.shape[1:]):
            raise misfit(f"{name} with rows first and lengths that are known behind", str(list(facts.shape)))
        given[name] = Port(facts.dtype, tuple(int(str(length)) for length in facts.shape[1:]), facts.size)
    return NetworkStep(network, tuple(ports), given)


LOADERS = {
    **dict.fromkeys(SCALES, load_scale),
    **dict.fromkeys(GUARDS, load_guard),
    **dict.fromkeys(DECODERS, load_decoder),
}


def outer_reads(part: Part) -> dict[str, str]:
    """Own port -> port of the program, of what the part reads."""
    own = own_ports(part)[0]
    return port_names(part, "reads", own, part.reads)


def outer_gives(part: Part) -> dict[str, str]:
    """Own port -> port of the program, of what the part gives."""
    return port_names(part, "gives", own_ports(part)[1], part.gives)


def own_ports(part: Part) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(what the kind reads, what it gives) by its own names; refuses a kind that is no stage."""
    if part.kind == "graph" and not is_body(part):
        return tuple(names_in(part, "inputs")), tuple(names_in(part, "outputs"))
    if part.kind in BODIES:
        return (NUMBERS,), ("scores",)
    for table in (SCALES, GUARDS, DECODERS):
        if part.kind in table:
            return table[part.kind].READS, table[part.kind].GIVES
    known = ", ".join(sorted([*BODIES, *LOADERS]))
    raise BadFile("part-kind", wanted=f"one of {known}", found=repr(part.kind), do="use a file that trivet wrote")


def port_names(part: Part, what: str, own: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    if unknown := sorted(set(given) - set(own)):
        raise misfit(f"{what} among {', '.join(own)} for {part.kind}", ", ".join(unknown))
    return {name: given.get(name, name) for name in own}


def width_of(port: Port) -> int:
    return port.shape[0] if port.shape else 1


def misfit(wanted: str, found: str) -> BadFile:
    return BadFile("part-slot", wanted=wanted, found=found, do="use a file that trivet wrote")
