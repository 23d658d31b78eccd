"""What stands for a tensor of torch while a module is lowered: numbers known now, or a value of the graph to come."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from trivet.runtime.ops.lengths import Length, Shape, factors
from trivet.runtime.ops.tensor import Tensor
from trivet.runtime.part import Array

FAR = 1e9  # stands for infinity, e.g. in masks: the softmax of a number so much lower is 0 in float32


class Unlowerable(Exception):
    """One node of a module that the kind `graph` cannot say; its message says why."""


@dataclass(frozen=True, eq=False)
class Known:
    """Numbers that do not depend on any input: float32, int64 or bool, to be repeated to `shape`."""

    array: Array
    shape: Shape

    @property
    def dtype(self) -> str:
        return str(self.array.dtype.name)

    @property
    def is_whole(self) -> bool:
        """Whether the array stands for itself, without being repeated."""
        return tuple(self.array.shape) == self.shape


@dataclass(frozen=True, eq=False)
class Made:
    """A value of the graph.  ref: the number of its node or the name of its input."""

    ref: int | str
    facts: Tensor

    @property
    def dtype(self) -> str:
        return self.facts.dtype

    @property
    def shape(self) -> Shape:
        return self.facts.shape


Value = Known | Made


def known(numbers: Any, dtype: str | None = None) -> Known:
    """Numbers in one of the three dtypes of graphs."""
    array = np.asarray(numbers)
    if dtype is None:
        dtype = {"b": "bool", "i": "int64", "u": "int64"}.get(array.dtype.kind, "float32")
    with np.errstate(over="ignore"):
        array = array.astype(dtype)
    if dtype == "float32":
        array = np.nan_to_num(array, nan=np.nan, posinf=FAR, neginf=-FAR)
    return Known(array, tuple(array.shape))


def alike(one: Shape, other: Shape) -> bool:
    """Whether two shapes are the same but for the order of factors."""
    return len(one) == len(other) and all(sorted_factors(a) == sorted_factors(b) for a, b in zip(one, other))


def sorted_factors(length: Length) -> list[str]:
    """The factors of a length as texts, in one order; the numbers multiplied."""
    number, names = 1, []
    for factor in factors(length):
        if isinstance(factor, int):
            number *= factor
        else:
            names.append(factor)
    return [str(number), *sorted(names)]
