"""`trivet compile`: from a table and limits to a certified file."""

import argparse
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from trivet.cli.build_options import add_build_options, add_data_options, recipe_of
from trivet.cli.result import Result, table

if TYPE_CHECKING:
    from trivet.core.recipe import Recipe
    from trivet.engine.outcome import Certified, Infeasible, Judged

SUMMARY = "Build one file that keeps every limit, with proof, or say why there is none."
EXAMPLE = "trivet compile claims.csv --target fraud --limit 'auroc >= 0.92' --limit 'size <= 200 kB' --time 5m"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", help="a recipe (.toml), or data: path, glob or SQL")
    add_data_options(parser)
    add_build_options(parser)
    group = parser.add_argument_group("run")
    group.add_argument("--out", help="file to write (default: named after the source)")
    group.add_argument("--force", action="store_true", help="replace the file if it exists")
    group.add_argument("--store", help="folder that remembers finished steps (default: beside the file, *.build)")
    group.add_argument("--threads", type=at_least_one, help="worker processes; the result does not depend on it")
    group.add_argument("--dry-run", action="store_true", help="print the recipe that would run and its forecast")
    group.add_argument("--quiet", action="store_true", help="no progress")


def run(arguments: argparse.Namespace) -> Result:
    recipe = recipe_of(arguments)
    threads = usable_cores() if arguments.threads is None else arguments.threads
    if arguments.dry_run:
        return dry_run(recipe, threads)
    from trivet.engine.outcome import Infeasible
    from trivet.engine.progress import Progress
    from trivet.ship.api import run as compile_and_write
    from trivet.ship.terminal import TerminalProgress

    out = Path(arguments.out or default_out(arguments.source))
    progress = Progress() if arguments.quiet else TerminalProgress()
    outcome = compile_and_write(
        recipe,
        out=out,
        store=arguments.store or out.with_suffix(".build"),
        threads=threads,
        progress=progress,
        overwrite=arguments.force,
    )
    stages = progress.seconds_by_stage()
    if isinstance(outcome, Infeasible):
        return infeasible(outcome, stages)
    return certified(outcome, out, threads, stages)


def at_least_one(text: str) -> int:
    """A number of workers; argparse turns the refusal into ours."""
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is less than 1")
    return int(text)


def usable_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def default_out(source: str) -> str:
    """`claims.toml` and `data/claims.csv` give `claims.trivet`; SQL and globs give `specialist.trivet`."""
    stem = Path(source).stem
    is_name = stem and all(letter.isalnum() or letter in "-_." for letter in stem)
    return f"{stem if is_name else 'specialist'}.trivet"


def dry_run(recipe: "Recipe", threads: int) -> Result:
    from trivet.core.units import show_amount, show_duration
    from trivet.data.intake import look
    from trivet.engine.plan import make_plan

    task, n_rows = look(recipe)
    plan = make_plan(recipe, task, rows=n_rows, threads=threads)
    routes = [[route.name, " -> ".join(route.steps)] for route in plan.routes if route.is_starter]
    text = "\n".join(
        [
            str(recipe),
            f"# {n_rows} rows, {len(task.inputs)} columns: {task.goal} {task.answer.name!r} ({task.modality})",
            f"# forecast: about {show_duration(plan.seconds)}, {show_amount(plan.memory, 'B')} of memory, "
            f"at most {plan.units:g} work units",
            "# tried first:",
            table(routes, indent="#   "),
        ]
    )
    data = {
        "recipe": str(recipe),
        "rows": n_rows,
        "goal": task.goal,
        "modality": task.modality,
        "forecast": {"seconds": plan.seconds, "memory": plan.memory, "units": plan.units},
        "routes": [{"name": route.name, "steps": list(route.steps)} for route in plan.routes],
    }
    return Result(text=text, data=data)


def certified(outcome: "Certified", out: Path, threads: int, stages: dict[str, float]) -> Result:
    from trivet.core.units import show_amount, show_duration

    spent = show_duration(outcome.seconds)
    effort = f"{counted(outcome.candidates, 'candidate')}, {spent}, {counted(threads, 'worker')}"
    text = "\n".join(
        [
            f"  {tally(outcome.judged)}        ({effort})",
            verdict_table(outcome.judged),
            f"  written: {out} ({show_amount(len(outcome.data), 'B')})   body {outcome.body_digest[:16]}",
            f"  next: trivet show {out}   |   trivet report {out} --out {out.with_suffix('.html')}",
        ]
    )
    data = {
        "outcome": "CERTIFIED" if outcome.is_proven else "UNPROVEN",
        "out": str(out),
        "bytes": len(outcome.data),
        "digest": outcome.digest,
        "body_digest": outcome.body_digest,
        "route": outcome.route,
        "candidates": outcome.candidates,
        "seconds": outcome.seconds,
        "stages": stages,
        "limits": [{**one.as_json(), "reading": one.reading.as_json()} for one in outcome.judged],
        "readings": [reading.as_json() for reading in outcome.readings],
    }
    return Result(text=text, data=data)


def tally(judged: "tuple[Judged, ...]") -> str:
    """The verdicts in words: "4 limits hold, 0 unproven, 0 broken"."""
    count = Counter(str(one.verdict) for one in judged)
    hold = f"{counted(count['HOLDS'], 'limit')} hold{'s' if count['HOLDS'] == 1 else ''}"
    return f"{hold}, {count['UNPROVEN']} unproven, {count['BROKEN']} broken"


def counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"


def verdict_table(judged: "tuple[Judged, ...]") -> str:
    """One line for each limit: gauge, reading, limit, verdict, and the rows that a proof would take."""
    from trivet.engine.outcome import shown

    rows = []
    for one in judged:
        needed = f"  (about {one.rows_needed} certification rows would prove it)" if one.rows_needed else ""
        rows.append([one.limit.gauge, shown(one.reading), str(one.limit), f"{one.verdict}{needed}"])
    return table(rows) if rows else "  no limits were stated: nothing to prove"


def infeasible(outcome: "Infeasible", stages: dict[str, float]) -> Result:
    from trivet.engine.outcome import shown

    closest = [[reading.gauge, shown(reading), f"[{reading.how}]"] for reading in outcome.closest]
    text = f"{outcome}\n  the closest candidate ({outcome.route}):\n{table(closest, indent='    ')}"
    return Result(text=text, data={**outcome.as_json(), "stages": stages}, exit_code=3)
