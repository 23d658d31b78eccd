"""Does a text beside numbers and categories pay?  Both against the table alone and the text alone, on the same vault.

    python bench/mixed.py [--data-dir ../shared/data]      # prints one table; some minutes on two cores

Real: COMPAS (two_year_recid from age, sex, priors ... and the words of the charge).  Made: a third of the truth each in
a number, a category and a note.  The same rows and splits for all; of each side the best starter on the choose rows is
shown, as a search would take it, with its reading on the vault.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir

os.environ.setdefault("OMP_NUM_THREADS", "1")  # read once by the libraries below, when they are first imported

import numpy as np

from trivet.core.candidate import Candidate, Work
from trivet.core.context import Context
from trivet.core.gauges import PLAIN, Trial
from trivet.core.passes import Size
from trivet.core.reading import Reading
from trivet.core.recipe import DataSpec, Recipe
from trivet.core.registry import domain_for, find_gauge, parse_step
from trivet.core.routes import Route
from trivet.core.rows import Dataset, Rows
from trivet.core.task import Task
from trivet.data.intake import Intake, take_in
from trivet.engine.routes import routes_for
from trivet.runtime.program import Program

COMPAS = (
    "sex", "age", "race", "juv_fel_count", "juv_misd_count", "juv_other_count", "priors_count", "c_charge_degree",
    "c_charge_desc", "two_year_recid",
)  # fmt: skip
ROUTES = ("linear", "trees", "net", "glass-box", "vote", "letters", "words")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, default=Path("../shared/data"))
    asked = parser.parse_args()
    print(f"{'data':8} {'columns':14} {'best':10} {'auroc on choose':>16} {'auroc on the vault':>30}")
    for name, intake in tables(asked.data_dir):
        for side in ("both", "table alone", "text alone"):
            route, choose, vault = best_of(intake, side)
            print(f"{name:8} {side:14} {route.name:10} {choose.value:16.4f} {shown(vault):>30}", flush=True)


def tables(folder: Path) -> Iterator[tuple[str, Intake]]:
    """The real table, if it is there, and the made one."""
    source = folder / "tables" / "compas.csv"
    if source.exists():
        columns = ", ".join(COMPAS)
        data = DataSpec(
            source=f"SELECT {columns} FROM '{source}'", target="two_year_recid", types={"c_charge_desc": "text"}
        )
        yield "compas", take_in(Recipe(data=data))
    else:
        print(f"{source} is missing: only the made table", file=sys.stderr)
    yield "made", take_in(Recipe(data=DataSpec(source="", target="state", types={"note": "text"})), made_table(5000))


def made_table(n: int) -> list[dict[str, object]]:
    """Age, ward and note each tell a third of the truth."""
    rng = np.random.default_rng(4)
    notes = (("all is well", "nothing to report", "feels fine"), ("in great pain", "it hurts", "worse than ever"))
    age, ward, worry = rng.normal(50, 15, n), rng.integers(0, 3, n), rng.integers(0, 2, n)
    strain = (age - 50) / 10 + np.array([-1.5, 0.0, 1.5])[ward] + np.where(worry, 1.5, -1.5) + rng.normal(0, 0.5, n)
    return [
        {
            "age": float(age[at]),
            "ward": "abc"[ward[at]],
            "note": f"{notes[worry[at]][rng.integers(3)]}, seen in room {rng.integers(300)} today",
            "state": "ill" if strain[at] > 0 else "well",
        }
        for at in range(n)
    ]


def best_of(intake: Intake, side: str) -> tuple[Route, Reading, Reading]:
    """The starter with the best AUROC on the choose rows, and its readings on choose and vault."""
    is_text = {"both": (True, False), "table alone": (False,), "text alone": (True,)}[side]
    kept = tuple(field for field in intake.task.inputs if (field.type == "text") in is_text)
    task = replace(intake.task, inputs=kept, modality=domain_for(kept))
    data, vault = intake.dataset, replace(intake.vault, fields=kept)
    data = Dataset(splits={name: replace(rows, fields=kept) for name, rows in data.splits.items()})
    routes, _ = routes_for(task, Size(rows=len(data.fit), columns=len(kept), scores=task.n_scores))
    found = []
    for route in routes:
        if route.is_starter and route.name in ROUTES:
            began, candidate = time.monotonic(), made(task, data, route)
            found.append((auroc(candidate, task, data.choose), route, candidate))
            print(f"  {side}, {route.name}: {time.monotonic() - began:.1f} s", file=sys.stderr)
    choose, route, candidate = max(found, key=lambda one: one[0].value)
    return route, choose, auroc(candidate, task, vault)


def made(task: Task, data: Dataset, route: Route) -> Candidate:
    work = Work(candidate=Candidate(task=task, parts={}), data=data)
    for step in route.steps:
        context = Context(rng=np.random.default_rng(0), seed=0, scratch=Path(gettempdir()))
        work = parse_step(step).run(work, context)
    return work.candidate


def auroc(candidate: Candidate, task: Task, rows: Rows) -> Reading:
    program = Program(candidate.parts)
    answers = program.answers(program.read(rows.raw()))
    return find_gauge("auroc").measure(Trial(task=task, rows=rows, answers={PLAIN: answers}))


def shown(reading: Reading) -> str:
    return f"{reading.value:.4f} ({reading.low:.4f} to {reading.high:.4f})"


if __name__ == "__main__":
    main()
