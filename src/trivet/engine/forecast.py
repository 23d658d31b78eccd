"""What a candidate will cost, from its parts alone: a pure function, so that searches repeat exactly.

The numbers steer the search with a margin; the judge measures.  Constants: one core of a 2020 server, see bench/.
"""

from collections.abc import Mapping

from trivet.core.candidate import Candidate
from trivet.runtime.file.caps import LARGE
from trivet.runtime.file.container import encode
from trivet.runtime.part import Part

_CALL_MS = 0.04  # a predict call and one ONNX Runtime session, empty model
_COLUMN_MS = 0.0015  # reading one raw column of one row
_TREE_MS = 0.0001  # one tree, one row
_WEIGHT_MS = 4e-7  # one multiply-add
_TAIL = 2.0  # p99 over p50 on a quiet machine
_RUNTIME_BYTES = 75e6  # resident: Python, numpy and ONNX Runtime
_START_MS = 350.0  # process start to first answer


def forecast(candidate: Candidate, *, overhead: int) -> dict[str, float]:
    """{cost gauge: expected value} of the shipped file.  overhead: bytes of everything but the parts."""
    one = _CALL_MS + _COLUMN_MS * len(candidate.task.inputs) + sum(map(row_ms, candidate.parts.values()))
    size = float(overhead + bytes_of_parts(candidate.parts))
    return {
        "size": size,
        "p50-latency": one,
        "p99-latency": _TAIL * one,
        "p99-cpu-time": _TAIL * one,
        "rows-per-second": 1000.0 / (one / 8),  # batches spread the cost of the call
        "peak-memory": _RUNTIME_BYTES + 4 * size,
        "cold-start": _START_MS,
    }


def bytes_of_parts(parts: Mapping[str, Part]) -> int:
    """Bytes that the parts take in a file."""
    return len(encode({}, parts, {}, caps=LARGE))


def row_ms(part: Part) -> float:
    """Milliseconds that one row spends in a part."""
    own = 0.005 + _WEIGHT_MS * sum(array.size for array in part.arrays.values())
    if part.kind == "trees":
        own = 0.01 + _TREE_MS * len(part.arrays["output"])
    if part.kind == "ngrams":
        own = 0.15  # hashing a few hundred n-grams; the table itself is only looked up
    return own + sum(map(row_ms, part.children))
