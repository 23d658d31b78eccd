"""Where does the time of a compile go, what does running it again cost, and were the forecasts right?

Prints three tables and writes bench/out/compile_stages.json.
    python bench/compile_stages.py --data-dir ../shared/data
"""

import argparse
import json
import os
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

from own_register import own_register
from public_tables import TABLES, find_data_dir, split_table

from trivet.core.passes import Size
from trivet.core.registry import parse_step
from trivet.engine.machine import this_machine
from trivet.runtime.file.container import decode
from trivet.storage.journal import read_frames
from trivet.storage.objects import task_from_json


@dataclass(frozen=True, kw_only=True)
class Case:
    """A table and what is asked of it."""

    table: str
    limits: tuple[str, ...]


CASES = (
    Case(table="adult", limits=("auroc >= 0.92", "size <= 200 kB", "p99-latency <= 5 ms", "coverage >= 0.85")),
    Case(table="housing", limits=("r2 >= 0.8", "size <= 200 kB", "p99-latency <= 5 ms")),
    Case(table="wine", limits=("rmse <= 0.8", "size <= 100 kB", "coverage >= 0.85")),
)


def compile_command(case: Case, data_dir: Path, folder: Path, seconds: float, threads: int) -> list[str]:
    table = next(table for table in TABLES if table.name == case.table)
    rows, _, target = split_table(table, data_dir, folder)
    words = [sys.executable, "-m", "trivet.cli.main", "compile", str(rows), "--target", target, "--goal", table.goal]
    words += ["--json", "--quiet", "--out", str(folder / "model.trivet"), "--force"]
    words += ["--time", f"{seconds:g}s", "--threads", str(threads)]
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
    if process.returncode:
        sys.exit(f"{' '.join(words)}\nended with {process.returncode}: {output}")
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
    """What the ledger says was done: {"did": the step, "measure GAUGE" or "importance", "seconds"}."""
    frames, _, _ = read_frames((store / "journal").read_bytes())
    return [frame["result"] for frame in frames if frame["type"] == "result"]


def per_pass(store: Path, file: Path, fit_rows: int) -> list[dict[str, Any]]:
    """For each pass: runs, seconds, and the seconds that its `units` had forecast."""
    task = task_from_json(decode(file.read_bytes()).manifest["task"])
    size = Size(rows=fit_rows, columns=len(task.inputs), scores=task.n_scores)
    taken: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for step in finished_steps(store):
        is_pass = not step["did"].startswith(("measure", "importance"))
        units = parse_step(step["did"]).units(size) if is_pass else 0.0
        taken[step["did"].partition("(")[0]].append((step["seconds"], units))
    rows = [
        {"what": what, "runs": len(pairs), "seconds": sum(s for s, _ in pairs), "forecast": sum(u for _, u in pairs)}
        for what, pairs in taken.items()
    ]
    return sorted(rows, key=lambda row: -row["seconds"])


def one_table(case: Case, data_dir: Path, folder: Path, seconds: float, threads: int) -> dict[str, Any]:
    """A first build and a second run of the same; the second finds everything in the store."""
    words = compile_command(case, data_dir, folder, seconds, threads)
    forecast = compiled([*words, "--dry-run"])
    first = compiled(words)
    again = compiled(words)
    if first["body_digest"] != again["body_digest"]:
        sys.exit(f"{case.table}: another body the second time")
    fit_rows = decode((folder / "model.trivet").read_bytes()).manifest["data"]["splits"]["fit"]["rows"]
    return {
        "table": case.table,
        "rows": forecast["rows"],
        "candidates": first["candidates"],
        "forecast": forecast["forecast"],
        "first": {"wall": first["wall"], **first["stages"], "memory": first["memory"]},
        "again": {"wall": again["wall"], **again["stages"]},
        "passes": per_pass(folder / "model.build", folder / "model.trivet", fit_rows),
    }


def start_of(run: dict[str, float]) -> float:
    """Seconds before the first stage and after the last: imports, and writing the file."""
    return run["wall"] - run["reading"] - run["searching"] - run["judging"]


def show(results: list[dict[str, Any]]) -> None:
    print(f"{'table':9}{'run':7}{'start':>8}{'reading':>9}{'searching':>11}{'judging':>9}{'wall':>8}")
    for one in results:
        for name in ("first", "again"):
            run = one[name]
            print(f"{one['table']:9}{name:7}{start_of(run):8.2f}{run['reading']:9.2f}{run['searching']:11.2f}"
                  f"{run['judging']:9.2f}{run['wall']:8.2f}")  # fmt: skip
    print(f"\n{'table':9}{'rows':>7}{'seconds':>9}{'forecast':>10}{'memory MB':>11}{'forecast':>10}{'ready again':>13}")
    for one in results:
        first, again, said = one["first"], one["again"], one["forecast"]
        ready = again["wall"] - again["judging"]
        print(f"{one['table']:9}{one['rows']:7}{first['wall']:9.1f}{said['seconds']:10.1f}{first['memory'] / 1e6:11.0f}"
              f"{said['memory'] / 1e6:10.0f}{ready:11.2f} s")  # fmt: skip
    print(f"\n{'table':9}{'pass':18}{'runs':>6}{'seconds':>9}{'forecast':>10}{'ratio':>7}")
    for one in results:
        for row in one["passes"]:
            ratio = f"{row['seconds'] / row['forecast']:7.2f}" if row["forecast"] else f"{'':7}"
            cells = f"{row['runs']:6}{row['seconds']:9.2f}{row['forecast']:10.2f}{ratio}"
            print(f"{one['table']:9}{row['what']:18}{cells}")


def main() -> None:
    own_register()
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--data-dir", default="../shared/data")
    words.add_argument("--seconds", type=float, default=60, help="time budget of a compile")
    words.add_argument("--threads", type=int, default=1)
    words.add_argument("--tables", default=",".join(case.table for case in CASES))
    words.add_argument("--out", default="bench/out/compile_stages.json")
    options = words.parse_args()
    data_dir = find_data_dir(options.data_dir)
    results = []
    for case in (case for case in CASES if case.table in options.tables.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            results.append(one_table(case, data_dir, Path(folder), options.seconds, options.threads))
    show(results)
    out = Path(options.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    machine = {"date": time.strftime("%Y-%m-%d"), **vars(this_machine())}
    out.write_text(json.dumps({**machine, "threads": options.threads, "tables": results}, indent=1))


if __name__ == "__main__":
    main()
