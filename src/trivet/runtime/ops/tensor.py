"""What is known of a value before anything runs: its dtype, its shape and the bounds of its numbers."""

from dataclasses import dataclass, replace
from typing import NoReturn

from ..part import Array
from .lengths import ROWS, Axes, Length, Shape, factors, has_rows, names_in, numbers_in

MOST_SIZE = 1e30  # no number on the way is larger in size, so that no float32 overflows
LEAST_SIZE = 1e-30  # what is smaller may become 0 in float32, so it counts as 0
MOST_WHOLE = 2**31
MOST_AXES = 8
MOST_NUMBERS = 10**7  # of one value, per row
ROUNDING = 1e-6  # a result of float32 leaves exact bounds by less than this share
DTYPES = ("float32", "int64", "bool")


class BadNode(Exception):
    """An operator that cannot take its operands: a code of part-*, what was wanted and what was found."""

    def __init__(self, code: str, wanted: str, found: str) -> None:
        super().__init__(code, wanted, found)
        self.code, self.wanted, self.found = code, wanted, found


def refuse(code: str, wanted: str, found: object) -> NoReturn:
    """Raises BadNode."""
    raise BadNode(code, wanted, str(found))


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """A value: every number in it lies from low to high.  array: the numbers themselves, if they are constant."""

    dtype: str
    shape: Shape
    low: float
    high: float
    array: Array | None = None

    @property
    def size(self) -> float:
        """No number is larger in size."""
        return max(abs(self.low), abs(self.high))

    @property
    def is_constant(self) -> bool:
        return self.array is not None


def constant(array: Array) -> Tensor:
    """A value that stands in the part; float32, int64 or bool."""
    return settled(Tensor(array.dtype.name, tuple(array.shape), float(array.min()), float(array.max()), array))


def settled(found: Tensor) -> Tensor:
    """A value of its own, with bounds that float32 can tell from 0, or 0."""
    low, high = found.low, found.high
    return replace(found, low=0.0 if 0 < low < LEAST_SIZE else low, high=0.0 if -LEAST_SIZE < high < 0 else high)


def check_tensor(found: Tensor, axes: Axes) -> None:
    """Refuses numbers that could overflow, too many of them, and rows that stand on two axes."""
    bound = MOST_SIZE if found.dtype == "float32" else MOST_WHOLE
    if not found.low <= found.high or not found.size <= bound:
        refuse("part-limit", f"numbers that stay below {bound:g} in size", f"{found.low:g} to {found.high:g}")
    if len(found.shape) > MOST_AXES or any(isinstance(length, int) and length < 1 for length in found.shape):
        refuse("part-config", f"at most {MOST_AXES} axes, none of length 0", list(found.shape))
    if (count := numbers_in(found.shape, axes)) > MOST_NUMBERS:
        refuse("part-limit", f"at most {MOST_NUMBERS} numbers in a value per row", count)
    if names_in(found.shape).count(ROWS) > 1:
        refuse("part-config", "rows that do not meet each other", list(found.shape))


def floats_of(low: float, high: float, shape: Shape) -> Tensor:
    """A float32 value between two bounds."""
    return Tensor("float32", shape, low, high)


def flags_of(shape: Shape) -> Tensor:
    """A value of booleans."""
    return Tensor("bool", shape, 0.0, 1.0)


def widened(low: float, high: float, size: float | None = None, terms: int = 1) -> tuple[float, float]:
    """Bounds that hold after rounding too.  size: of the largest number added up; terms: how many of them.

    Without a size every number is rounded by itself, so that a bound of 0 stays.
    """
    if size is None:
        return low - ROUNDING * abs(low), high + ROUNDING * abs(high)
    slack = ROUNDING * terms * size
    return low - slack, high + slack


def sum_bounds(low: float, high: float, terms: int, least_terms: int) -> tuple[float, float]:
    """Bounds of a sum of `least_terms` to `terms` numbers, each between low and high."""
    exact_low = min(low * terms, low * least_terms)
    exact_high = max(high * terms, high * least_terms)
    size = max(abs(low), abs(high))
    slack = 1e-7 * terms  # share by which a sum of so many float32 of one sign can be off
    # Numbers of one sign never cancel, so their sum is only off by a share of itself.
    wide_low = exact_low * max(0.0, 1 - slack) if low >= 0 else exact_low - slack * terms * size
    wide_high = exact_high * max(0.0, 1 - slack) if high <= 0 else exact_high + slack * terms * size
    return wide_low, wide_high


def fixed_length(length: Length) -> int:
    """The length; refuses one that varies."""
    if not isinstance(length, int):
        refuse("part-config", "an axis of fixed length", repr(length))
    return length


def within_row(length: Length) -> Length:
    """The length; refuses one along which rows run, since rows must not influence each other."""
    if has_rows(length):
        refuse("part-config", "an axis within one row", repr(length))
    return length


def together(*shapes: Shape) -> Shape:
    """The shape of operands that are repeated along axes of length 1 until they fit; refuses those that do not."""
    rank = max((len(shape) for shape in shapes), default=0)
    found: list[Length] = []
    for lengths in zip(*((1,) * (rank - len(shape)) + shape for shape in shapes)):
        others = sorted({length for length in lengths if length != 1}, key=str)
        if len(others) > 1:
            refuse("part-config", "operands whose axes have the same length, or 1", " and ".join(map(str, shapes)))
        found.append(others[0] if others else 1)
    return tuple(found)


def wants_floats(*operands: Tensor) -> None:
    """Refuses operands that are not float32."""
    for operand in operands:
        if operand.dtype != "float32":
            refuse("part-config", "operands of float32", operand.dtype)


def wants_dtype(dtype: str, *operands: Tensor) -> None:
    """Refuses operands of another dtype."""
    for operand in operands:
        if operand.dtype != dtype:
            refuse("part-config", f"operands of {dtype}", operand.dtype)


def least(length: Length) -> int:
    """The smallest number of places on an axis: a name stands for at least one."""
    number = 1
    for factor in factors(length):
        number *= factor if isinstance(factor, int) else 1
    return number
