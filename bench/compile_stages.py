"""Where does the time of a compile go, what does running it again cost, and were the forecasts right?

Prints three tables and writes bench/out/compile_stages.json.
    python bench/compile_stages.py --data-dir ../shared/data
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from tables import TABLES, find_data_dir, split_table

from trivet.core.passes import Size
from trivet.core.registry import parse_step
from trivet.engine.journal import read_frames
from trivet.engine.judge import this_machine


@dataclass(frozen=True, kw_only=True)
class Case:
    """A table and what is asked of it.  impossible: a limit that makes the search spend all its units."""

    table: str
    limits: tuple[str, ...]


CASES = (
    Case(table="adult", limits=("auroc >= 0.92", "size <= 200 kB", "p99-latency <= 5 ms", "coverage >= 0.85")),
    Case(table="housing", limits=("r2 >= 0.8", "size <= 200 kB", "p99-latency <= 5 ms")),
    Case(table="wine", limits=("rmse <= 0.8", "size <= 100 kB", "coverage >= 0.85")),
)


def compile_command(rows: Path, target: str, folder: Path, case: Case, seconds: float, threads: int) -> list[str]:
    words = [sys.executable, "-m", "trivet.cli.main", "compile", str(rows), "--target", target, "--json", "--quiet"]
    words += ["--out", str(folder / "model.trivet"), "--force", "--time", f"{seconds:g}s", "--threads", str(threads)]
    for limit in case.limits:
        words += ["--limit", limit]
    return words


def compiled(words: list[str]) -> dict[str, Any]:
    """The JSON answer of one run of the command, with its wall seconds and the most memory its processes held."""
    began = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    memory = Memory(process.pid)
    output = process.communicate()[0]
    wall = time.perf_counter() - began
    return {**json.loads(output), "wall": wall, "memory": memory.peak}


class Memory(threading.Thread):
    """Watches what a process and its children hold (proportional set size), ten times a second."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak = pid, 0
        self.start()

    def run(self) -> None:
        while bytes_now := sum(map(held_by, family(self.pid))):
            self.peak = max(self.peak, bytes_now)
            time.sleep(0.1)


def family(pid: int) -> list[int]:
    """The process and everything below it."""
    try:
        children = [
            int(child)
            for thread in os.listdir(f"/proc/{pid}/task")
            for child in Path(f"/proc/{pid}/task/{thread}/children").read_text().split()
        ]
    except OSError:
        return []
    return [pid, *(one for child in children for one in family(child))]


def held_by(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def finished_steps(store: Path) -> list[dict[str, Any]]:
    """What the ledger holds: {"what": pass, "measure" or "importance", "step": text, "seconds"}."""
    frames, _, _ = read_frames((store / "journal").read_bytes())
    steps = []
    for frame in frames:
        if frame["type"] == "result":
            result = frame["result"]
            text = result.get("step", "")
            what = text.partition("(")[0] or ("measure" if "readings" in result else "importance")
            steps.append({"what": what, "step": text, "seconds": result["seconds"]})
    return steps
