"""The Python call: the same recipe as the TOML file and the command line."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from trivet.core.errors import BadUse
from trivet.core.limits import Limit
from trivet.core.recipe import Recipe
from trivet.data.intake import Intake
from trivet.engine.compile import compile_recipe
from trivet.engine.machine import parse_memory
from trivet.engine.outcome import Certified, Infeasible
from trivet.engine.progress import Progress
from trivet.storage.disk import Storage

from .arguments import recipe_of_call
from .notebook import progress_for
from .rerun import earlier_build, publish_finished
from .specialist import Specialist

Limits = str | Limit | Sequence[str | Limit] | Mapping[str, str | Sequence[str]]


def compile(
    data: Any,
    *,
    target: str | int,
    limits: Limits = (),
    aim: str | None = None,
    time: str | float = "5m",
    stop_when_proven: bool = False,
    seed: int = 0,
    steps: str | Sequence[str] = "auto",
    types: Mapping[str, str] | None = None,
    weight: str | None = None,
    group: str | None = None,
    time_column: str | None = None,
    roles: Mapping[str, str] | None = None,
    drop: str | Iterable[str] = (),
    goal: str = "auto",
    header: bool = True,
    strict: bool = False,
    accept: str | Iterable[str] = (),
    measure: str | Iterable[str] = (),
    sketch: bool = True,
    out: str | Path | None = None,
    force: bool = False,
    store: str | Path | None = None,
    threads: int = 1,
    progress: Progress | bool | None = None,
    best_effort: bool = False,
    memory: str | None = None,
    retry_failed: bool = False,
    state: str | Path | None = None,
) -> Specialist | Infeasible:
    """A specialist that keeps every limit, or an Infeasible that says why there is none.

    data: path, glob, SQL, pandas, polars or Arrow table, list of dicts, mapping of columns.
    limits: "auroc >= 0.92", several such texts, or {"auroc": ">= 0.92", "size": "<= 200 kB"}.
    weight, group, time_column, roles: columns with a part of their own, e.g. roles={"site": "clinic"}.
    aim: the gauge that the search improves once the limits are likely to hold, e.g. "auroc" or "size"; None: the first
    limited quality gauge, else the usual one for the task.  stop_when_proven: ends the search at the first candidate
    that will do.  measure: gauges to measure besides, without a limit, e.g. "brier".
    time: within which the build ends.  accept: findings of the data doctor that a strict build lets pass.
    sketch: whether the file can tell later which rows it was built on.
    out: where to write the `.trivet` file.  A file that is there is replaced when the same recipe made it from the same
    rows (a cell that runs again), or with force=True; any other is refused before anything is fitted.
    store: folder that remembers finished steps, so that an interrupted call goes on where it stopped; without one, a
    temporary folder.  best_effort: where nothing keeps every limit, the Infeasible brings the nearest file along, and
    `out` is written, marked BROKEN.  progress: None shows a bar in a notebook and nothing elsewhere, True a line on the
    terminal, False nothing.
    memory: that one step may take, such as "4 GB"; by default a share of the machine's.  retry_failed: also try again
    what failed in this store, though nothing has changed.
    state: folder of the register that counts how often each vault was opened; by default the user's own.
    Raises TrivetError for wrong input, all mistakes at once, before anything expensive.
    """
    given = {name: item for name, item in locals().items() if name != "data"}
    is_named = isinstance(data, (str, Path))
    recipe = recipe_of_call(str(data) if is_named else "", given)
    earlier = None if out is None or force else earlier_build(Path(out), recipe)
    watch = progress_for(progress)
    try:
        outcome = run(
            recipe, None if is_named else data, out=out, store=store, threads=int(threads), progress=watch,
            overwrite=force or earlier is not None, before=None if earlier is None else earlier.allow,
            best_effort=best_effort, memory=None if memory is None else parse_memory(memory), retry_failed=retry_failed,
            state=state,
        )  # fmt: skip
    except BaseException as error:  # also Ctrl-C: what is shown must not look as if the build went on
        watch.stop("interrupted" if isinstance(error, KeyboardInterrupt) else f"{type(error).__name__}")
        raise
    return outcome if isinstance(outcome, Infeasible) else Specialist.from_bytes(outcome.data, caps="large")


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
    before: Callable[[Intake], None] | None = None,
    memory: float | None = None,
    retry_failed: bool = False,
    state: str | Path | None = None,
) -> Certified | Infeasible:
    """Compiles a recipe and writes the file; nothing is overwritten unless asked.

    before: called with what was read, before anything is fitted; it may raise to end the build there.
    memory: bytes that one step may take.  retry_failed: see `engine.pool.Pool`.  state: see `compile_recipe`.
    """
    storage = Storage()
    if out is not None and Path(out).exists() and (not overwrite or Path(out).is_dir()):
        raise BadUse(
            "file-exists",
            wanted=f"to write the new file {str(out)!r}",
            found="a folder of that name" if Path(out).is_dir() else "a file of that name",
            do="choose another name, or say --force (in Python force=True) to replace a file",
        )
    with store_folder(store) as folder:
        outcome = compile_recipe(
            recipe, source, store=folder, threads=threads, progress=progress, best_effort=best_effort, before=before,
            memory=memory, retry_failed=retry_failed, state=state,
        )  # fmt: skip
    file = outcome.file if isinstance(outcome, Infeasible) else outcome
    if out is not None and file is not None:
        publish_finished(storage, Path(out), file.data, overwrite=overwrite)
    return outcome


@contextmanager
def store_folder(store: str | Path | None) -> Iterator[Path]:
    """The folder that remembers finished steps; without one, a temporary folder for the `with` block."""
    if store is not None:
        yield Path(store)
        return
    with tempfile.TemporaryDirectory(prefix="trivet-store-") as folder:
        yield Path(folder)
