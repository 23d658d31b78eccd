"""Does the rest of the budget pay?  The first candidate that is likely to be proven, against the best by the aim.

Four tables, each built twice with the same limits, seed and time: once with --stop-when-proven (which ships the best of
the first batch that holds a sure candidate), once without.  Both files are judged on the same vault.  "first likely" is
the very first candidate that would have done, on the choose rows.  Prints one table and writes bench/out/aim.json.
    python bench/aim.py --data-dir ../shared/data --seconds 120
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from own_register import own_register
from public_tables import TABLES, Table, find_data_dir, split_table

from trivet.core.limits import Verdict
from trivet.core.recipe import DataSpec, Lock, Recipe
from trivet.core.registry import find_gauge, parse_limit
from trivet.engine.compile import compile_recipe
from trivet.engine.outcome import Certified
from trivet.engine.plan import SEARCH_SHARE

LIMITS = {
    "adult": ("auroc >= 0.88", "size <= 200 kB"),
    "telco": ("auroc >= 0.75", "size <= 200 kB"),
    "housing": ("mae <= 60000", "size <= 200 kB"),
    "phoneme": ("auroc >= 0.80", "size <= 200 kB"),
}


def recipe_for(table: Table, rows: Path, target: str, seconds: float, seed: int) -> Recipe:
    spec = DataSpec(source=str(rows), target=target, goal=table.goal)
    return Recipe(data=spec, limits=tuple(map(parse_limit, LIMITS[table.name])), seconds=seconds, seed=seed)


def built(recipe: Recipe, threads: int, store: Path) -> dict[str, Any]:
    """What a build reached in its aim, on the rows that compare and on the vault."""
    began = time.monotonic()
    outcome = compile_recipe(recipe, store=store, threads=threads)
    if not isinstance(outcome, Certified):
        sys.exit(f"{recipe.data.source}: {outcome}")
    search = dict(outcome.search)
    vault = next(reading for reading in outcome.readings if reading.gauge == search["aim"])
    return {
        **search,
        "route": outcome.route,
        "choose": search["final"]["value"],
        "vault": vault.value,
        "vault_interval": [vault.low, vault.high],
        "proven": all(one.verdict is Verdict.HOLDS for one in outcome.judged),
        "bytes": len(outcome.data),
        "seconds": round(time.monotonic() - began, 1),
    }


def one_table(table: Table, data_dir: Path, work: Path, options: argparse.Namespace) -> dict[str, Any]:
    rows, _, target = split_table(table, data_dir, work)
    recipe = recipe_for(table, rows, target, options.seconds, options.seed)
    if options.by_units:
        recipe = replace(recipe, lock=Lock(units=SEARCH_SHARE * options.seconds))
    stores = [work / f"{table.name}-{name}.build" for name in ("first", "best")]
    first = built(replace(recipe, stop_when_proven=True), options.threads, stores[0])
    best = built(recipe, options.threads, stores[0 if options.by_units else 1])
    sign = 1.0 if find_gauge(best["aim"]).better == ">=" else -1.0
    gains = {rows: sign * (best[rows] - first[rows]) for rows in ("choose", "vault")}
    return {"table": table.name, "limits": LIMITS[table.name], "first": first, "best": best, "gains": gains}


def line_of(record: dict[str, Any]) -> str:
    first, best = record["first"], record["best"]

    def number(value: float) -> str:
        return f"{value:.4f}" if abs(value) < 10 else f"{value:,.0f}"

    cells = [record["table"], best["aim"], number(best["first"]["value"])]
    for one in (first, best):
        cells += [one["route"], number(one["choose"]), number(one["vault"]), f"{one['bytes'] / 1e3:.0f} kB",
                  "yes" if one["proven"] else "no", f"{one['seconds']:.0f}", str(one["trials"])]  # fmt: skip
    return "| " + " | ".join([*cells, best["ended"]]) + " |"


def main() -> None:
    own_register()
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--data-dir", default="../shared/data")
    words.add_argument("--seconds", type=float, default=120)
    words.add_argument("--threads", type=int, default=2)
    words.add_argument("--seed", type=int, default=0)
    words.add_argument("--tables", default=",".join(LIMITS))
    words.add_argument(
        "--by-units", action="store_true", help="for a busy machine: as many units as the time gives, and no clock"
    )
    words.add_argument("--out", default="bench/out/aim.json")
    options = words.parse_args()
    data_dir = find_data_dir(options.data_dir)
    by_name = {table.name: table for table in TABLES}
    chosen = [by_name[name] for name in options.tables.split(",")]
    side = ("route", "choose", "vault", "size", "proven", "s", "tried")
    print(
        "| table | aim | first likely | " + " | ".join([*(f"stopped: {name}" for name in side), *side]) + " | ended |"
    )
    print("|" + "---|" * (4 + 2 * len(side)))
    records = []
    with tempfile.TemporaryDirectory() as work:
        for table in chosen:
            records.append(one_table(table, data_dir, Path(work), options))
            print(line_of(records[-1]), flush=True)
    print(f"load while it ran: {os.getloadavg()}")
    save(records, Path(options.out))


def save(records: Sequence[dict[str, Any]], out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(records, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
