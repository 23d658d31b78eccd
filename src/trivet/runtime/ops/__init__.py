"""The closed operators of the kind `graph`: each with its checks, shapes and bounds, by numpy and as ONNX nodes."""

from .bounded import BOUNDED
from .elementwise import ELEMENTWISE
from .gather import GATHERERS
from .matmul import MATMULS
from .normalise import NORMALISERS
from .operator import Operator
from .pairs import PAIRS
from .recurrent import RECURRENT
from .reduce import REDUCERS
from .shape import SHAPERS
from .windows import WINDOWS

OPERATORS: dict[str, type[Operator]] = {
    operator.name: operator
    for family in (ELEMENTWISE, BOUNDED, PAIRS, MATMULS, WINDOWS, NORMALISERS, REDUCERS, SHAPERS, GATHERERS, RECURRENT)
    for operator in family
}
"""Every operator that may stand in a file of format 1, by name."""
