"""Is a build there when its time is over, and does its lock make the same body again?

Five tables, each built at 20, 60 and 120 seconds, idle and beside two busy neighbours: 20 builds.  No limits are given,
so that a search has no reason to end before its time.  Prints one table and writes bench/out/deadline.json.
    python bench/deadline.py --data-dir ../shared/data
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from own_register import own_register
from public_tables import TABLES, find_data_dir, split_table

from trivet.storage.disk import Storage
from trivet.storage.journal import Journal
from trivet.testing.neighbours import neighbours

NAMES = ("adult", "credit", "churn", "housing", "cut")
BUILDS = ((20, 0), (20, 2), (60, 2), (120, 0))  # seconds, busy neighbours
MOST_LATE = 0.10


def compiled(source: Path, out: Path, words: Sequence[str]) -> tuple[dict[str, Any], float]:
    """(what `trivet compile --json` says, seconds of the whole command)."""
    command = [sys.executable, "-m", "trivet.cli.main", "compile", str(source), "--quiet", "--json"]
    start = time.monotonic()
    ended = subprocess.run([*command, "--out", str(out), *words], capture_output=True, text=True, check=False)
    wall = time.monotonic() - start
    if ended.returncode not in (0, 5):
        sys.exit(f"compile ended with {ended.returncode}: {ended.stdout}{ended.stderr}")
    return json.loads(ended.stdout), wall


def longest_step(store: Path) -> float:
    """Seconds of the longest step that the build finished."""
    journal = Journal.open(store / "journal", Storage())
    journal.close()
    taken = [frame["result"].get("seconds", 0.0) for frame in journal.frames if frame["type"] == "result"]
    return max(taken, default=0.0)


def one_build(name: str, source: Path, target: str, goal: str, seconds: int, busy: int) -> dict[str, Any]:
    """One build against the clock, and the same again from its lock, alone and without a clock."""
    with tempfile.TemporaryDirectory() as folder:
        out, again = Path(folder) / "timed.trivet", Path(folder) / "again.trivet"
        words = ["--target", target, "--goal", goal, "--time", f"{seconds}s"]
        with neighbours(busy):
            told, wall = compiled(source, out, words)
        recipe = Path(folder) / "again.toml"
        show = [sys.executable, "-m", "trivet.cli.main", "show", str(out), "--recipe"]
        recipe.write_text(subprocess.run(show, capture_output=True, text=True, check=True).stdout, encoding="utf-8")
        rebuilt, _ = compiled(recipe, again, ["--threads", "1"])
        step = longest_step(out.with_suffix(".build"))
    late = wall - seconds
    return {
        "table": name,
        "seconds": seconds,
        "neighbours": busy,
        "wall": round(wall, 1),
        "late": round(max(late, 0.0), 1),
        "longest_step": round(step, 1),
        "candidates": told["candidates"],
        "was_cut": any("ended with its time" in notice for notice in told["notices"]),
        "in_time": late <= MOST_LATE * seconds + step,
        "in_time_without_the_step": late <= MOST_LATE * seconds,
        "same_body": rebuilt["body_digest"] == told["body_digest"],
    }


def shown(builds: Sequence[dict[str, Any]]) -> str:
    lines = ["table     time  busy   wall   late  longest step  candidates  cut  in time  same body"]
    for one in builds:
        lines.append(
            f"{one['table']:<8}{one['seconds']:>6}{one['neighbours']:>6}{one['wall']:>7.1f}{one['late']:>7.1f}"
            f"{one['longest_step']:>14.1f}{one['candidates']:>12}{'yes' if one['was_cut'] else 'no':>5}"
            f"{'yes' if one['in_time'] else 'NO':>9}{'yes' if one['same_body'] else 'NO':>11}"
        )
    in_time, strict = sum(one["in_time"] for one in builds), sum(one["in_time_without_the_step"] for one in builds)
    same = sum(one["same_body"] for one in builds)
    lines.append(
        f"{in_time} of {len(builds)} in time (10 % and one step), {strict} within 10 % alone; {same} bodies made again"
    )
    return "\n".join(lines)


def main() -> int:
    own_register()
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data-dir", default="../shared/data", help="folder with tables/*.csv")
    arguments.add_argument("--tables", default=",".join(NAMES), help="names of tables, with commas")
    asked = arguments.parse_args()
    names = asked.tables.split(",")
    builds: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for table in (table for table in TABLES if table.name in names):
            source, _, target = split_table(table, find_data_dir(asked.data_dir), Path(folder))
            for seconds, busy in BUILDS:
                builds.append(one_build(table.name, source, target, table.goal, seconds, busy))
                print(shown(builds[-1:]).splitlines()[1], flush=True)
    print(shown(builds))
    out = Path(__file__).parent / "out" / "deadline.json"
    out.parent.mkdir(exist_ok=True)
    machine = {"cores": len(os.sched_getaffinity(0))}
    out.write_text(json.dumps({"machine": machine, "builds": builds}, indent=1), encoding="utf-8")
    return 0 if all(one["in_time"] and one["same_body"] for one in builds) else 1


if __name__ == "__main__":
    sys.exit(main())
