"""The Python call: the same recipe as the TOML file and the command line."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trivet.core.errors import BadUse
from trivet.core.limits import Limit
from trivet.core.recipe import AUTO, DataSpec, Recipe, parse_goal, parse_seed, parse_time
from trivet.core.registry import parse_limit, parse_step
from trivet.engine.compile import compile_recipe
from trivet.engine.outcome import Certified, Infeasible
from trivet.engine.progress import Progress
from trivet.storage.disk import Storage

from .specialist import Specialist


def compile(
    data: Any,
    *,
    target: str | int,
    limits: Sequence[str | Limit] = (),
    time: str | float = "5m",
    seed: int = 0,
    steps: str | Sequence[str] = "auto",
    types: Mapping[str, str] | None = None,
    weight: str | None = None,
    group: str | None = None,
    time_column: str | None = None,
    drop: Sequence[str] = (),
    goal: str = "auto",
    header: bool = True,
    strict: bool = False,
    out: str | Path | None = None,
    store: str | Path | None = None,
    threads: int = 1,
    progress: Progress | None = None,
    best_effort: bool = False,
) -> Specialist | Infeasible:
    """A specialist that keeps every limit, or an Infeasible that says why there is none.

    data: path, glob, SQL, pandas, polars or Arrow table, list of dicts, mapping of columns.
    limits: texts such as "auroc >= 0.92" or "size <= 200 kB".  time: budget, turned into work units once.
    out: where to write the `.trivet` file (never over an existing one).  store: folder that remembers finished steps,
    so that an interrupted call goes on where it stopped; without one, a temporary folder.
    best_effort: where nothing keeps every limit, the Infeasible brings the nearest file along, and `out` is written.
    Raises TrivetError for wrong input, before anything expensive.
    """
    is_named = isinstance(data, (str, Path))
    recipe = Recipe(
        data=DataSpec(
            source=str(data) if is_named else "", target=str(target), header=header, goal=parse_goal(goal),
            weight=weight, group=group, time=time_column, drop=tuple(drop), types=dict(types) if types else None,
        ),
        limits=tuple(parse_limit(limit) if isinstance(limit, str) else limit for limit in limits),
        steps=AUTO if steps == "auto" else tuple(str(parse_step(step)) for step in listed(steps)),
        seconds=parse_time(time), seed=parse_seed(seed), strict=strict,
    )  # fmt: skip
    outcome = run(
        recipe,
        None if is_named else data,
        out=out,
        store=store,
        threads=threads,
        progress=progress,
        best_effort=best_effort,
    )
    return outcome if isinstance(outcome, Infeasible) else Specialist.from_bytes(outcome.data)


def listed(steps: str | Sequence[str]) -> Sequence[str]:
    return (steps,) if isinstance(steps, str) else steps


def run(
    recipe: Recipe,
    source: Any = None,
    *,
    out: str | Path | None = None,
    store: str | Path | None = None,
    threads: int = 1,
    progress: Progress | None = None,
    overwrite: bool = False,
    best_effort: bool = False,
) -> Certified | Infeasible:
    """Compiles a recipe and writes the file; nothing is overwritten unless asked."""
    storage = Storage()
    if out is not None and Path(out).exists() and (not overwrite or Path(out).is_dir()):
        raise BadUse(
            "file-exists",
            wanted=f"to write the new file {str(out)!r}",
            found="a folder of that name" if Path(out).is_dir() else "a file of that name",
            do="choose another name, or say --force to replace a file",
        )
    if store is None:
        with tempfile.TemporaryDirectory(prefix="trivet-store-") as folder:
            outcome = compile_recipe(
                recipe, source, store=Path(folder), threads=threads, progress=progress, best_effort=best_effort
            )
    else:
        outcome = compile_recipe(
            recipe, source, store=Path(store), threads=threads, progress=progress, best_effort=best_effort
        )
    file = outcome.file if isinstance(outcome, Infeasible) else outcome
    if out is not None and file is not None:
        storage.publish(out, file.data, private=False, overwrite=overwrite)
    return outcome
