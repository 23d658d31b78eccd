"""How each operator of torch is said in operators of the kind `graph`: one table, a file per family.

A handler is called as handler(lowering, node, *args, **kwargs) with the arguments of the ATen operator, tensors as
`Known` or `Made`.  It returns a value, or a tuple of values where ATen does (None for those that a graph cannot give).
"""

from collections.abc import Callable, Mapping
from typing import Any

from .arithmetic import ARITHMETIC
from .layers import LAYERS
from .recurrences import RECURRENCES
from .reductions import REDUCTIONS
from .shapes import SHAPES

ATEN: Mapping[str, Callable[..., Any]] = {
    name if name.startswith("trivet.") else f"aten.{name}": handler
    for family in (ARITHMETIC, LAYERS, RECURRENCES, REDUCTIONS, SHAPES)
    for name, handler in family.items()
}
