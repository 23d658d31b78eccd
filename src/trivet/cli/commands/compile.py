"""`trivet compile`: from a table and limits to a certified file."""

import argparse
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trivet.cli.build_options import add_build_options, add_data_options, recipe_of
from trivet.cli.result import Result, table

if TYPE_CHECKING:
    from trivet.core.recipe import Recipe
    from trivet.engine.outcome import Certified, Infeasible, Judged, Told

SUMMARY = "Build one file that keeps every limit, with proof, or say why there is none."
UNPROVEN = 5  # the exit code of a file that is not proven to keep every limit
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
    group.add_argument(
        "--memory", metavar="AMOUNT", help="that one step may take, such as '4 GB' (default: a share of the machine's)"
    )
    group.add_argument(
        "--retry-failed", action="store_true", help="try again what failed in this folder, though nothing has changed"
    )
    group.add_argument("--state", metavar="DIR", help="folder that counts the openings of vaults (default: yours)")
    group.add_argument(
        "--best-effort",
        action="store_true",
        help="where nothing keeps every limit, write the nearest file, marked BROKEN",
    )
    group.add_argument("--dry-run", action="store_true", help="print the recipe that would run and its forecast")
    group.add_argument("--quiet", action="store_true", help="no progress")


def run(arguments: argparse.Namespace) -> Result:
    recipe = recipe_of(arguments)
    threads = usable_cores() if arguments.threads is None else arguments.threads
    if arguments.dry_run:
        return dry_run(recipe, threads)
    from trivet.engine.machine import parse_memory
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
        best_effort=arguments.best_effort,
        memory=None if arguments.memory is None else parse_memory(arguments.memory),
        retry_failed=arguments.retry_failed,
        state=arguments.state,
    )
    stages = progress.seconds_by_stage()
    if isinstance(outcome, Infeasible):
        return infeasible(outcome, out, stages)
    return certified_result(outcome, out, threads, stages)


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
    """Everything that a build does before its first fit, and its forecast; refuses what a build would refuse."""
    from trivet.core.units import show_amount, show_duration
    from trivet.engine.outcome import Infeasible
    from trivet.engine.prepare import prepare

    prepared = prepare(recipe, threads=threads)
    if isinstance(prepared, Infeasible):
        return infeasible(prepared, None, {})
    if prepared.refusal is not None:
        return infeasible(prepared.refusal, None, {})
    plan, task, rows, told = prepared.plan, prepared.plan.task, prepared.intake.n_rows, prepared.told
    ends = "; the search ends at the first candidate that will do" if recipe.stop_when_proven else ""
    routes = [[route.name, " -> ".join(route.steps)] for route in plan.routes if route.is_starter]
    text = "\n".join(
        [
            str(recipe),
            f"# {rows} rows, {len(task.inputs)} columns: {task.goal} {task.answer.name!r} ({task.modality})",
            f"# forecast: about {show_duration(plan.seconds)} on this machine as busy as it is now, "
            f"{show_amount(plan.memory, 'B')} of memory, at most {plan.units:g} work units",
            *(f"# {line}" for line in told_lines(told)),
            f"# aim: {plan.aim}, among candidates that are likely to keep every limit{ends}",
            "# tried first:",
            table(routes, indent="#   "),
        ]
    )
    data = {
        "recipe": str(recipe),
        "rows": rows,
        "goal": task.goal,
        "modality": task.modality,
        "aim": plan.aim,
        "forecast": {"seconds": plan.seconds, "memory": plan.memory, "units": plan.units},
        "routes": [{"name": route.name, "steps": list(route.steps)} for route in plan.routes],
        **told.as_json(),
    }
    return Result(text=text, data=data)


def certified_result(outcome: "Certified", out: Path, threads: int, stages: dict[str, float]) -> Result:
    from trivet.core.units import show_amount, show_duration
    from trivet.engine.course import sentence

    spent = show_duration(outcome.seconds)
    effort = f"{count_of(outcome.candidates, 'candidate')}, {spent}, {count_of(threads, 'worker')}"
    text = "\n".join(
        [
            f"  {tally(outcome.judged)}{alarm(outcome.told)}        ({effort})",
            verdict_table(outcome.judged) or main_reading(outcome),
            f"  why this one: {outcome.why}",
            f"  search: {sentence(outcome.search)}",
            *(f"  {line}" for line in (*grave_lines(outcome.told), *failed_lines(outcome.told))),
            f"  written: {out} ({show_amount(len(outcome.data), 'B')})   body {outcome.body_digest[:16]}",
            f"  next: trivet show {out}   |   trivet report {out} --out {out.with_suffix('.html')}",
        ]
    )
    data = {**file_data(outcome, out), "stages": stages}
    return Result(text=text, data=data, exit_code=0 if outcome.is_proven else UNPROVEN)


def file_data(outcome: "Certified", out: Path) -> dict[str, Any]:
    """What `--json` says of a file that was written."""
    return {
        "outcome": outcome.outcome,
        "out": str(out),
        "bytes": len(outcome.data),
        "digest": outcome.digest,
        "body_digest": outcome.body_digest,
        "route": outcome.route,
        "why": outcome.why,
        "candidates": outcome.candidates,
        "seconds": outcome.seconds,
        "main": outcome.main,
        "search": dict(outcome.search),
        "constant": dict(outcome.constant),
        "build": outcome.look.build,
        "finalist": outcome.look.finalist + 1,
        "limits": [one.as_json() for one in outcome.judged],
        "readings": [reading.as_json() for reading in outcome.readings],
        **outcome.told.as_json(),
    }


def tally(judged: "tuple[Judged, ...]") -> str:
    """The verdicts in words: "4 limits hold, 0 unproven, 0 broken"."""
    if not judged:
        return "no limits were stated: nothing to prove"
    count = Counter(str(one.verdict) for one in judged)
    hold = f"{count_of(count['HOLDS'], 'limit')} hold{'s' if count['HOLDS'] == 1 else ''}"
    return f"{hold}, {count['UNPROVEN']} unproven, {count['BROKEN']} broken"


def alarm(told: "Told") -> str:
    """What the line of verdicts says of findings that block."""
    return f"; BUT the data has a finding that blocks: {', '.join(told.alerts)}" if told.alerts else ""


def count_of(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"


def verdict_table(judged: "tuple[Judged, ...]") -> str:
    """One line for each limit: gauge, reading, the constant answer's value, limit, verdict, what else to say."""
    from trivet.engine.outcome import shown, shown_baseline

    rows = []
    for one in judged:
        said = [one.level, *([one.note] if one.note else [])]
        note = f"  ({'; '.join(said)})"
        rows.append(
            [one.limit.gauge, shown(one.reading), shown_baseline(one.reading), str(one.limit), f"{one.verdict}{note}"]
        )
    return table(rows)


def main_reading(outcome: "Certified") -> str:
    """The main gauge of a file without limits, beside the constant answer."""
    from trivet.engine.outcome import shown, shown_baseline

    main = [reading for reading in outcome.readings if reading.gauge == outcome.main]
    return table([[reading.gauge, shown(reading), shown_baseline(reading)] for reading in main])


def grave_lines(told: "Told") -> list[str]:
    """One line for each finding that blocks or warns."""
    return [f"{finding.severity}: {finding.label}: {finding.evidence}" for finding in told.grave]


def failed_lines(told: "Told") -> list[str]:
    """Which steps failed, if any did."""
    return [f"note: {told.failed}"] if told.failed else []


def told_lines(told: "Told") -> list[str]:
    """Findings and notices, a line each."""
    return [*grave_lines(told), *told.notices]


def infeasible(outcome: "Infeasible", out: Path | None, stages: dict[str, float]) -> Result:
    from trivet.engine.outcome import shown, shown_baseline

    lines = [str(outcome)]
    if outcome.closest:
        closest = [[r.gauge, shown(r), shown_baseline(r), f"[{r.how}]"] for r in outcome.closest]
        lines += [f"  the closest candidate ({outcome.route}):", table(closest, indent="    ")]
    lines += [f"  {line}" for line in (*grave_lines(outcome.told), *failed_lines(outcome.told))]
    data = {**outcome.as_json(), "stages": stages}
    if outcome.file is not None and out is not None:
        lines += best_effort_lines(outcome.file, out)
        data["best_effort"] = file_data(outcome.file, out)
    return Result(text="\n".join(lines), data=data, exit_code=3)


def best_effort_lines(file: "Certified", out: Path) -> list[str]:
    """The file that was written although it does not keep every limit."""
    return [
        f"  BEST EFFORT, {file.outcome}: {tally(file.judged)}",
        verdict_table(file.judged),
        f"  written all the same, and marked so: {out}",
    ]
