"""Do HOLDS verdicts hold?  Random sensible limit sets on public tables, judged on rows that compile never saw.

Prints one table and writes bench/out/limits_kept.json.
    python bench/limits_kept.py --jobs 64 --data-dir ../shared/data
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from tables import TABLES, Table, find_data_dir, split_table

from trivet.core.candidate import Candidate
from trivet.core.limits import Limit, Verdict
from trivet.core.recipe import DataSpec, Recipe
from trivet.core.registry import find_gauge, homes
from trivet.data.fresh_rows import fresh_rows
from trivet.engine.compile import compile_recipe
from trivet.engine.judge import try_file
from trivet.engine.measure import gauges_for, readings_of
from trivet.engine.outcome import Certified, Infeasible
from trivet.runtime.file.container import decode
from trivet.storage.disk import Storage
from trivet.storage.objects import task_from_json

# gauge -> how far from a good model's value a random bound may lie: (tightest, loosest), as a share of what is
# left to perfection for shares, and of the value itself for everything else.  Negative: tighter than the good model.
_SPREAD = {
    "auroc": (-0.1, 0.8), "accuracy": (-0.1, 0.6), "balanced-accuracy": (-0.1, 0.6), "f1": (-0.1, 0.6),
    "average-precision": (-0.1, 0.6), "r2": (-0.1, 0.8), "log-loss": (-0.05, 0.4), "brier": (-0.05, 0.4),
    "rmse": (-0.05, 0.4), "mae": (-0.05, 0.4),
}  # fmt: skip


def random_limits(rng: random.Random, good: dict[str, float]) -> list[Limit]:
    """Two to five limits: one or two of quality, the rest of cost and trust."""
    quality = [name for name in _SPREAD if name in good]
    limits = [quality_limit(rng, name, good[name]) for name in rng.sample(quality, rng.choice((1, 1, 2)))]
    others = {
        "size": Limit(gauge="size", must="<=", bound=rng.choice((4e4, 8e4, 2e5, 1e6)), unit="B"),
        "p99-latency": Limit(gauge="p99-latency", must="<=", bound=rng.choice((1.0, 2.0, 5.0)), unit="ms"),
        "rows-per-second": Limit(gauge="rows-per-second", must=">=", bound=rng.choice((2e3, 1e4)), unit="rows/s"),
        "peak-memory": Limit(gauge="peak-memory", must="<=", bound=rng.choice((1.5e8, 3e8)), unit="B"),
        "coverage": Limit(gauge="coverage", must=">=", bound=rng.choice((0.8, 0.85, 0.9))),
        "calibration-gap": Limit(gauge="calibration-gap", must="<=", bound=rng.choice((0.05, 0.08))),
    }
    names = [name for name in others if name in good]
    return limits + [others[name] for name in rng.sample(names, min(len(names), rng.randint(1, 3)))]


def quality_limit(rng: random.Random, name: str, value: float) -> Limit:
    gauge = find_gauge(name)
    low, high = _SPREAD[name]
    give = rng.uniform(low, high)
    bound = value - give * (1 - value) if gauge.better == ">=" else value * (1 + give)
    return Limit(gauge=name, must=gauge.better, bound=float(f"{bound:.3g}"), unit=gauge.unit)


def fresh_readings(data: bytes, fresh: Path) -> dict[str, Any]:
    """Every gauge of the file on the fresh rows, measured in a clean process."""
    contents = decode(data)
    candidate = Candidate(task=task_from_json(contents.manifest["task"]), parts=contents.parts)
    rows = fresh_rows(str(fresh), contents.manifest, candidate.task, header=True, encoding="utf-8").rows
    gauges = gauges_for(candidate.sketch, homes("gauge"))
    with tempfile.TemporaryDirectory() as scratch:
        seen = try_file(data, candidate.task, rows, gauges, Path(scratch), Storage())
    readings = readings_of(gauges, candidate.task, rows, seen.answers, sure=0.95, costs=seen.costs)
    return {reading.gauge: reading for reading in readings}


class Bench:
    """Runs the jobs of one table; the store is shared, so that jobs only pay for what is new."""

    def __init__(self, table: Table, data_dir: Path, work: Path, seconds: float, threads: int) -> None:
        self.table, self.seconds, self.threads = table, seconds, threads
        self.rows, self.fresh, self.target = split_table(table, data_dir, work)
        self.store = work / f"{table.name}.build"
        self.files: list[dict[str, Any]] = []

    def compile(self, limits: list[Limit], seed: int = 0) -> Certified | Infeasible:
        spec = DataSpec(source=str(self.rows), target=self.target, goal=self.table.goal)
        recipe = Recipe(data=spec, limits=tuple(limits), seconds=self.seconds, seed=seed)
        return compile_recipe(recipe, store=self.store, threads=self.threads)

    def good_values(self) -> dict[str, float]:
        """Values of a good model, to draw bounds near: compiled with a coverage limit alone."""
        outcome = self.compile([Limit(gauge="coverage", must=">=", bound=0.8)])
        if isinstance(outcome, Infeasible):
            sys.exit(f"{self.table.name}: {outcome}")
        return {name: reading.value for name, reading in fresh_readings(outcome.data, self.fresh).items()}

    def job(self, number: int, limits: list[Limit]) -> dict[str, Any]:
        began = time.monotonic()
        outcome = self.compile(limits)
        record: dict[str, Any] = {"table": self.table.name, "job": number, "limits": [str(limit) for limit in limits]}
        if isinstance(outcome, Infeasible):
            record |= {"outcome": "INFEASIBLE", "why": outcome.why, "spec": limits}
        else:
            fresh = fresh_readings(outcome.data, self.fresh)
            self.files.append(fresh)
            record |= {
                "outcome": "HOLDS" if outcome.is_proven else "UNPROVEN",
                "verdicts": [
                    {
                        "gauge": one.limit.gauge,
                        "verdict": str(one.verdict),
                        "bound": one.limit.bound,
                        "vault": one.reading.value,
                        "fresh": fresh[one.limit.gauge].value,
                        "true": one.limit.room(fresh[one.limit.gauge].value) >= 0,
                    }
                    for one in outcome.judged
                ],
            }
        return {**record, "seconds": round(time.monotonic() - began, 1)}

    def check_infeasible(self, record: dict[str, Any]) -> None:
        """Marks an INFEASIBLE verdict as wrong when some known file provably keeps the limits on fresh rows."""
        limits = record.pop("spec")
        record["known_better"] = any(
            all(one.gauge in fresh and one.judge(fresh[one.gauge]) is Verdict.HOLDS for one in limits)
            for fresh in self.files
        )


def summary(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """For each gauge: HOLDS verdicts, how many are true on fresh rows, and the share."""
    seen: dict[str, list[bool]] = defaultdict(list)
    for record in records:
        for verdict in record.get("verdicts", ()):
            if verdict["verdict"] == "HOLDS":
                seen[verdict["gauge"]].append(verdict["true"])
    return [
        {"gauge": gauge, "family": find_gauge(gauge).family, "holds": len(truths), "true": sum(truths),
         "share": round(sum(truths) / len(truths), 4)}
        for gauge, truths in sorted(seen.items())
    ]  # fmt: skip


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--data-dir", default="../shared/data")
    words.add_argument("--jobs", type=int, default=64)
    words.add_argument("--seconds", type=float, default=90, help="time budget of one compile, in work units")
    words.add_argument("--threads", type=int, default=2)
    words.add_argument("--seed", type=int, default=0)
    words.add_argument("--tables", default=",".join(table.name for table in TABLES))
    words.add_argument("--out", default="bench/out/limits_kept.json")
    options = words.parse_args()
    data_dir = find_data_dir(options.data_dir)
    chosen = [table for table in TABLES if table.name in options.tables.split(",")]
    rng = random.Random(options.seed)
    records: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as work:
        for at, table in enumerate(chosen):
            bench = Bench(table, data_dir, Path(work), options.seconds, options.threads)
            good = bench.good_values()
            count = options.jobs // len(chosen) + (at < options.jobs % len(chosen))
            mine = [bench.job(number, random_limits(rng, good)) for number in range(count)]
            for record in mine:
                if record["outcome"] == "INFEASIBLE":
                    bench.check_infeasible(record)
                print(json.dumps({k: record[k] for k in ("table", "job", "outcome", "limits", "seconds")}), flush=True)
            records += mine
    report(records, Path(options.out))


def report(records: list[dict[str, Any]], out: Path) -> None:
    rows = summary(records)
    print(f"\n{'gauge':20}{'family':10}{'HOLDS':>8}{'true':>8}{'share':>9}")
    for row in rows:
        print(f"{row['gauge']:20}{row['family']:10}{row['holds']:8}{row['true']:8}{row['share']:9.3f}")
    families = defaultdict(lambda: [0, 0])
    for row in rows:
        families[row["family"]][0] += row["true"]
        families[row["family"]][1] += row["holds"]
    for family, (true, holds) in sorted(families.items()):
        print(f"{'all ' + family:30}{holds:8}{true:8}{true / holds:9.3f}")
    outcomes = {name: sum(r["outcome"] == name for r in records) for name in ("HOLDS", "UNPROVEN", "INFEASIBLE")}
    wrong = sum(bool(record.get("known_better")) for record in records)
    print(f"{len(records)} jobs: {outcomes}; INFEASIBLE although a known file keeps the limits: {wrong}")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(
        json.dumps({"summary": rows, "outcomes": outcomes, "wrong_infeasible": wrong, "jobs": records}, indent=1)
    )


if __name__ == "__main__":
    main()
