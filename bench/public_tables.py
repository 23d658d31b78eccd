"""The public tables that the benches use: where they are, what they answer, and fixed 70/30 splits (seed 0)."""

import csv
import random
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table of `--data-dir`.  target: column name, or "last" for header-less files.  drop: columns that leak.

    file: in the folder; or "package.module:function" of a table that comes with scikit-learn or statsmodels.
    """

    name: str
    file: str
    target: str
    header: bool = True
    goal: str = "auto"
    drop: tuple[str, ...] = ()


TABLES = (
    Table(name="adult", file="tables/adult-train.csv", target="last", header=False),
    Table(name="credit", file="tables/credit-default.csv", target="default payment"),
    Table(name="telco", file="tables/telco-churn.csv", target="Churn", drop=("customerID",)),
    Table(name="churn", file="tables/churn.csv", target="churn", drop=("rownames",)),
    Table(name="cells", file="tables/cells.csv", target="class", drop=("rownames", "case")),
    Table(name="phoneme", file="tables/phoneme.csv", target="last", header=False),
    Table(name="wine", file="tables/wine-white.csv", target="last", header=False, goal="regress"),
    Table(name="housing", file="tables/housing.csv", target="median_house_value"),
    Table(name="diamonds", file="tables/diamonds.csv", target="price", drop=("rownames",)),
    Table(name="cut", file="tables/diamonds.csv", target="cut", drop=("rownames",)),
)
MORE = (
    Table(name="pima", file="tables/pima.csv", target="last", header=False),
    Table(name="breast", file="sklearn.datasets:load_breast_cancer", target="target"),
    Table(name="digits", file="sklearn.datasets:load_digits", target="target", goal="classify"),
    Table(name="diabetes", file="sklearn.datasets:load_diabetes", target="target", goal="regress"),
    Table(name="marriage", file="statsmodels.datasets.fair:load_pandas", target="rate_marriage", goal="classify"),
    Table(name="vote", file="statsmodels.datasets.anes96:load_pandas", target="vote", drop=("popul",)),
)
"""Tables that need less: small ones, and those inside libraries of the tests."""


def find_data_dir(path: str) -> Path:
    """The folder with the tables; ends the bench with a clear sentence when it is missing."""
    folder = Path(path)
    if not (folder / "tables").is_dir():
        sys.exit(f"no tables in {folder}: give --data-dir, a folder with tables/*.csv (see bench/README.md)")
    return folder


def split_table(table: Table, data_dir: Path, out: Path, *, most: int | None = None) -> tuple[Path, Path, str]:
    """(compile rows, fresh rows, target): 70/30 by a shuffle with seed 0, written under `out`, header and all.

    Plain, not stratified: 1,400 rows and more per part keep the class shares within a point or two.
    most: compile rows at most; what is over is fresh.
    """
    head, rows = head_and_rows(table, data_dir)
    target = head[-1] if table.target == "last" else table.target
    keep = [at for at, name in enumerate(head) if name not in table.drop]
    random.Random(0).shuffle(rows)
    cut = min(int(0.7 * len(rows)), most or len(rows))
    paths = (out / f"{table.name}-compile.csv", out / f"{table.name}-fresh.csv")
    out.mkdir(parents=True, exist_ok=True)
    for path, part in zip(paths, (rows[:cut], rows[cut:])):
        with path.open("w", newline="", encoding="utf-8") as sink:
            csv.writer(sink).writerows([[row[at] for at in keep] for row in [head, *part]])
    return (*paths, target)


def head_and_rows(table: Table, data_dir: Path) -> tuple[list[str], list[list[Any]]]:
    """Names of the columns, and the cells of each row."""
    module, _, function = table.file.partition(":")
    if function:
        wanted = {"as_frame": True} if module.startswith("sklearn") else {}
        found = getattr(import_module(module), function)(**wanted)
        frame = found.frame if wanted else found.data
        return list(map(str, frame.columns)), frame.values.tolist()
    with (data_dir / table.file).open(newline="", encoding="utf-8") as source:
        rows = [row for row in csv.reader(source, skipinitialspace=True) if row]
    return (rows.pop(0) if table.header else [f"c{at + 1}" for at in range(len(rows[0]))]), rows
