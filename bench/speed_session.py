"""One raw row through a file, beside a bare ONNX Runtime session of the same graph: a piece of speed.py.

The session is made from the same graph with the same options, and is fed float32 arrays that are ready: no reading, no
answer text.  File, session and list of one take turns row by row, so that other work on the machine meets all alike.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from public_tables import TABLES, split_table
from sklearn.datasets import load_breast_cancer

import trivet
from trivet.runtime.executors import graph_of, session_of
from trivet.runtime.specialist import Specialist

BAR = 1.5
ROWS = 200
DEMO_LIMITS = ("auroc >= 0.95", "coverage >= 0.85", "size <= 100 kB", "p99-latency <= 1 ms")
TREES = ("prepare-table", "fit-trees(trees=100)", "fit-temperature")
Model = tuple[str, Specialist, list[dict[str, Any]]]


def session_rows(data_dir: Path, seconds: float, rounds: int) -> list[dict[str, Any]]:
    """The figures of all models, in microseconds."""
    return [{"model": name, **compared(model, rows, rounds)} for name, model, rows in models(data_dir, seconds)]


def models(data_dir: Path, seconds: float) -> list[Model]:
    """(name, specialist, raw rows) of the demo's model, of Adult, and of 100 trees on Adult."""
    demo = clinic()
    found = [("demo", built(demo, "diagnosis", DEMO_LIMITS, seconds), without("diagnosis", demo))]
    adult = next(table for table in TABLES if table.name == "adult")
    with tempfile.TemporaryDirectory() as folder:
        train, test, target = split_table(adult, data_dir, Path(folder))
        limits = ("auroc >= 0.92", "size <= 200 kB")
        fitted = {
            "adult": built(str(train), target, limits, seconds),
            "100 trees": built(str(train), target, ("auroc >= 0.5",), seconds, steps=TREES),
        }
        rows = typed_rows(test, target, fitted["adult"])
    return [*found, *((name, model, rows) for name, model in fitted.items())]


def clinic() -> list[dict[str, Any]]:
    """The table of the demo, without the number of the patient."""
    table = load_breast_cancer()
    names = [name.replace(" ", "_") for name in table.feature_names]
    answers = [str(table.target_names[answer]) for answer in table.target]
    return [dict(zip(names, row)) | {"diagnosis": answer} for row, answer in zip(table.data.tolist(), answers)]


def built(data: Any, target: str, limits: Sequence[str], seconds: float, **more: Any) -> Specialist:
    """The compiled file; the nearest one where a busy machine keeps no limit on time."""
    found = trivet.compile(data, target=target, limits=list(limits), time=seconds, best_effort=True, **more)
    if isinstance(found, trivet.Infeasible):
        if found.file is None:
            sys.exit(f"no file for {target!r}: {found}")
        return Specialist.from_bytes(found.file.data)
    return found


def without(target: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: cell for name, cell in row.items() if name != target} for row in rows[:ROWS]]


def typed_rows(path: Path, target: str, model: Specialist) -> list[dict[str, Any]]:
    """Rows as a program would hold them: numbers as floats, texts, None for what is missing."""
    import csv

    types = dict(model.program.reader.fields)
    with path.open(newline="", encoding="utf-8") as source:
        rows = [row for _, row in zip(range(ROWS), csv.DictReader(source))]
    return [{name: typed(row[name].strip(), types[name]) for name in types if name != target} for row in rows]


def typed(cell: str, type_: str) -> Any:
    if cell in ("", "?"):
        return None
    return float(cell) if type_ == "number" else cell


def compared(model: Specialist, rows: list[dict[str, Any]], rounds: int) -> dict[str, Any]:
    """Medians of each round, and the ratio of file to session, which is what the bar is about."""
    program = model.program
    session = session_of(graph_of(program.stages, program.reader.flow.width).model())
    port = "probabilities" if "probabilities" in program.ports else "scores"
    ready = [{"numbers": program.read_rows([row]).numbers} for row in rows]
    ways: dict[str, Callable[[int], Any]] = {
        "file": lambda at: model.predict(rows[at]),
        "session": lambda at: session.run([port], ready[at]),
        "list_of_one": lambda at: model.predict([rows[at]]),
    }
    medians: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds + 1):
        taken: dict[str, list[int]] = {name: [] for name in ways}
        for at in [*range(len(rows))] * 5:
            for name, way in ways.items():
                start = time.perf_counter_ns()
                way(at)
                taken[name].append(time.perf_counter_ns() - start)
        for name, times in taken.items():
            medians[name].append(statistics.median(times) / 1000)
    told = {name: times[1:] for name, times in medians.items()}  # the first round warms up
    ratios = [one / other for one, other in zip(told["file"], told["session"])]
    return {
        "body": model.contents.parts["body"].kind,
        "columns": len(program.reader.names),
        **{f"{name}_us": statistics.median(times) for name, times in told.items()},
        "ratio": statistics.median(ratios),
        "lowest_ratio": min(ratios),
        "highest_ratio": max(ratios),
    }


def lines(rows: Sequence[dict[str, Any]]) -> list[str]:
    """The table as text."""
    head = f"{'one raw row':12}{'body':10}{'columns':>8}{'file us':>9}{'session us':>12}{'list us':>9}{'ratio':>7}"
    return [f"{head}   (lowest and highest of the rounds; bar {BAR})"] + [
        f"{row['model']:12}{row['body']:10}{row['columns']:8}{row['file_us']:9.1f}{row['session_us']:12.1f}"
        f"{row['list_of_one_us']:9.1f}{row['ratio']:7.2f}   ({row['lowest_ratio']:.2f} to {row['highest_ratio']:.2f})"
        for row in rows
    ]
