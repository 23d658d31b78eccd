"""What choosing among candidates rests on: how much their difference errs, and whether a refit pays.

Four tables, several seeds (each with its own split), the quick starters, each fitted as the search fits it (on fit) and
once more as it ships (on fit + choose).  Prints two tables and writes bench/out/choosing.json.
- noise: standard error of the difference of two candidates on the choose rows, over the error of one of them, by 60
  paired bootstrap samples; pairs within one standard error of the best.
- refit: gain of the gauge on the vault rows, refitted against not, paired by seed and route.
    python bench/choosing.py --data-dir ../shared/data --seeds 4
"""

import os

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import argparse
import json
import sys
import tempfile
from itertools import combinations
from pathlib import Path
from statistics import mean, median, stdev
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from public_tables import TABLES, Table, find_data_dir, split_table

from trivet.core.candidate import Candidate, Work
from trivet.core.gauges import Trial
from trivet.core.recipe import DataSpec, Recipe
from trivet.core.registry import find_gauge, parse_step
from trivet.core.rows import Dataset, Rows
from trivet.engine.prepare import Prepared, prepare
from trivet.runtime.program import Program
from trivet.testing.samples import context

GAUGES = {"adult": "auroc", "telco": "auroc", "housing": "mae", "phoneme": "auroc"}
ROUTES = ("linear", "trees", "glass-box", "pruned-trees")
SAMPLES = 60


def fitted(prepared: Prepared, data: Dataset, steps: tuple[str, ...], seed: int) -> Candidate:
    work = Work(candidate=Candidate(task=prepared.plan.task, parts={}), data=data)
    with tempfile.TemporaryDirectory() as scratch:
        for step in steps:
            work = parse_step(step).run(work, context(Path(scratch), seed))
    return work.candidate


class Seen:
    """A candidate's answers on some rows."""

    def __init__(self, candidate: Candidate, rows: Rows, gauge: str) -> None:
        program = Program(candidate.parts)
        self.task, self.rows, self.gauge = candidate.task, rows, find_gauge(gauge)
        self.answers = program.answers(program.read(rows.raw()))

    def value(self, weight: Any = None) -> float:
        trial = Trial(task=self.task, answers=self.answers, truth=self.rows.truth, weight=weight)
        reading = self.gauge.measure(trial)
        return reading.value if self.gauge.better == ">=" else -reading.value


def one_seed(table: Table, rows: Path, target: str, seed: int) -> dict[str, Any]:
    recipe = Recipe(data=DataSpec(source=str(rows), target=target, goal=table.goal), seed=seed)
    prepared = prepare(recipe, threads=1)
    data, vault, gauge = prepared.intake.dataset, prepared.intake.vault, GAUGES[table.name]
    whole = data.with_({"fit": data.fit.and_(data.choose)})
    on_choose, gains = {}, {}
    for route in prepared.plan.routes:
        if route.name in ROUTES:
            before, after = (fitted(prepared, part, route.steps, seed + 1) for part in (data, whole))
            on_choose[route.name] = Seen(before, data.choose, gauge)
            gains[route.name] = Seen(after, vault, gauge).value() - Seen(before, vault, gauge).value()
    return {"gains": gains, "ratios": ratios(list(on_choose.values()), len(data.choose), seed)}


def ratios(candidates: list[Seen], n_rows: int, seed: int) -> list[float]:
    """Error of the difference over error of one, for each pair of candidates that are nearly as good as the best."""
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(n_rows, np.full(n_rows, 1 / n_rows), size=SAMPLES).astype(float)
    drawn = [np.array([one.value(weight + 1e-9) for weight in weights]) for one in candidates]
    values = [one.value() for one in candidates]
    error = float(np.std(drawn[int(np.argmax(values))]))
    good = [draws for draws, reached in zip(drawn, values) if reached >= max(values) - error]
    return [float(np.std(one - other)) / error for one, other in combinations(good, 2)]


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--data-dir", default="../shared/data")
    words.add_argument("--seeds", type=int, default=4)
    words.add_argument("--tables", default=",".join(GAUGES))
    words.add_argument("--out", default="bench/out/choosing.json")
    options = words.parse_args()
    data_dir, found = find_data_dir(options.data_dir), {}
    heads = ("table", "gauge", "pairs", "noise ratio", "refits", "gain", "standard error", "better")
    print("| " + " | ".join(heads) + " |")
    print("|" + len(heads) * "---|")
    with tempfile.TemporaryDirectory() as work:
        by_name = {table.name: table for table in TABLES}
        for table in (by_name[name] for name in options.tables.split(",")):
            rows, _, target = split_table(table, data_dir, Path(work))
            seeds = found[table.name] = [one_seed(table, rows, target, seed) for seed in range(options.seeds)]
            print(line_of(table.name, seeds), flush=True)
    out = Path(options.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(found, indent=1), encoding="utf-8")


def line_of(name: str, seeds: list[dict[str, Any]]) -> str:
    pairs = [ratio for one in seeds for ratio in one["ratios"]]
    gains = [gain for one in seeds for gain in one["gains"].values()]
    by_seed = [mean(one["gains"].values()) for one in seeds]  # routes of one seed share their rows
    error = stdev(by_seed) / len(by_seed) ** 0.5 if len(by_seed) > 1 else float("nan")
    better = sum(gain > 0 for gain in gains)
    ratio = f"{median(pairs):.2f}" if pairs else "-"
    cells = [name, GAUGES[name], str(len(pairs)), ratio, str(len(gains)), f"{mean(gains):+.4g}", f"{error:.2g}",
             f"{better} of {len(gains)}"]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
