"""Whole builds without child processes, for benches that need thousands of them.

Everything is as in any build but where it runs: passes and the judge's questions run in this process.  So costs are
not what a user's process would see, and no bench may limit them that builds so.  Left out is what only adds words to a
file: which columns matter, and which answers are probably wrong.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import trivet.engine.pool
import trivet.engine.prepare
from trivet.data.doctor.checks.label_errors import LabelErrors
from trivet.engine.keys import Keys
from trivet.engine.steps import Steps
from trivet.engine.worker import Desk, answer
from trivet.engine.worker_process import result_of
from trivet.runtime.probes import PROBES
from trivet.runtime.probes.clean import main as clean_main

ASKERS = ("trivet.engine.judge", "trivet.engine.costs")  # that start clean processes; the first version has the judge

FRESH = "trivet.data.fresh_rows"
KEYS = Keys()  # what code steps are made of is read once for all builds: nobody edits it meanwhile


class WorkerHere:
    """Stands for a worker process; jobs and answers pass through JSON all the same."""

    def __init__(self, folder: Path) -> None:
        self.desk = Desk(folder)

    def ask(self, job: dict[str, Any], **caps: Any) -> dict[str, Any]:
        """The answer to a job; its time and memory are not watched."""
        del caps
        reply = json.loads(json.dumps(answer(self.desk, json.loads(json.dumps({**job, "budget": {}})))))
        return result_of(reply, job.get("did", job["do"]))

    def stop(self) -> None:
        """There is no process to end."""


def probe_here(arguments: Sequence[str]) -> None:
    """What the clean process does, here, with fewest repetitions of what only costs read."""
    few = [f"{word.partition('=')[0]}=2" if word.partition("=")[0] in PROBES else word for word in arguments]
    line = list(sys.meta_path)
    try:
        clean_main(few)
    finally:
        sys.meta_path[:] = line  # without its guard, which would keep the next step from importing


@contextmanager
def in_this_process() -> Iterator[None]:
    """Builds within the `with` block start no process."""
    changed: list[tuple[Any, str, Any]] = [(trivet.engine.pool, "Worker", WorkerHere)]
    changed += [(trivet.engine.prepare, "machine_speed", cache(trivet.engine.prepare.machine_speed))]
    changed += [(Steps, "importance", lambda *_: []), (LabelErrors, "check", lambda *_: iter(()))]
    changed += [(trivet.engine.pool.Pool, "map", lambda _, work, things: [work(thing) for thing in things])]
    changed += [(Keys, "__init__", lambda self: self.__dict__.update(vars(KEYS)))]
    changed += [(import_module(name), "run_probe", probe_here) for name in ASKERS if find_spec(name)]
    kept: list[Callable[..., Any]] = [getattr(module, name) for module, name, _ in changed]
    for module, name, stand_in in changed:
        setattr(module, name, stand_in)
    try:
        yield
    finally:
        for (module, name, _), was in zip(changed, kept):
            setattr(module, name, was)


def fresh_rows_of_any_version() -> Callable[..., Any]:
    """`fresh_rows`, which lay elsewhere in the first version: some benches build with both."""
    found: Callable[..., Any] = import_module(FRESH if find_spec(FRESH) else "trivet.ship.fresh_rows").fresh_rows
    return found
