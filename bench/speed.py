"""How fast does the shipped file answer, beside its own bare session, LightGBM's own predict and AutoGluon?

Same rows, same core.  Prints two tables and writes bench/out/speed.json; `--only session` stops after the first.
    python bench/speed.py --data-dir ../shared/data --autogluon-python .venv-autogluon/bin/python
"""

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from own_register import own_register
from public_tables import TABLES, find_data_dir, split_table
from sklearn.metrics import accuracy_score, r2_score, roc_auc_score
from speed_session import BAR, lines, session_rows
from stopwatch import summary

from trivet.core.units import show_amount
from trivet.engine.clean_process import run_probe
from trivet.engine.machine import this_machine
from trivet.runtime.file.container import decode

HERE = Path(__file__).parent
CALM = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
SIZE_LIMIT = "size <= 200 kB"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One table.  limit: what trivet is asked for, beside SIZE_LIMIT.  rows: at most so many to fit, and to test."""

    table: str
    gauge: str
    limit: str
    rows: tuple[int, int] = (10**6, 10**6)
    official_test: str = ""


CASES = (
    Case(
        table="adult", gauge="auroc", limit="auroc >= 0.92", rows=(10**6, 10**6), official_test="tables/adult-test.csv"
    ),
    Case(table="housing", gauge="r2", limit="r2 >= 0.80", rows=(10**6, 10**6)),
    Case(table="cut", gauge="accuracy", limit="accuracy >= 0.72", rows=(14000, 6000)),
)


def prepare(case: Case, data_dir: Path, folder: Path) -> list[str]:
    """Writes train.csv, rows.jsonl (typed raw rows to answer) and case.json; returns the true answers."""
    table = next(table for table in TABLES if table.name == case.table)
    first, second, target = split_table(table, data_dir, folder / "split")
    train, test = read_csv(first), read_csv(second)
    if case.official_test:
        train = [*train, *test[1:]]
        with (data_dir / case.official_test).open(newline="", encoding="utf-8") as source:
            test = [train[0], *(row for row in csv.reader(source, skipinitialspace=True) if len(row) > 1)]
    train, test = train[: case.rows[0] + 1], test[: case.rows[1] + 1]
    cleaned = [["" if cell == "?" else cell for cell in row] for row in train]
    with (folder / "train.csv").open("w", newline="", encoding="utf-8") as sink:
        csv.writer(sink).writerows(cleaned)
    names = [name for name in train[0] if name != target]
    at = {name: train[0].index(name) for name in train[0]}
    categories = [name for name in names if not all(is_number(row[at[name]]) for row in cleaned[1:])]
    rows = [{name: typed(row[at[name]], name in categories) for name in names} for row in test[1:]]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (folder / "case.json").write_text(json.dumps({"target": target, "gauge": case.gauge, "categories": categories}))
    return [row[at[target]].rstrip(".") for row in test[1:]]  # adult-test.csv writes "<=50K."


def read_csv(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as source:
        return list(csv.reader(source))


def is_number(cell: str) -> bool:
    try:
        float(cell or "nan")
    except ValueError:
        return False
    return True


def typed(cell: str, is_category: bool) -> Any:
    """The cell as a program would hold it: a number, a text, or None."""
    if cell in ("", "?"):
        return None
    return cell if is_category else float(cell)


def run(words: list[str]) -> None:
    """A clean process; ends the bench when it fails."""
    ended = subprocess.run(words, env={**os.environ, **CALM}, capture_output=True, text=True, check=False)
    if ended.returncode:
        sys.exit(f"{' '.join(words)}\n{ended.stderr[-2000:]}")


def trivet(case: Case, folder: Path, budget: float) -> list[dict[str, Any]]:
    """Compiles with one worker, then asks the file in the judge's clean process: raw dict in, answer out."""
    target, file = json.loads((folder / "case.json").read_text())["target"], folder / "model.trivet"
    began = time.perf_counter()
    run([
        sys.executable, "-m", "trivet.cli.main", "compile", str(folder / "train.csv"), "--target", target,
        "--limit", case.limit, "--limit", SIZE_LIMIT, "--time", f"{budget:g}s", "--threads", "1",
        "--out", str(file), "--quiet",
    ])  # fmt: skip
    taken = time.perf_counter() - began
    probes = ("--probe", "latency=2000", "--probe", "throughput=5")
    run_probe([str(file), str(folder / "rows.jsonl"), str(folder / "trivet.json"), *probes])
    seen = json.loads((folder / "trivet.json").read_text())
    costs = seen["costs"]
    found = {"latency_ms": costs["latency"]["numbers"], "rows_per_second": costs["throughput"]["numbers"]}
    contents = decode(file.read_bytes())
    route = next(row["route"] for row in contents.manifest["frontier"] if row["shipped"])
    said = next(seen["answers"][name][1] for name in ("probabilities", "values") if name in seen["answers"])
    found |= {"classes": contents.manifest["task"]["details"].get("classes", []), "answers": said}
    found |= {"fit_seconds": taken, "bytes": file.stat().st_size}
    return [measured(f"trivet file ({route})", found)]


def lightgbm(folder: Path) -> list[dict[str, Any]]:
    """Its scikit-learn wrapper on a frame made from the raw dict, and its Booster on encoded rows."""
    names = {"wrapper": "LightGBM wrapper, raw dict", "booster": "LightGBM Booster, encoded row"}
    for what in names:
        run([sys.executable, str(HERE / "speed_lightgbm.py"), what, str(folder)])
    return [measured(name, json.loads((folder / f"lightgbm-{what}.json").read_text())) for what, name in names.items()]


def autogluon(folder: Path, python: str | None, budget: float) -> list[dict[str, Any]]:
    """Nothing when there is no python that has it."""
    if python is None:
        return []
    for what in ("fit", "predict"):
        run([python, str(HERE / "speed_autogluon.py"), what, str(folder), str(budget)])
    card = json.loads((folder / "autogluon-fit.json").read_text())
    found = json.loads((folder / "autogluon-predict.json").read_text())
    return [measured(f"AutoGluon ({card['best']})", {**card, **found})]


def measured(system: str, found: dict[str, Any]) -> dict[str, Any]:
    kept = {name: found[name] for name in ("fit_seconds", "bytes", "classes", "answers")}
    return {"system": system, **kept, **summary(found)}


def quality(gauge: str, answers: list[Any], classes: list[str], truth: list[str]) -> float:
    """The gauge on the test rows, by scikit-learn, for every system alike."""
    if gauge == "r2":
        return float(r2_score([float(y) for y in truth], answers))
    if gauge == "auroc":
        return float(roc_auc_score([y == classes[1] for y in truth], [p[1] for p in answers]))
    return float(accuracy_score(truth, [classes[max(range(len(p)), key=p.__getitem__)] for p in answers]))


def one_case(case: Case, data_dir: Path, folder: Path, options: argparse.Namespace) -> list[dict[str, Any]]:
    """The figures of every system on one table."""
    truth = prepare(case, data_dir, folder)
    systems = [
        *trivet(case, folder, options.seconds),
        *lightgbm(folder),
        *autogluon(folder, options.autogluon_python, options.autogluon_seconds),
    ]
    for row in systems:
        row["quality"] = quality(case.gauge, row.pop("answers"), row.pop("classes"), truth)
    return [{"table": case.table, "gauge": case.gauge, "test_rows": len(truth), **row} for row in systems]


def line_of(row: dict[str, Any]) -> str:
    return (
        f"{row['table']:9}{row['system']:38}{row['p50_ms']:9.3f}{row['p99_ms']:9.3f}{row['rows_per_second']:11,.0f}"
        f"{row['gauge']:>10} {row['quality']:.4f}{show_amount(row['bytes'], 'B'):>10}{row['fit_seconds']:8.1f} s"
    )


def main() -> int:
    own_register()
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--data-dir", default="../shared/data")
    words.add_argument("--tables", default=",".join(case.table for case in CASES))
    words.add_argument("--seconds", type=float, default=60, help="time budget of trivet")
    words.add_argument("--autogluon-python", help="the python of an environment that has autogluon.tabular")
    words.add_argument("--autogluon-seconds", type=float, default=120, help="time_limit of AutoGluon's fit")
    words.add_argument("--only", choices=("session", "systems"), help="one of the two tables")
    words.add_argument("--rounds", type=int, default=15, help="of 1,000 calls each, beside the session")
    words.add_argument("--out", default="bench/out/speed.json")
    options = words.parse_args()
    data_dir = find_data_dir(options.data_dir)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {random.Random(0).choice(sorted(os.sched_getaffinity(0)))})  # children inherit it
    rows: dict[str, list[dict[str, Any]]] = {"session": [], "systems": []}
    if options.only != "systems":
        rows["session"] = session_rows(data_dir, options.seconds, options.rounds)
        print("\n".join(lines(rows["session"])), flush=True)
    if options.only != "session":
        rows["systems"] = systems(data_dir, options)
    out = Path(options.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    machine = {"date": time.strftime("%Y-%m-%d"), **vars(this_machine())}
    out.write_text(json.dumps({**machine, **rows}, indent=1))
    return 0 if all(row["ratio"] <= BAR for row in rows["session"]) else 1


def systems(data_dir: Path, options: argparse.Namespace) -> list[dict[str, Any]]:
    """The figures of every system on every table, printed as they come."""
    if options.autogluon_python is None:
        print("AutoGluon is left out: give --autogluon-python, see bench/README.md")
    print(f"{'table':9}{'system':38}{'p50 ms':>9}{'p99 ms':>9}{'rows/s':>11}{'quality':>17}{'size':>10}{'fit':>10}")
    rows: list[dict[str, Any]] = []
    for case in (case for case in CASES if case.table in options.tables.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            found = one_case(case, data_dir, Path(folder), options)
        for row in found:
            print(line_of(row), flush=True)
        rows += found
    return rows


if __name__ == "__main__":
    sys.exit(main())
