"""How good are trivet's answers on many tables beside AutoGluon, FLAML and LightGBM, and what does an answer cost?

Each system gets the same 70 % of a table, the same seconds and the same cores, in a process of its own, and answers the
other 30 %, but for rows whose inputs were among those to learn from.  Scores are made alike for all.  *Normalised* is
1 - error / error of a constant answer (of 1 - AUROC, log loss or RMSE), so that tables can be averaged.  `small` is
trivet with SMALL as its limits.
Each finished run is a line of bench/out/tables.jsonl; running again goes on.  Prints Markdown.
    python bench/tables.py --data-dir ../shared/data --autogluon-python .venv-autogluon/bin/python
    python bench/tables.py --print
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
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from own_register import own_register
from public_tables import MORE, TABLES, Table, find_data_dir, head_and_rows
from sklearn.metrics import log_loss, roc_auc_score

from trivet.core.units import show_amount

HERE = Path(__file__).parent
OUT = HERE / "out" / "tables.jsonl"
SMALL = ("size <= 200 kB", "p99-latency <= 1 ms")
OURS = {"trivet": (), "small": SMALL}
RIVALS = {
    "lightgbm": "trivet",
    "lightgbm-tuned": "trivet",
    "autogluon-medium": "autogluon",
    "autogluon-best": "autogluon",
}
"""Systems of rivals.py, and whose python runs them."""
METRICS = {"two": "auroc", "more": "log-loss", "value": "rmse"}
MOST_ROWS = 40_000  # to fit; what is over is answered
REPEATS = 400  # of the bootstrap
Json = dict[str, Any]


def prepare(table: Table, data_dir: Path, folder: Path, seed: int) -> Json:
    """Writes train.csv, rows.jsonl and case.json; returns the case with the true answers.

    A cell "?" or "" is missing; a column is a number when all its cells are.
    """
    head, rows = head_and_rows(table, data_dir)
    target = head[-1] if table.target == "last" else table.target
    random.Random(seed).shuffle(rows)
    keep = [at for at, name in enumerate(head) if name not in table.drop]
    names = [head[at] for at in keep]
    answer = names.index(target)
    cells = [["" if row[at] in ("?", "NA", None) else str(row[at]) for at in keep] for row in rows]
    cut = min(int(0.7 * len(cells)), MOST_ROWS)
    taught = {tuple(row[:answer] + row[answer + 1 :]) for row in cells[:cut]}
    cells[cut:] = [row for row in cells[cut:] if tuple(row[:answer] + row[answer + 1 :]) not in taught]
    numbers = [name for at, name in enumerate(names) if all(is_number(row[at]) for row in cells)]
    answers = sorted({row[answer] for row in cells})
    is_value = table.goal == "regress" or (table.goal == "auto" and target in numbers and len(answers) > 20)
    with (folder / "train.csv").open("w", newline="", encoding="utf-8") as sink:
        csv.writer(sink).writerows([names, *cells[:cut]])
    asked = [
        {name: typed(cell, name in numbers) for name, cell in zip(names, row) if name != target} for row in cells[cut:]
    ]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in asked), encoding="utf-8")
    kind = "value" if is_value else "two" if len(answers) == 2 else "more"
    case = {
        "target": target, "kind": kind, "classes": [] if is_value else answers, "numbers": numbers, "rows": cut,
        "columns": len(names) - 1, "seed": seed,
    }  # fmt: skip
    (folder / "case.json").write_text(json.dumps(case), encoding="utf-8")
    return {**case, "truth": [row[answer] for row in cells[cut:]], "taught": [row[answer] for row in cells[:cut]]}


def is_number(cell: str) -> bool:
    try:
        float(cell or "nan")
    except ValueError:
        return False
    return True


def typed(cell: str, is_number: bool) -> Any:
    """The cell as a program would hold it: a number, a text, or None."""
    return None if cell == "" else float(cell) if is_number else cell


def run(words: Sequence[str], threads: int) -> None:
    """A clean process; ends the bench when it fails."""
    calm = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(threads))
    ended = subprocess.run(words, env={**os.environ, **calm}, capture_output=True, text=True, check=False)
    if ended.returncode:
        sys.exit(f"{' '.join(words)}\n{ended.stdout[-1000:]}\n{ended.stderr[-3000:]}")


def asked_of(system: str, case: Mapping[str, Any], folder: Path, options: argparse.Namespace) -> Json:
    """What a system says of the rows, and what it took."""
    if system in OURS:
        return asked_of_trivet(OURS[system], case, folder, options)
    python = {"trivet": sys.executable, "autogluon": options.autogluon_python}[RIVALS[system]]
    words = [python, str(HERE / "rivals.py"), system, str(folder), str(options.seconds), str(options.threads)]
    run(words, options.threads)
    return dict(json.loads((folder / f"{system}.json").read_text()))


def asked_of_trivet(limits: Sequence[str], case: Mapping[str, Any], folder: Path, options: argparse.Namespace) -> Json:
    """`trivet compile` towards the metric, then the answers of the file."""
    file = folder / "model.trivet"
    words = [sys.executable, "-m", "trivet.cli.main", "compile", str(folder / "train.csv")]
    words += ["--target", case["target"], "--goal", "regress" if case["kind"] == "value" else "classify"]
    words += ["--aim", METRICS[case["kind"]], "--time", f"{options.seconds:g}s", "--threads", str(options.threads)]
    words += ["--seed", str(case["seed"]), "--out", str(file), "--best-effort", "--force", "--quiet"]
    words += [word for limit in limits for word in ("--limit", limit)]
    began = time.monotonic()
    run(words, 1)
    taken = time.monotonic() - began
    run([sys.executable, str(HERE / "rivals.py"), "trivet", str(folder), "0", "1"], 1)
    said = json.loads((folder / "trivet.json").read_text())
    return {**said, "fit_seconds": taken, "bytes": file.stat().st_size}


def weighed(case: Mapping[str, Any], said: Mapping[str, Any]) -> Json:
    """The score with a 95 % bootstrap interval, and the normalised one."""
    error = errors_of(case, said)
    n, rng = len(case["truth"]), np.random.default_rng(0)
    draws = [error(rng.integers(n, size=n)) for _ in range(REPEATS)]
    value, low, high = error(np.arange(n)), *np.quantile(draws, (0.025, 0.975))
    constant = errors_of(case, constant_answer(case))(np.arange(n))
    return {"error": float(value), "error_low": float(low), "error_high": float(high), "constant": float(constant)}


def errors_of(case: Mapping[str, Any], said: Mapping[str, Any]) -> Any:
    """Rows (indices) -> 1 - AUROC, log loss or RMSE of the answers to them."""
    answers = np.array(said["answers"], float)
    if case["kind"] == "value":
        each = np.square(np.array(case["truth"], float) - answers.reshape(len(answers), -1)[:, 0])
        return lambda at: float(np.sqrt(each[at].mean()))
    order = [said["classes"].index(name) for name in case["classes"]]
    shares = np.clip(answers[:, order], 1e-6, 1)
    shares /= shares.sum(axis=1, keepdims=True)
    truth = np.array([case["classes"].index(name) for name in case["truth"]])
    if case["kind"] == "two":
        return lambda at: 1 - float(roc_auc_score(truth[at], shares[at, 1])) if len(set(truth[at])) > 1 else 0.5
    return lambda at: float(log_loss(truth[at], shares[at], labels=range(len(order))))


def constant_answer(case: Mapping[str, Any]) -> Json:
    """What someone says who sees the answers of the fitted rows only."""
    n = len(case["truth"])
    if case["kind"] == "value":
        return {"answers": [float(np.mean(np.array(case["taught"], float)))] * n}
    shares = [case["taught"].count(name) / len(case["taught"]) for name in case["classes"]]
    return {"answers": [shares] * n, "classes": case["classes"]}


def normalised(line: Mapping[str, Any]) -> float:
    """1 for no error, 0 for that of a constant answer."""
    return 1 - float(line["error"]) / float(line["constant"])


def one_table(
    table: Table, seed: int, done: set[tuple[str, str, int]], data_dir: Path, options: argparse.Namespace
) -> None:
    """Every system that has no line yet; each appends one."""
    missing = [name for name in options.systems if (table.name, name, seed) not in done]
    if not missing:
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        case = prepare(table, data_dir, folder, seed)
        for system in missing:
            said = asked_of(system, case, folder, options)
            told = {key: said[key] for key in ("fit_seconds", "bytes", "p50_ms", "route") if key in said}
            facts = {key: case[key] for key in ("kind", "rows", "columns")}
            line = {
                "table": table.name, "system": system, "seed": seed, "seconds": options.seconds, **facts, **told,
                **weighed(case, said),
            }  # fmt: skip
            with options.out.open("a", encoding="utf-8") as sink:
                sink.write(json.dumps(line) + "\n")
            print(f"{table.name} {system} {seed}: {normalised(line):.4f} {told}", file=sys.stderr, flush=True)


def markdown(lines: Sequence[Json]) -> str:
    """A row for each table, a column for each system: the normalised score, and what the system takes below."""
    systems = list(dict.fromkeys(line["system"] for line in lines))
    by: dict[tuple[str, str], list[Json]] = defaultdict(list)
    for line in lines:
        by[line["table"], line["system"]].append(line)
    tables = list(dict.fromkeys(line["table"] for line in lines))
    out = ["| table | metric | rows | " + " | ".join(systems) + " |", "|---|---|---|" + "---|" * len(systems)]
    for table in tables:
        scores = {name: np.mean([normalised(line) for line in by[table, name]]) for name in systems if by[table, name]}
        first = next(line for line in lines if line["table"] == table)
        best = max(scores.values())
        cells = [shown(scores.get(name), best) for name in systems]
        out.append(f"| {table} | {METRICS[first['kind']]} | {first['rows']:,} | " + " | ".join(cells) + " |")
    whole = [table for table in tables if all(by[table, name] for name in systems)]
    means = [np.mean([normalised(line) for table in whole for line in by[table, name]]) for name in systems]
    out.append(f"| mean of {len(whole)} | | | " + " | ".join(f"{mean:.4f}" for mean in means) + " |")
    for what, key, show in (
        ("median build", "fit_seconds", lambda x: show_amount(x, "s")),
        ("median size", "bytes", lambda x: show_amount(x, "B")),
        ("median row", "p50_ms", lambda x: show_amount(x / 1000, "s")),
    ):
        told = [[line[key] for line in lines if line["system"] == name and key in line] for name in systems]
        out.append(f"| {what} | | | " + " | ".join(show(np.median(one)) if one else "" for one in told) + " |")
    return "\n".join(out)


def shown(score: float | None, best: float) -> str:
    """The score, in bold when no other is better."""
    return "" if score is None else f"**{score:.4f}**" if score >= best else f"{score:.4f}"


def main() -> int:
    own_register()
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--data-dir", default="../shared/data")
    ask.add_argument("--tables", nargs="*", help="some of them; all by default")
    ask.add_argument("--systems", nargs="*", default=[*OURS, *RIVALS])
    ask.add_argument("--seeds", type=int, default=3)
    ask.add_argument("--seconds", type=float, default=120)
    ask.add_argument("--threads", type=int, default=2)
    ask.add_argument("--autogluon-python", help="the python of an environment that has autogluon.tabular")
    ask.add_argument("--out", type=Path, default=OUT)
    ask.add_argument("--print", action="store_true", help="only the table of what is done")
    options = ask.parse_args()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    if not options.autogluon_python:
        options.systems = [name for name in options.systems if RIVALS.get(name) != "autogluon"]
    known = [json.loads(line) for line in options.out.read_text().splitlines()] if options.out.exists() else []
    done = {(line["table"], line["system"], line["seed"]) for line in known}
    for seed in () if options.print else range(options.seeds):
        for table in (*TABLES, *MORE):
            if not options.tables or table.name in options.tables:
                one_table(table, seed, done, find_data_dir(options.data_dir), options)
    print(markdown([json.loads(line) for line in options.out.read_text().splitlines()]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
