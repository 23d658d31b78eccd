"""The headline jobs: Adult with four limits, several classes, numbers, an impossible request, and texts.

Adult's official test part, which trivet never sees, is answered by the shipped file in a clean process.
Prints one table and writes bench/out/headline.json.
    python bench/headline.py --data-dir ../shared/data
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from own_register import own_register
from public_tables import find_data_dir


@dataclass(frozen=True, kw_only=True)
class Job:
    """One compile as a user would type it."""

    name: str
    file: str
    words: tuple[str, ...]
    limits: tuple[str, ...]
    time: str = "5m"


FOUR = ("size <= 200 kB", "p99-latency <= 1 ms", "coverage >= 0.9")
LAST = ("--no-header", "--target", "last")
JOBS = (
    Job(name="adult", file="tables/adult-train.csv", words=LAST, limits=("auroc >= 0.92", *FOUR)),
    Job(
        name="cut",
        file="tables/diamonds.csv",
        words=("--target", "cut", "--drop", "rownames"),
        limits=("accuracy >= 0.75", *FOUR),
    ),
    Job(
        name="housing",
        file="tables/housing.csv",
        words=("--target", "median_house_value"),
        limits=("r2 >= 0.78", *FOUR),
    ),
    Job(
        name="impossible",
        file="tables/adult-train.csv",
        words=LAST,
        limits=("size <= 2 kB", "auroc >= 0.95"),
        time="1m",
    ),
    Job(
        name="sms",
        file="text/sms-spam.csv",
        words=("--target", "type"),
        limits=("balanced-accuracy >= 0.95", *FOUR[:2]),
        time="2m",
    ),
)


def trivet(*words: str) -> tuple[int, dict[str, Any], float]:
    """(exit code, JSON, seconds) of one command."""
    began = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-m", "trivet.cli.main", *words, "--json"], capture_output=True, text=True, check=False
    )
    return ended.returncode, json.loads(ended.stdout), time.monotonic() - began


def run(job: Job, data_dir: Path, work: Path) -> dict[str, Any]:
    """The outcome of one job."""
    out = work / f"{job.name}.trivet"
    words = ["compile", str(data_dir / job.file), *job.words, "--time", job.time, "--quiet", "--out", str(out)]
    for limit in job.limits:
        words += ["--limit", limit]
    code, answer, seconds = trivet(*words)
    return {"job": job.name, "exit": code, "seconds": round(seconds, 1), **answer}


def official_test_part(data_dir: Path, work: Path) -> dict[str, Any]:
    """Adult's official test rows, judged by `trivet verify --data`; their labels end in a dot, which is taken off."""
    fresh = work / "adult-test.csv"
    with (data_dir / "tables/adult-test.csv").open(newline="", encoding="utf-8") as source:
        rows = [[*row[:-1], row[-1].rstrip(".")] for row in csv.reader(source, skipinitialspace=True) if len(row) > 1]
    with fresh.open("w", newline="", encoding="utf-8") as sink:
        csv.writer(sink).writerows(rows)
    code, answer, _ = trivet("verify", str(work / "adult.trivet"), "--data", str(fresh), "--no-header")
    return {"exit": code, **answer}


def main() -> None:
    own_register()
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--data-dir", default="../shared/data")
    words.add_argument("--out", default="bench/out/headline.json")
    options = words.parse_args()
    data_dir = find_data_dir(options.data_dir)
    with tempfile.TemporaryDirectory() as name:
        outcomes = []
        for job in JOBS:
            outcomes.append(run(job, data_dir, Path(name)))
            show(outcomes[-1])
        test_part = official_test_part(data_dir, Path(name))
    print(f"\nadult, official test part ({test_part['rows']} rows, never given to trivet), exit {test_part['exit']}")
    stated = {one["gauge"]: one["reading"] for one in outcomes[0]["limits"]}
    for one in test_part["limits"]:
        seen, said = one["reading"], stated[one["gauge"]]
        inside = "inside" if said["low"] <= seen["value"] <= said["high"] else "outside"
        if seen["where"] is None and seen["unit"] != "B":
            print(f"  {one['limit']}: {seen['value']:.4f}, {inside} the stated {said['low']:.4f} to {said['high']:.4f}")
    out = Path(options.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps({"jobs": outcomes, "adult_test_part": test_part}, indent=1), encoding="utf-8")


def show(outcome: dict[str, Any]) -> None:
    print(f"\n{outcome['job']}: {outcome.get('outcome', 'ERROR')}, exit {outcome['exit']}, {outcome['seconds']} s")
    for one in outcome.get("limits", ()) if isinstance(outcome.get("limits"), list) else ():
        reading = one["reading"]
        interval = f"({reading['low']:.6g} to {reading['high']:.6g})"
        print(f"  {one['limit']:28} {one['verdict']:9} {reading['value']:.6g} {interval}")
    if "why" in outcome:
        print(f"  {outcome['why']}\n  do: {outcome['next_step']}")


if __name__ == "__main__":
    main()
