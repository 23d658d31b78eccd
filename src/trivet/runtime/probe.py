"""The clean process of the judge: loads a file, answers rows, measures, and writes one line of JSON.

python -I -m trivet.runtime.probe FILE ROWS_JSONL OUT_JSONL [--calls N] [--repeats R] [--cold]

Nothing but the standard library, numpy, onnxruntime and this runtime can be imported here: what is measured is what
ships.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .batch import Answers
from .specialist import Specialist

# numpy and onnxruntime with everything that onnxruntime may load.
ALLOWED = frozenset({
    "numpy", "onnxruntime", "flatbuffers", "google", "packaging", "coloredlogs", "humanfriendly", "sympy", "mpmath",
})  # fmt: skip
WARM_UP = 20


class Guard:
    """Stands first in the line of importers and says no to whatever a user of the runtime would not have."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        """None, so that the next importer looks; raises ImportError for what may not be there."""
        top = name.partition(".")[0]
        is_ours = name == "trivet" or (name + ".").startswith("trivet.runtime.")
        if not (is_ours or top in ALLOWED or top in sys.stdlib_module_names):
            raise ModuleNotFoundError(f"{name} is not part of the runtime", name=name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the probe; the exit status is 0 when the line was written."""
    sys.meta_path.insert(0, Guard())
    asked = parsed(arguments)
    rows = [json.loads(line) for line in asked.rows.read_text(encoding="utf-8").splitlines() if line]
    specialist = Specialist.load(asked.file, caps="large")  # built here, or opened before under the user's caps
    found: dict[str, Any] = {"answers": lists_of(specialist.answers(rows[:1] if asked.cold else rows))}
    if not asked.cold:
        found["latency_ms"] = latencies(specialist, rows, asked.calls)
        found["rows_per_second"] = speeds(specialist, rows, asked.repeats)
        found["peak_memory"] = peak_memory()
        found["modules"] = sorted(name for name in sys.modules if name.partition(".")[0] == "trivet")
    write_whole(asked.out, json.dumps(found, allow_nan=False) + "\n")
    return 0


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="trivet.runtime.probe", description="Answers and costs of a specialist.")
    for name in ("file", "rows", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--calls", type=int, default=1000, help="single-row calls that are timed")
    parser.add_argument("--repeats", type=int, default=5, help="runs over all rows that are timed")
    parser.add_argument("--cold", action="store_true", help="answer the first row and stop; the caller takes the time")
    return parser.parse_args(arguments)


def lists_of(answers: Answers) -> dict[str, Any]:
    """{name: [dtype, nested lists]}; every float32 comes back exactly."""
    return {name: [array.dtype.name, array.tolist()] for name, array in answers.items()}


def latencies(specialist: Specialist, rows: Sequence[dict[str, Any]], calls: int) -> list[float]:
    """Milliseconds of single-row calls, raw row in, answer out; the rows take turns."""
    if not rows:
        return []
    for call in range(WARM_UP):
        specialist.predict(rows[call % len(rows)])
    taken = []
    for call in range(calls):
        row = rows[call % len(rows)]
        start = time.perf_counter_ns()
        specialist.predict(row)
        taken.append((time.perf_counter_ns() - start) / 1e6)
    return taken


def speeds(specialist: Specialist, rows: Sequence[dict[str, Any]], repeats: int) -> list[float]:
    """Rows per second of runs over all rows at once."""
    taken = []
    for _ in range(repeats if rows else 0):
        start = time.perf_counter_ns()
        specialist.predict(rows)
        taken.append(len(rows) * 1e9 / max(1, time.perf_counter_ns() - start))
    return taken


def peak_memory() -> float:
    """Resident bytes of this process at most."""
    try:
        with open("/proc/self/status", encoding="ascii") as lines:
            kilobytes = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
        return 1024.0 * int(kilobytes[0])
    except (OSError, IndexError):
        import resource

        unit = 1 if sys.platform == "darwin" else 1024  # getrusage counts bytes there, kilobytes elsewhere
        return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)


def write_whole(path: Path, text: str) -> None:
    """Writes the file so that it is there whole or not at all."""
    half = path.with_name(path.name + ".part")
    half.write_text(text, encoding="utf-8")
    os.replace(half, path)


if __name__ == "__main__":
    sys.exit(main())
