"""Ports: the named arrays that parts hand on, each with a dtype, the shape behind the rows, and a bound."""

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True)
class Port:
    """One named array of a program: (rows, *shape) of the dtype.

    bound: no number is larger in size; infinite = anything, also missing.
    """

    dtype: str = "float32"
    shape: tuple[int, ...] = ()
    bound: float = inf
