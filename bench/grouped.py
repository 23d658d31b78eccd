"""Do verdicts stand where rows belong together, weigh differently, or are copies that nobody named?

Whole builds on made tables of which the truth is known, from 40,000 rows of new groups.  Each limit is set just above
what the file is really worth, so every HOLDS is false.  Laws:
    grouped    20 rows per patient, answers and inputs with an intraclass correlation of .5, `--group patient_id`
    weighted   lognormal weights, heavy rows are harder
    copies     20 near copies per patient, answers with .5, patient_id an input or dropped (by turns), no group named
    nameless   the same without any patient_id
Prints one table and appends each build to bench/out/grouped.jsonl, where a run that was interrupted goes on.
    python bench/grouped.py --builds 60
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from in_process import in_this_process
from own_register import own_register

from trivet.core.gauges import plain_trial
from trivet.core.limits import Limit, Verdict
from trivet.core.recipe import DataSpec, Recipe
from trivet.core.registry import find_gauge
from trivet.data.fresh_rows import fresh_rows
from trivet.engine.compile import compile_recipe
from trivet.engine.outcome import Certified, Infeasible
from trivet.runtime.file.container import decode
from trivet.runtime.program import Program
from trivet.storage.objects import task_from_json

LINE = ("prepare-table", "fit-trees(trees=60, leaves=15, min_rows=5)", "fit-temperature")
GAUGES = ("auroc", "accuracy")
EASY = {"auroc": 0.55, "accuracy": 0.45}  # to have the file at all
EACH, TRUTH = 20, 40_000
ABOVE = 1e-6  # of a share: far below what any table can tell, above what rounding changes

Columns = dict[str, list[Any]]


def patients(rng: np.random.Generator, n_rows: int, each: int, *, within: float) -> Columns:
    """Six numbers, two words, and an answer half of whose noise is the patient's.  within: of the inputs' spread."""
    who = np.repeat(np.arange(-(-n_rows // each)), each)[:n_rows]
    n = int(who.max()) + 1
    inputs = np.sqrt(1 - within**2) * rng.normal(size=(n, 6))[who] + within * rng.normal(size=(n_rows, 6))
    latent = inputs[:, 0] + 0.5 * inputs[:, 1] + rng.normal(size=n)[who] + rng.normal(size=n_rows)
    order = rng.permutation(n_rows)
    numbers = {f"x{at}": column[order].tolist() for at, column in enumerate(inputs.T)}
    words = {name: rng.choice(list("abc"), n)[who][order].tolist() for name in ("ward", "kind")}
    names = rng.permutation(3 * n)[:n] + 10_000
    return {**numbers, **words, "patient_id": names[who][order].tolist(), "y": answers(latent[order])}


def answers(latent: np.ndarray) -> list[str]:
    return np.where(latent > 0, "ill", "well").tolist()


def grouped(rng: np.random.Generator, n_rows: int, each: int) -> Columns:
    return patients(rng, n_rows, each, within=np.sqrt(0.5))


def copies(rng: np.random.Generator, n_rows: int, each: int) -> Columns:
    return patients(rng, n_rows, each, within=0.05)


def nameless(rng: np.random.Generator, n_rows: int, each: int) -> Columns:
    return {name: cells for name, cells in copies(rng, n_rows, each).items() if name != "patient_id"}


def weighted(rng: np.random.Generator, n_rows: int, each: int) -> Columns:
    del each  # rows are independent
    inputs, weight = rng.normal(size=(n_rows, 6)), np.exp(rng.normal(size=n_rows))
    latent = inputs[:, 0] + 0.5 * inputs[:, 1] + np.sqrt(weight) * rng.normal(size=n_rows)
    numbers = {f"x{at}": column.tolist() for at, column in enumerate(inputs.T)}
    return {**numbers, "exposure": weight.tolist(), "y": answers(latent)}


LAWS: dict[str, Callable[[np.random.Generator, int, int], Columns]] = {
    "grouped": grouped, "weighted": weighted, "copies": copies, "nameless": nameless,
}  # fmt: skip
ROLES = {"grouped": {"group": "patient_id"}, "weighted": {"weight": "exposure"}}


def build(law: str, seed: int, n_rows: int) -> dict[str, Any]:
    """One build with limits that its file does not keep, and what was said of it."""
    began = time.monotonic()
    table = LAWS[law](np.random.default_rng([seed, 1]), n_rows, EACH)
    drop = ("patient_id",) if law == "copies" and seed % 2 else ()
    data = DataSpec(source="", target="y", roles=ROLES.get(law, {}), drop=drop)
    fresh = LAWS[law](np.random.default_rng([seed, 2]), TRUTH, 1)
    with tempfile.TemporaryDirectory(prefix="trivet-grouped-") as folder:
        first = compiled(data, table, EASY, seed, Path(folder))
        bounds = {name: value + ABOVE for name, value in truth(first, fresh).items()}
        ended = compiled(data, table, bounds, seed, Path(folder))
        file = ended.file if isinstance(ended, Infeasible) else ended
        real = bounds if file is None else truth(file, fresh)
    named = any("`--group patient_id`" in finding.fix for finding in ended.told.findings)
    judged = [] if file is None else file.judged
    return {
        "law": law,
        "seed": seed,
        "rows": n_rows,
        "limits": {one.limit.gauge: said_of(one, real[one.limit.gauge]) for one in judged},
        "false": bool(judged) and all(one.verdict is Verdict.HOLDS for one in judged),
        "capped": any(finding.caps for finding in ended.told.findings),
        "named": named,
        "seconds": round(time.monotonic() - began, 1),
    }


def said_of(judged: Any, real: float) -> dict[str, Any]:
    """The verdict on one limit, and what the interval alone would have said."""
    is_kept = judged.limit.room(real) >= 0  # the second file may differ from the first
    return {
        "verdict": str(judged.verdict),
        "low": judged.reading.low,
        "value": judged.reading.value,
        "real": real,
        "false": judged.verdict is Verdict.HOLDS and not is_kept,
        "by_interval": judged.limit.room(judged.reading.low) >= 0 and not is_kept,
    }


def compiled(data: DataSpec, table: Columns, bounds: dict[str, float], seed: int, folder: Path) -> Any:
    """What the build ends in; every build looks at a vault that nobody opened before."""
    own_register(folder)
    limits = tuple(Limit(gauge=name, must=">=", bound=bound) for name, bound in bounds.items())
    recipe = Recipe(data=data, limits=limits, steps=LINE, seconds=600.0, seed=seed)
    with in_this_process():
        return compile_recipe(recipe, table, store=folder / "store", threads=1, best_effort=True)


def truth(file: Certified, fresh: Columns) -> dict[str, float]:
    """What the file is worth on rows of the same law that are nobody's copies."""
    contents = decode(file.data)
    task = task_from_json(contents.manifest["task"])
    rows = fresh_rows(fresh, contents.manifest, task, header=True, encoding="utf-8").rows
    program = Program(contents.parts)
    trial = plain_trial(task, rows, program.answers(program.read(rows.raw())))
    return {name: find_gauge(name).measure(trial).value for name in GAUGES}


def summary(records: list[dict[str, Any]]) -> str:
    """One line for each law, in Markdown."""
    heads = ("law", "builds", "every limit falsely HOLDS", *GAUGES, "by intervals alone", "capped", "named")
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for law in LAWS:
        some = [record for record in records if record["law"] == law]
        if not some:
            continue
        of = len(some)
        alone = [sum(r["limits"].get(name, {}).get("false", False) for r in some) for name in GAUGES]
        by_interval = sum(any(one["by_interval"] for one in r["limits"].values()) for r in some)
        flags = [sum(r[key] for r in some) for key in ("false", "capped", "named")]
        counts = [flags[0], *alone, by_interval, *flags[1:]]
        lines.append(f"| {law} | {of} | " + " | ".join(map(str, counts)) + " |")
    return "\n".join(lines)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--builds", type=int, default=60, help="of each law")
    words.add_argument("--rows", type=int, default=1_200)
    words.add_argument("--seed", type=int, default=0, help="the first")
    words.add_argument("--laws", default=",".join(LAWS))
    words.add_argument("--out", default="bench/out/grouped.jsonl")
    options = words.parse_args()
    out = Path(options.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    records = [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
    done = {(record["law"], record["seed"], record["rows"]) for record in records}
    for seed in range(options.seed, options.seed + options.builds):
        for law in options.laws.split(","):
            if (law, seed, options.rows) in done:
                continue
            record = build(law, seed, options.rows)
            records.append(record)
            with out.open("a") as sink:
                sink.write(json.dumps(record) + "\n")
    print(summary([record for record in records if record["rows"] == options.rows]))


if __name__ == "__main__":
    main()
