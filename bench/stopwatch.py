"""Times single-row calls and whole batches; the same loop for every system, and the one that trivet's judge uses."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

WARM_UP = 20


def timed(
    one: Callable[[Any], object], rows: Sequence[Any], all_rows: Callable[[], object], calls: int
) -> dict[str, Any]:
    """The times of `one(row)`, rows taking turns, and of five runs of `all_rows()`."""
    turns = [rows[call % len(rows)] for call in range(WARM_UP + calls)]
    latency_ms = [1000 * seconds(one, row) for row in turns][WARM_UP:]
    all_rows()
    return {"latency_ms": latency_ms, "rows_per_second": [len(rows) / seconds(all_rows) for _ in range(5)]}


def seconds(work: Callable[..., object], *arguments: Any) -> float:
    start = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - start


def summary(found: dict[str, Any]) -> dict[str, float]:
    """Median and 99th percentile of the calls (ms), median rows per second."""
    ordered = sorted(found["latency_ms"])
    return {
        "p50_ms": statistics.median(ordered),
        "p99_ms": ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))],
        "rows_per_second": statistics.median(found["rows_per_second"]),
    }
