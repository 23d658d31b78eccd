"""Do HOLDS verdicts hold, and how many are UNPROVEN?  Random sensible limits on public tables, judged on fresh rows.

Each job compiles at most `--most-rows` rows of a table with two to five limits, as if nobody had looked at its vault
before; all other rows of the table tell whether its verdicts are true.  The limits of a job are the same for whatever
version of trivet runs this: their bounds are drawn near what a good model reached, which the first run notes in
bench/out/limits_kept-good.json.  Builds run in this process, so the only cost that is limited is the size; with
`--processes` they run as a user's do, with latency, memory and rows per second among the limits.
Appends each job to `--out`, where an interrupted run goes on.
    python bench/limits_kept.py --jobs 200 --data-dir ../shared/data
    OLD/python bench/limits_kept.py --jobs 200 --data-dir ../shared/data --out bench/out/limits_kept-before.jsonl
    python bench/limits_kept.py --jobs 0 --data-dir ../shared/data --before bench/out/limits_kept-before.jsonl
"""

import os

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import argparse
import json
import random
import tempfile
import time
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from in_process import fresh_rows_of_any_version, in_this_process
from own_register import own_register
from public_tables import MORE, TABLES, Table, find_data_dir, split_table

from trivet.core.candidate import Candidate
from trivet.core.gauges import plain_trial
from trivet.core.limits import Limit
from trivet.core.recipe import DataSpec, Recipe
from trivet.core.registry import find_gauge, homes
from trivet.core.rows import Rows
from trivet.engine.compile import compile_recipe
from trivet.engine.judge import try_file
from trivet.engine.measure import can_measure
from trivet.engine.outcome import Certified, Infeasible
from trivet.runtime.file.container import decode
from trivet.runtime.program import Program
from trivet.storage.disk import Storage
from trivet.storage.objects import task_from_json

# gauge -> how far from a good model's value a random bound may lie: (tightest, loosest), as a share of what is
# left to perfection for shares, and of the value itself for everything else.  Negative: tighter than the good model.
_SPREAD = {
    "auroc": (-0.1, 0.8), "accuracy": (-0.1, 0.6), "balanced-accuracy": (-0.1, 0.6), "f1": (-0.1, 0.6),
    "average-precision": (-0.1, 0.6), "r2": (-0.1, 0.8), "log-loss": (-0.05, 0.4), "brier": (-0.05, 0.4),
    "rmse": (-0.05, 0.4), "mae": (-0.05, 0.4),
}  # fmt: skip
_TRUST = {"coverage": (0.8, 0.85, 0.9), "calibration-gap": (0.05, 0.08)}
_SIZES = (4e4, 8e4, 2e5, 1e6)
_COSTS = {
    "p99-latency": ("<=", (1.0, 2.0, 5.0), "ms"), "rows-per-second": (">=", (2e3, 1e4), "rows/s"),
    "peak-memory": ("<=", (1.5e8, 3e8), "B"),
}  # fmt: skip
_TREES, _LINEAR = "fit-trees(trees=60, leaves=15, min_rows=5)", "fit-linear"
_LEAST = 0.02  # a bound that asks for something
_MOST_FRESH = 20_000
OUTCOMES = ("HOLDS", "UNPROVEN", "INFEASIBLE")


def random_limits(rng: random.Random, good: dict[str, float], costs: bool) -> list[Limit]:
    """Two to five limits: one or two of quality, the rest of trust and cost."""
    quality = [name for name in _SPREAD if name in good]
    limits = [quality_limit(rng, name, good[name]) for name in rng.sample(quality, rng.choice((1, 1, 2)))]
    others = [Limit(gauge="size", must="<=", bound=rng.choice(_SIZES), unit="B")]
    for name, bounds in _TRUST.items():
        if name in good:
            others.append(Limit(gauge=name, must=find_gauge(name).better, bound=rng.choice(bounds)))
    if costs:
        others += [Limit(gauge=g, must=must, bound=rng.choice(some), unit=u) for g, (must, some, u) in _COSTS.items()]
    return limits + rng.sample(others, min(len(others), rng.randint(1, 3)))


def quality_limit(rng: random.Random, name: str, value: float) -> Limit:
    gauge = find_gauge(name)
    low, high = _SPREAD[name]
    give = rng.uniform(low, high)
    bound = max(value - give * (1 - value), _LEAST) if gauge.better == ">=" else value * (1 + give)
    return Limit(gauge=name, must=gauge.better, bound=float(f"{bound:.3g}"), unit=gauge.unit)


class Bench:
    """Runs the jobs of one table; the store is shared, so that jobs only pay for what is new."""

    def __init__(self, table: Table, data_dir: Path, work: Path, options: argparse.Namespace) -> None:
        self.table, self.work, self.options = table, work, options
        self.rows, self.fresh, self.target = split_table(table, data_dir, work, most=options.most_rows)
        self.read: Rows | None = None

    def compile(self, limits: list[Limit], model: str) -> Certified | Infeasible:
        own_register(self.work)  # nobody looked at this vault before
        spec = DataSpec(source=str(self.rows), target=self.target, goal=self.table.goal)
        steps = ("prepare-table", model, *(("fit-temperature",) if self.classifies else ()))
        recipe = Recipe(data=spec, limits=tuple(limits), steps=steps, seconds=600.0)
        with nullcontext() if self.options.processes else in_this_process():
            return compile_recipe(recipe, store=self.work / f"{self.table.name}.build", threads=1)

    @property
    def classifies(self) -> bool:
        return self.table.goal == "classify" or (self.table.goal == "auto" and self.table.name not in NUMBERS)

    def values(self, data: Any, names: list[str]) -> dict[str, float]:
        """What the file is worth on fresh rows, by these gauges; costs in processes of their own."""
        contents = decode(data)
        task = task_from_json(contents.manifest["task"])
        if self.read is None:
            read = fresh_rows_of_any_version()(
                str(self.fresh), contents.manifest, task, header=True, encoding="utf-8"
            ).rows
            self.read = read.take(range(min(len(read), _MOST_FRESH)))
        program = Program(contents.parts)
        trial = plain_trial(task, self.read, program.answers(program.read(self.read.raw())))
        gauges = [find_gauge(name) for name in names]
        found = {str(one): one.measure(trial).value for one in gauges if one.family != "cost"}
        costly = [one for one in gauges if one.family == "cost"]
        if costly:
            found |= self.costs(data, Candidate(task=task, parts=contents.parts), costly)
        return found

    def costs(self, data: Any, candidate: Candidate, gauges: list[Any]) -> dict[str, float]:
        if [str(one) for one in gauges] == ["size"]:
            return {"size": float(len(data))}
        rows = self.read.take(range(min(len(self.read), 500)))  # type: ignore[union-attr,arg-type]
        with tempfile.TemporaryDirectory() as scratch:
            seen = try_file(data, candidate.task, rows, gauges, Path(scratch), Storage())
        trial = plain_trial(candidate.task, rows, seen.plain)
        asked = type(trial)(**{**vars(trial), "costs": seen.costs})
        return {str(one): one.measure(asked).value for one in gauges}

    def good_values(self) -> dict[str, float]:
        """Values of a good model on fresh rows, to draw bounds near."""
        ended = self.compile([Limit(gauge="coverage", must=">=", bound=0.8)], _TREES)
        if isinstance(ended, Infeasible):
            raise SystemExit(f"{self.table.name}: {ended}")
        contents = decode(ended.data)
        candidate = Candidate(task=task_from_json(contents.manifest["task"]), parts=contents.parts)
        names = [*_SPREAD, *_TRUST]
        there = [n for n in names if n in homes("gauge") and can_measure(find_gauge(n), candidate.sketch)]
        return self.values(ended.data, there)

    def job(self, number: int, good: dict[str, float]) -> dict[str, Any]:
        began = time.monotonic()
        rng = random.Random(f"{self.options.seed}/{self.table.name}/{number}")
        limits = random_limits(rng, good, self.options.processes)
        ended = self.compile(limits, _LINEAR if rng.random() < 1 / 3 else _TREES)
        record: dict[str, Any] = {"table": self.table.name, "job": number, "limits": [str(limit) for limit in limits]}
        if isinstance(ended, Infeasible):
            return {**record, "outcome": "INFEASIBLE", "why": ended.why, "seconds": round(time.monotonic() - began, 1)}
        fresh = self.values(ended.data, [one.limit.gauge for one in ended.judged])
        return {
            **record,
            "outcome": "HOLDS" if ended.is_proven else "UNPROVEN",
            "capped": any(getattr(one, "caps", False) for one in ended.told.findings),
            "verdicts": [said_of(one, fresh[one.limit.gauge]) for one in ended.judged],
            "seconds": round(time.monotonic() - began, 1),
        }


NUMBERS = ("housing", "diamonds")


def said_of(judged: Any, fresh: float) -> dict[str, Any]:
    """The verdict on one limit, and whether it is true on fresh rows."""
    return {
        "gauge": judged.limit.gauge,
        "family": find_gauge(judged.limit.gauge).family,
        "verdict": str(judged.verdict),
        "bound": judged.limit.bound,
        "vault": judged.reading.value,
        "n": judged.reading.n,
        "fresh": fresh,
        "true": judged.limit.room(fresh) >= 0,
        "contended": bool(getattr(judged.reading, "contended", False)),
        "approximate": bool(getattr(judged.reading, "approximate", False)),
    }


def summary(records: list[dict[str, Any]]) -> str:
    """One line for each gauge and family, in Markdown."""
    said = [one for record in records for one in record.get("verdicts", ())]
    lines = ["| gauge | verdicts | HOLDS | true | UNPROVEN | contended |", "|---|---|---|---|---|---|"]
    families = sorted({one["family"] for one in said})
    keys = [("gauge", name) for name in sorted({one["gauge"] for one in said})] + [("family", f) for f in families]
    for key, name in keys:
        some = [one for one in said if one[key] == name]
        held = [one for one in some if one["verdict"] == "HOLDS"]
        unproven = sum(one["verdict"] == "UNPROVEN" for one in some)
        lines.append(
            f"| {'all of ' if key == 'family' else ''}{name} | {len(some)} | {len(held)} "
            f"| {sum(one['true'] for one in held)} | {unproven} | {sum(one['contended'] for one in some)} |"
        )
    held = [one for one in said if one["verdict"] == "HOLDS"]
    count = Counter(record["outcome"] for record in records)
    share = sum(one["true"] for one in held) / max(len(held), 1)
    jobs = ", ".join(f"{name} {count[name]} ({count[name] / max(len(records), 1):.0%})" for name in OUTCOMES)
    tables = len({record["table"] for record in records})
    return "\n".join(
        [*lines, f"\n{len(records)} jobs on {tables} tables: {jobs}; true HOLDS {share:.2%} of {len(held)}"]
    )


def records_in(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def run(options: argparse.Namespace, out: Path, records: list[dict[str, Any]]) -> None:
    """The jobs that are not there yet, table by table in turn, so that an early end has seen all tables."""
    data_dir = find_data_dir(options.data_dir)
    chosen = [table for table in (*TABLES, *MORE) if options.tables in ("", "all") or table.name in options.tables]
    done = {(record["table"], record["job"]) for record in records}
    known = Path(options.good)
    good = json.loads(known.read_text()) if known.exists() else {}
    with tempfile.TemporaryDirectory() as work:
        benches: dict[str, Bench] = {}
        for number in range(-(-options.jobs // len(chosen))):
            for table in chosen[: options.jobs - number * len(chosen)]:
                if (table.name, number) in done:
                    continue
                bench = benches.setdefault(table.name, Bench(table, data_dir, Path(work), options))
                if table.name not in good:
                    good[table.name] = bench.good_values()
                    known.write_text(json.dumps(good, indent=1))
                records.append(bench.job(number, good[table.name]))
                with out.open("a") as sink:
                    sink.write(json.dumps(records[-1]) + "\n")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--data-dir", default="../shared/data")
    words.add_argument("--jobs", type=int, default=200)
    words.add_argument("--most-rows", type=int, default=3000, help="compile rows of a table")
    words.add_argument("--processes", action="store_true", help="build as a user does, with limits on costs")
    words.add_argument("--seed", type=int, default=0)
    words.add_argument("--tables", default="")
    words.add_argument("--good", default="bench/out/limits_kept-good.json")
    words.add_argument("--out", default="bench/out/limits_kept.jsonl")
    words.add_argument("--before", default="", help="jobs of another version, to print beside")
    options = words.parse_args()
    out = Path(options.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    records = records_in(out)
    run(options, out, records)
    if options.before:
        before = {(one["table"], one["job"]): one for one in records_in(Path(options.before))}
        records = [one for one in records if (one["table"], one["job"]) in before]
        print("before\n\n" + summary([before[one["table"], one["job"]] for one in records]) + "\n\nnow\n")
    print(summary(records))


if __name__ == "__main__":
    main()
