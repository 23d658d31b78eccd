"""Does a busy machine pass for a slow file, and does the next process keep what was certified of the last ones?

builds: the demo's recipe beside 4 busy processes for each core; none may end INFEASIBLE or BROKEN for its latency.
next:   files of many shapes, idle and beside one busy process; the high end of p99-latency may be exceeded by a fresh
        process that comes later in at most 5 % of them.  "one process": what the calls of a single process would say.
Each finished line is kept in bench/out/latency.jsonl, and running again goes on.  Prints Markdown, the load beside all.
    python bench/latency.py --builds 10 --files 60
"""

import argparse
import json
import runpy
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from own_register import own_register

from trivet.core.errors import TrivetError
from trivet.core.gauges import Samples, Trial
from trivet.core.registry import find_gauge
from trivet.engine.costs import costs_of
from trivet.engine.machine import this_machine
from trivet.kit.stats.intervals import quantile_interval
from trivet.kit.stats.next_process import quantile_per_process
from trivet.runtime.file.container import encode
from trivet.runtime.probes.stopwatch import runnable_per_core
from trivet.storage.disk import Storage
from trivet.testing.neighbours import neighbours
from trivet.testing.samples import tiny_work

DEMO = Path(__file__).parent.parent / "examples" / "demo.py"
OUT = Path(__file__).parent / "out" / "latency.jsonl"
MOST = 0.05  # of the files whose next process may exceed the certified high end
LATER_SECONDS = 2.0
QUESTIONS = ("binary", "multiclass", "regression")


def loadavg() -> str:
    """The three averages of the system and what runs right now."""
    try:
        return " ".join(Path("/proc/loadavg").read_text(encoding="ascii").split()[:4])
    except OSError:
        return "?"


def one_build(seed: int, busy: int, seconds: float) -> dict[str, Any]:
    """What the demo's recipe ends in, and what is said of its latency."""
    demo = runpy.run_path(str(DEMO))
    with tempfile.TemporaryDirectory() as folder, neighbours(busy):
        data, out = Path(folder) / "table.csv", Path(folder) / "demo.trivet"
        demo["write_table"](data)
        limits = [word for limit in demo["LIMITS"] for word in ("--limit", limit)]
        more = ["--time", f"{seconds:g}s", "--seed", str(seed), "--best-effort", "--quiet", "--json", "--out", str(out)]
        command = [sys.executable, "-m", "trivet.cli.main", "compile", str(data), "--target", "diagnosis", *limits]
        start, load = time.monotonic(), loadavg()
        ended = subprocess.run([*command, *more], capture_output=True, text=True, check=False)
        said = json.loads(ended.stdout) if ended.stdout.startswith("{") else {"outcome": f"exit {ended.returncode}"}
        found = {"outcome": said["outcome"], "limit": said.get("limit", ""), "verdict": "", "reading": "", "note": ""}
        shown = subprocess.run([sys.executable, "-m", "trivet.cli.main", "show", str(out), "--json"],
                               capture_output=True, text=True, check=False)  # fmt: skip
        manifest = json.loads(shown.stdout) if shown.returncode == 0 else {"verdicts": [], "readings": []}
        verdicts = {one["gauge"]: one["verdict"] for one in manifest["verdicts"]}
        for one in manifest["readings"]:
            if one["gauge"] == "p99-latency":
                found |= {"reading": interval(one), "note": "; ".join(one["notes"])}
        wall = round(time.monotonic() - start, 1)
        return {**found, "verdict": verdicts.get("p99-latency", "?"), "seconds": wall, "load": f"{load} → {loadavg()}",
                "traceback": "Traceback" in ended.stderr}  # fmt: skip


def interval(reading: dict[str, Any]) -> str:
    high = "unbounded" if reading["high"] is None else f"{reading['high']:.3g}"
    return f"{reading['value']:.3g} ({reading['low']:.3g} to {high}) ms"


def steps_of(number: int) -> tuple[str, ...]:
    """A line of passes for the file of this number: four shapes in turn, of growing size."""
    size = 1 + number // 4
    shapes = (
        f"fit-linear(strength={size})",
        f"fit-trees(trees={6 * size}, leaves=8, min_rows=5)",
        f"fit-net(width={4 + 2 * size}, steps=20)",
        f"fit-glass-box(rounds={10 * size}, bags=1, interactions=2)",
    )
    return "prepare-table", shapes[number % 4]


def one_file(number: int, busy: int, sure: float) -> dict[str, Any]:
    """The certified high end of a file, and the same quantile of a fresh process that comes later."""
    work = tiny_work(QUESTIONS[number % 3], steps_of(number))
    data, rows, gauge = encode({}, work.candidate.parts, {}), work.data.choose, find_gauge("p99-latency")

    def measured(limited: Sequence[str]) -> Samples:
        with tempfile.TemporaryDirectory() as folder:
            return costs_of(data, rows, [gauge], Path(folder), Storage(), limited=limited)["latency"]

    with neighbours(busy):
        start, load = time.monotonic(), loadavg()
        seen = measured([str(gauge)])
        taken = time.monotonic() - start
        time.sleep(LATER_SECONDS)
        later = measured([])
        load = f"{load} → {loadavg()}"
    trial = Trial(task=work.candidate.task, rows=rows, answers={}, costs={"latency": seen})
    reading = gauge.measure(trial, sure=sure)
    assert seen.process is not None
    alone = quantile_interval(seen.numbers[seen.process == 0], 0.99, sure)[1]
    fresh = quantile_per_process(later.numbers, later.process, 0.99)
    return {
        "steps": steps_of(number)[1], "value": reading.value, "high": reading.high, "one_process": alone,
        "later": fresh.tolist(), "contended": reading.contended, "seconds": round(taken, 1), "load": load,
        "queue": round(float(np.median(seen.load)), 2) if seen.load is not None else 0.0,
    }  # fmt: skip


def kept(out: Path, key: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The line under this key; found in the file, else made and appended to it."""
    lines = out.read_text(encoding="utf-8").splitlines() if out.exists() else []
    known = {line["key"]: line for line in map(json.loads, lines)}
    if key not in known:
        known[key] = {"key": key, **work()}
        out.parent.mkdir(parents=True, exist_ok=True)
        with out.open("a", encoding="utf-8") as sink:
            sink.write(json.dumps(known[key]) + "\n")
    return dict(known[key])


def builds_table(options: argparse.Namespace) -> bool:
    """Prints a line for each build; whether none was refused for its latency."""
    busy = options.load * this_machine().cores
    print(f"\n| build beside {busy} busy | outcome | p99-latency | reading | note | seconds | load |")
    print("|---|---|---|---|---|---|---|")
    wrong = 0
    for seed in range(options.seed, options.seed + options.builds):
        key = f"build {seed} beside {busy}, {options.seconds:g} s"
        line = kept(options.out, key, lambda seed=seed: one_build(seed, busy, options.seconds))  # type: ignore[misc]
        wrong += line["verdict"] == "BROKEN" or "latency" in line["limit"] or line["traceback"]
        named = f"{line['outcome']}{' for ' + line['limit'] if line['limit'] else ''}"
        cells = (seed, named, line["verdict"], line["reading"], line["note"], line["seconds"], line["load"])
        print("| " + " | ".join(map(str, cells)) + " |", flush=True)
    print(f"\n{wrong} of {options.builds} builds refused for their latency (bar: 0)")
    return wrong == 0


def next_table(options: argparse.Namespace) -> bool:
    """Prints a line for each file and one for each setting; whether the bar is kept in all."""
    print("\n| file | neighbours | p99, ms | certified high | one process | later | exceeded | contended | s | load |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    lines: dict[int, list[dict[str, Any]]] = {0: [], 1: []}
    for number in range(options.seed, options.seed + options.files):
        for busy, found in lines.items():
            key = f"file {number} beside {busy} at {options.sure}"
            line = kept(options.out, key, lambda number=number, busy=busy: one_file(number, busy, options.sure))  # type: ignore[misc]
            found.append(line)
            numbers = [f"{line[name]:.3f}" for name in ("value", "high", "one_process")]
            is_over = "yes" if line["later"][0] > line["high"] else "no"
            cells = (line["steps"], busy, *numbers, f"{line['later'][0]:.3f}", is_over,
                     "yes" if line["contended"] else "no", line["seconds"], line["load"])  # fmt: skip
            print("| " + " | ".join(map(str, cells)) + " |", flush=True)
    is_kept = [summary(busy, found) for busy, found in lines.items() if found]  # every line is printed
    return all(is_kept)


def summary(busy: int, found: Sequence[dict[str, Any]]) -> bool:
    """Prints how often the next process passed the certified high end; whether that is seldom enough."""
    over = sum(one["later"][0] > one["high"] for one in found)
    before = sum(one["later"][0] > one["one_process"] for one in found)
    calm = [one for one in found if not one["contended"]]
    over_calm = sum(one["later"][0] > one["high"] for one in calm)
    print(f"\n{busy} busy neighbours: {over} of {len(found)} exceeded (bar: {MOST:.0%}); calls of one process alone: "
          f"{before}; {len(found) - len(calm)} contended, {over_calm} of the other {len(calm)} exceeded")  # fmt: skip
    return over <= MOST * len(found)


def main() -> int:
    own_register()
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--builds", type=int, default=10, help="of the demo, under load")
    words.add_argument("--load", type=int, default=4, help="busy processes for each core beside a build")
    words.add_argument("--seconds", type=float, default=60, help="time of one build")
    words.add_argument("--files", type=int, default=60, help="to certify and to meet again later")
    words.add_argument("--sure", type=float, default=0.95)
    words.add_argument("--seed", type=int, default=0, help="of the first build and file")
    words.add_argument("--out", type=Path, default=OUT, help="finished lines; another file begins anew")
    options = words.parse_args()
    print(f"{this_machine()}; load {loadavg()}, {runnable_per_core():.1f} threads for each core", flush=True)
    try:
        asked = ((builds_table, options.builds), (next_table, options.files))
        is_kept = [table(options) for table, count in asked if count]
    except TrivetError as error:
        sys.exit(str(error))
    return 0 if all(is_kept) else 1


if __name__ == "__main__":
    sys.exit(main())
