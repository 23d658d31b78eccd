"""What every piece of a body is: it turns a batch into numbers, by numpy or as nodes of a graph."""

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, ClassVar

from ..batch import Batch
from ..part import Array
from .inspector import MOST_OPERATIONS, MOST_WIDTH, Inspector

if TYPE_CHECKING:
    from ..onnx_graph import OnnxGraph

MOST_SCORE = 1e30  # far below the largest float32, so that no sum on the way can overflow


@dataclass(frozen=True, slots=True)
class Flow:
    """What arrives at a piece: `width` numbers and `texts` texts per row.

    bound: no number is larger in size; infinite = anything, also missing.
    """

    width: int
    texts: int = 0
    bound: float = inf


class Body:
    """Base of every piece of a body.  The constructor checks the part and makes it ready.

    width: numbers per row that come out.  bound: none of them is larger in size.
    operations: an upper bound of additions and comparisons per row.  widest: numbers per row held at once at most.
    """

    width: int
    bound: float
    operations: int
    widest: int

    def __init__(self, look: Inspector, flow: Flow) -> None:
        raise NotImplementedError

    def run(self, batch: Batch) -> Array:
        """(rows, width) float32, by numpy."""
        raise NotImplementedError

    def lower(self, graph: "OnnxGraph", numbers: str) -> str:
        """Adds nodes that compute the same; returns the name of the (rows, width) result."""
        raise NotImplementedError


class Host(Body):
    """A body that works in Python before the graph: it turns a batch into arrays that the graph is fed with.

    feeds: (stem of the name, dtype) of each array; all are vectors of one length, which is free.
    """

    feeds: ClassVar[tuple[tuple[str, str], ...]]

    def features(self, batch: Batch) -> tuple[Array, ...]:
        """What the graph is fed with, in the order of `feeds`."""
        raise NotImplementedError


def check_size(body: Body, look: Inspector) -> None:
    """Refuses a piece that is too wide or too slow, or whose numbers could overflow."""
    if not 1 <= body.width <= MOST_WIDTH:
        look.refuse("part-limit", f"1 to {MOST_WIDTH} numbers out", str(body.width))
    if body.operations > MOST_OPERATIONS:
        look.refuse("part-limit", f"at most {MOST_OPERATIONS} operations per row", str(body.operations))
    if body.bound != inf and not body.bound <= MOST_SCORE:  # infinite = as they came, missing ones too
        look.refuse("part-limit", f"numbers that stay below {MOST_SCORE:g} in size", f"{body.bound:g}")


def needs_finite(look: Inspector, flow: Flow) -> None:
    """Refuses a piece that would meet missing values."""
    if flow.bound == inf:
        look.refuse("part-slot", f"expand or another piece without missing values before {look.part.kind}", "none")


def largest(array: Array) -> float:
    """The largest size of a number; 0 for an empty array."""
    return max(abs(float(array.min())), abs(float(array.max()))) if array.size else 0.0
