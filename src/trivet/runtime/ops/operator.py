"""What every operator of the kind `graph` is, and the attributes that it may take."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from ..part import Array
from .lengths import Axes, Length, numbers_in
from .onnx_sizes import OnnxSizes
from .tensor import Tensor, check_tensor, refuse, settled

if TYPE_CHECKING:
    from ..onnx_graph import OnnxGraph

REQUIRED: Any = object()


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: `check` gives the value back or refuses it.  A value equal to the default must be left out."""

    check: Callable[[Any], Any]
    default: Any = REQUIRED


class Operator:
    """One step of a graph, checked for its operands.

    result: what comes out, with bounds that hold for every input.  operations: per row, an upper bound.
    scratch: numbers per row that numpy holds besides operands and result while it runs.
    operands: how many it takes.  own_constants: positions of operands that it places in an ONNX graph itself.
    """

    name: ClassVar[str]
    operands: ClassVar[tuple[int, int]] = (1, 1)
    attributes: ClassVar[Mapping[str, Attribute]] = {}
    own_constants: ClassVar[tuple[int, ...]] = ()

    def __init__(self, operands: Sequence[Tensor], given: Mapping[str, Any], axes: Axes) -> None:
        least, most = self.operands
        if not least <= len(operands) <= most:
            refuse("part-config", f"{least} to {most} operands of {self.name}", len(operands))
        self._take_attributes(given)
        self.axes, self.scratch = axes, 0
        # A value of its own even where nothing changes: equal facts must not make two values look like one.
        self.result = replace(settled(self.facts(*operands)), array=None)
        check_tensor(self.result, axes)
        self.operations = self.cost(*operands)

    def _take_attributes(self, given: Mapping[str, Any]) -> None:
        if unknown := sorted(set(given) - set(self.attributes)):
            wanted = ", ".join(self.attributes) or "no attribute"
            refuse("part-config", f"{wanted} of {self.name}", ", ".join(map(repr, unknown)))
        for name, attribute in self.attributes.items():
            if name not in given and attribute.default is REQUIRED:
                refuse("part-config", f"the attribute {name} of {self.name}", "none")
            value = attribute.check(given[name]) if name in given else attribute.default
            if name in given and value == attribute.default and type(value) is type(attribute.default):
                refuse("part-config", f"{name} left out where it is {value!r}", f"{name} of {self.name}")
            setattr(self, name, value)

    def facts(self, *operands: Tensor) -> Tensor:
        """What comes out; refuses operands that do not fit."""
        raise NotImplementedError

    def cost(self, *operands: Tensor) -> int:
        """Operations per row."""
        return 4 * numbers_in(self.result.shape, self.axes)

    def run(self, operands: Sequence[Array], sizes: Mapping[str, int]) -> Array:
        """The result by numpy.  sizes: what the names in shapes stand for now."""
        raise NotImplementedError

    def lower(self, onnx: "OnnxGraph", names: Sequence[str], sizes: OnnxSizes) -> str:
        """Adds nodes that compute the same; returns the name of the result."""
        raise NotImplementedError


def whole(least: int, most: int) -> Callable[[Any], int]:
    """A whole number between two bounds."""

    def check(found: Any) -> int:
        if not is_whole(found) or not least <= found <= most:
            refuse("part-config", f"a whole number from {least} to {most}", repr(found)[:80])
        return int(found)

    return check


def wholes(fewest: int, most_items: int, least: int, most: int) -> Callable[[Any], tuple[int, ...]]:
    """A list of whole numbers."""
    one = whole(least, most)

    def check(found: Any) -> tuple[int, ...]:
        if not isinstance(found, list) or not fewest <= len(found) <= most_items:
            refuse("part-config", f"a list of {fewest} to {most_items} whole numbers", repr(found)[:80])
        return tuple(one(item) for item in found)

    return check


def number(least: float, most: float) -> Callable[[Any], float]:
    """A number between two bounds, both included."""

    def check(found: Any) -> float:
        if not isinstance(found, float) or not least <= found <= most:
            refuse("part-config", f"a number from {least:g} to {most:g}", repr(found)[:80])
        return found

    return check


def choice(*among: str) -> Callable[[Any], str]:
    """One of some words."""

    def check(found: Any) -> str:
        if not isinstance(found, str) or found not in among:
            refuse("part-config", "one of " + ", ".join(among), repr(found)[:80])
        return found

    return check


def flag(found: Any) -> bool:
    """True or false."""
    if not isinstance(found, bool):
        refuse("part-config", "true or false", repr(found)[:80])
    return found


def lengths(found: Any) -> tuple[Length, ...]:
    """The lengths of some axes; names are looked at where they are used."""
    if not isinstance(found, list) or not all(is_whole(item) or isinstance(item, str) for item in found):
        refuse("part-config", "a list of whole numbers and names of axes", repr(found)[:80])
    return tuple(found)


def is_whole(found: Any) -> bool:
    """Whether a JSON value is a whole number (true and false are not)."""
    return isinstance(found, int) and not isinstance(found, bool)
