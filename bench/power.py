"""How often a limit that is kept is proven, beside the version before: it runs with either, on the same tables.

AUROC: a made model of 0.86, and the limit AUROC >= its worth minus a room.  Simulated, since all that differs is exact:
the vault's size (`usual_shares`), the level of a first build's first finalist, and the interval.  Then whole builds on
made tables (in this process): the same limit, 0.04 or 0.02 below what the file itself is worth on 40,000 fresh rows;
and coverage >= 0.9 of sets over 10 classes, with the mean size of the sets and whether they cover that much of fresh
rows.  Coverage is simulated by bench/control.py.  Appends to `--out`, where an interrupted run goes on.
    python bench/power.py
    OLD/python bench/power.py --out bench/out/power-before.jsonl
    python bench/power.py --builds 0 --draws 0 --before bench/out/power-before.jsonl
"""

import os

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean, median
from typing import Any

import numpy as np
from in_process import fresh_rows_of_any_version, in_this_process
from own_register import own_register

from trivet.core.gauges import Trial, plain_trial
from trivet.core.limits import Limit
from trivet.core.recipe import DataSpec, Recipe
from trivet.core.registry import find_gauge
from trivet.core.rows import Rows
from trivet.data.split.splits import usual_shares
from trivet.engine.compile import compile_recipe
from trivet.engine.outcome import Infeasible
from trivet.runtime.batch import Answers
from trivet.runtime.file.container import decode
from trivet.runtime.program import Program
from trivet.storage.objects import task_from_json
from trivet.testing.tasks import made_task

LEVELS = "trivet.core.levels"  # which the first version lacks: it judged each first finalist at 95 %, two-sided
ROOMS = {2_000: (0.02, 0.03, 0.04), 8_000: (0.02, 0.03, 0.04)}
BUILT_ROOMS = {2_000: 0.04, 8_000: 0.02}
COVERED = (400, 1_000, 3_000)
SEPARATION, PREVALENCE = 1.53, 0.3  # of two normal laws of scores: AUROC 0.860
TRUTH, CLASSES = 40_000, 10
LINE = ("prepare-table", "fit-linear", "fit-temperature")

Columns = dict[str, list[Any]]
Draw = Callable[[int, np.random.Generator], Columns]


def level() -> float:
    """Two-sided, of the interval by which the first finalist of a first build is judged."""
    return float(import_module(LEVELS).Look().two_sided(0.95)) if find_spec(LEVELS) else 0.95


def vault_rows(n: int, rng: np.random.Generator) -> int:
    """Of a table of n rows: a fixed share of them before, a hash below the share now."""
    share = usual_shares(n)[3]
    return int(rng.binomial(n, share)) if find_spec(LEVELS) else int(n * share)


def scored(n: int, rng: np.random.Generator) -> Trial:
    """Answers of the made model to n rows."""
    is_one = rng.random(n) < PREVALENCE
    odds = SEPARATION * (rng.normal(size=n) + SEPARATION * is_one - SEPARATION / 2) - 0.85
    share = 1 / (1 + np.exp(-odds))
    shares = np.stack([1 - share, share], axis=1).astype(np.float32)
    chosen = shares.argmax(axis=1)
    rows = Rows(fields=(), columns={}, words={}, truth=is_one.astype(np.int64), ids=np.arange(n))
    said = Answers(probabilities=shares, chosen=chosen, answered=np.ones(n, bool), answer=chosen)
    return plain_trial(made_task("classify", ("no", "yes")), rows, said)


def simulated(n: int, draws: int) -> dict[str, Any]:
    """How often each room is enough."""
    auroc, worth = find_gauge("auroc"), find_gauge("auroc").measure(scored(400_000, np.random.default_rng(0))).value
    rng = np.random.default_rng([n, 7])
    lows = [auroc.measure(scored(vault_rows(n, rng), rng), sure=level()).low for _ in range(draws)]
    holds = {str(room): fmean(low >= worth - room for low in lows) for room in ROOMS[n]}
    return {"kind": "simulated", "rows": n, "draws": draws, "worth": worth, "holds": holds}


def two(number: int) -> Draw:
    """Two classes of which a linear model gets AUROC .86 or so."""
    slope = np.random.default_rng([number, 0]).normal(size=6)
    slope *= 1.5 / np.linalg.norm(slope)

    def draw(n: int, rng: np.random.Generator) -> Columns:
        x = rng.normal(size=(n, 6))
        return columns(x, np.where(x @ slope + rng.normal(size=n) > 1.0, "yes", "no"))

    return draw


def ten(number: int) -> Draw:
    """Ten classes, none rarer than 3 %, of which a linear model answers about four of five rows right."""
    rng, least, slopes = np.random.default_rng([number, 0]), 0.0, np.zeros((5, CLASSES))
    while least < 0.03:
        slopes = 3.5 * rng.normal(size=(5, CLASSES))
        best = (rng.normal(size=(4_000, 5)) @ slopes + rng.gumbel(size=(4_000, CLASSES))).argmax(axis=1)
        least = np.bincount(best, minlength=CLASSES).min() / 4_000

    def draw(n: int, rng: np.random.Generator) -> Columns:
        x = rng.normal(size=(n, 5))
        best = (x @ slopes + rng.gumbel(size=(n, CLASSES))).argmax(axis=1)
        return columns(x, np.array([f"c{at}" for at in range(CLASSES)])[best])

    return draw


def columns(x: np.ndarray, answer: np.ndarray) -> Columns:
    return {**{f"x{at}": column.tolist() for at, column in enumerate(x.T)}, "y": answer.tolist()}


def built(kind: str, n: int, number: int) -> dict[str, Any]:
    """One table and its first build."""
    draw = (two if kind == "auroc" else ten)(number)
    table = draw(n, np.random.default_rng([number, n]))
    fresh = draw(TRUTH, np.random.default_rng([number, 2]))
    with tempfile.TemporaryDirectory(prefix="trivet-power-") as folder:
        bound = 0.9
        if kind == "auroc":
            first = compiled(table, Limit(gauge="auroc", must=">=", bound=0.55), Path(folder))
            bound = worth(first.data, fresh, ("auroc",))["auroc"] - BUILT_ROOMS[n]
        file = compiled(table, Limit(gauge=kind, must=">=", bound=bound), Path(folder))
        seen = worth(file.data, fresh, (kind,) if kind == "auroc" else (kind, "set-size"))
    (judged,) = file.judged
    return {
        "kind": kind, "rows": n, "table": number, "bound": bound, "held": str(judged.verdict) == "HOLDS",
        "low": judged.reading.low, "n": judged.reading.n, "true": seen[kind] >= bound, "worth": seen,
    }  # fmt: skip


def compiled(table: Columns, limit: Limit, folder: Path) -> Any:
    """The file of a first build on these rows, the nearest one where nothing is likely to keep the limit."""
    own_register(folder)
    recipe = Recipe(data=DataSpec(source="", target="y"), limits=(limit,), steps=LINE, seconds=600.0)
    with in_this_process():
        ended = compile_recipe(recipe, table, store=folder / "store", threads=1, best_effort=True)
    return ended.file if isinstance(ended, Infeasible) else ended


def worth(data: Any, fresh: Columns, gauges: Sequence[str]) -> dict[str, float]:
    """What the file does on rows of the same law."""
    contents = decode(data)
    task = task_from_json(contents.manifest["task"])
    rows = fresh_rows_of_any_version()(fresh, contents.manifest, task, header=True, encoding="utf-8").rows
    program = Program(contents.parts)
    trial = plain_trial(task, rows, program.answers(program.read(rows.raw())))
    return {name: find_gauge(name).measure(trial).value for name in gauges}


def wanted(options: argparse.Namespace) -> Iterator[tuple[tuple[Any, ...], Callable[[], dict[str, Any]]]]:
    """(what tells a record, how to make it), the cheapest first."""
    if options.draws:
        for n in ROOMS:
            yield ("simulated", n, None), lambda n=n: simulated(n, options.draws)  # type: ignore[misc]
    for number in range(options.builds):
        for kind, sizes in (("coverage", COVERED), ("auroc", tuple(BUILT_ROOMS))):
            for n in sizes:
                yield (kind, n, number), lambda k=kind, n=n, t=number: built(k, n, t)  # type: ignore[misc]


def summary(records: Sequence[dict[str, Any]]) -> list[list[str]]:
    """Rows of a table: what, N, of how many, HOLDS, false, median mean set size."""
    rows = []
    for one in (one for one in records if one["kind"] == "simulated"):
        for room, share in one["holds"].items():
            rows.append(
                [f"AUROC, room {room}, simulated", f"{one['rows']:,}", str(one["draws"]), f"{share:.3f}", "", ""]
            )
    for kind, sizes in (("auroc", tuple(BUILT_ROOMS)), ("coverage", COVERED)):
        for n in sizes:
            some = [one for one in records if one["kind"] == kind and one["rows"] == n]
            if some:
                what = f"AUROC, room {BUILT_ROOMS[n]}, whole builds" if kind == "auroc" else "coverage, whole builds"
                false = sum(one["held"] and not one["true"] for one in some)
                size = f"{median(one['worth']['set-size'] for one in some):.2f}" if kind == "coverage" else ""
                held = f"{fmean(one['held'] for one in some):.3f}"
                rows.append([what, f"{n:,}", str(len(some)), held, str(false), size])
    return rows


def printed(now: Sequence[dict[str, Any]], before: Sequence[dict[str, Any]]) -> str:
    """Markdown; with the version before beside it, where there is one."""
    old = {(row[0], row[1]): row for row in summary(before)}
    lines = [
        "| limit | N | of | HOLDS before | now | false before | now | set size before | now |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for what, n, of, *cells in summary(now):
        was = old.get((what, n), [""] * 6)[3:]
        lines.append(f"| {what} | {n} | {of} | " + " | ".join(f"{a} | {b}" for a, b in zip(was, cells)) + " |")
    return "\n".join(lines)


def records_in(path: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text().splitlines()] if path and Path(path).exists() else []


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--draws", type=int, default=2000)
    words.add_argument("--builds", type=int, default=20, help="of each kind and size")
    words.add_argument("--out", default="bench/out/power.jsonl")
    words.add_argument("--before", default="", help="records of another version, to print beside")
    options = words.parse_args()
    Path(options.out).parent.mkdir(parents=True, exist_ok=True)
    records = records_in(options.out)
    done = {(one["kind"], one["rows"], one.get("table")) for one in records}
    for key, make in wanted(options):
        if key not in done:
            records.append(make())
            with open(options.out, "a", encoding="utf-8") as sink:
                sink.write(json.dumps(records[-1]) + "\n")
    print(printed(records, records_in(options.before)))


if __name__ == "__main__":
    main()
