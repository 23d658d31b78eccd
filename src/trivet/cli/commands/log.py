"""`trivet log`: the story of a build folder."""

import argparse
from typing import Any

from trivet.cli.result import Result, table

SUMMARY = "Tell what a build did: every step with its seconds, what failed and why, and who looked into the vault."
EXAMPLE = "trivet log claims.build --failed --traceback"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("build", help="the folder of a build: beside the file, named *.build, or what --store said")
    parser.add_argument("--failed", action="store_true", help="only what failed")
    parser.add_argument("--step", metavar="NAME", help="only steps with this in their text, such as fit-trees or auroc")
    parser.add_argument("--entry", type=int, metavar="NUMBER", help="only this entry, with everything that is known")
    parser.add_argument("--traceback", action="store_true", help="with tracebacks, and what the steps printed last")


def run(arguments: argparse.Namespace) -> Result:
    from trivet.engine.story import story_of

    story = story_of(arguments.build)
    entries = [entry for entry in story if is_asked(entry, arguments)]
    is_full = arguments.traceback or arguments.entry is not None
    failed = sum(entry["outcome"] == "failed" for entry in story)
    done = sum(entry["outcome"] == "done" for entry in story)
    opened = sum(entry["what"] == "vault-opened" for entry in story)
    lines = [
        f"{arguments.build}: {done} steps done, {failed} failed, the vault was opened {opened} times",
        table([row_of(entry) for entry in entries]) or "  no such entry",
        *(line for entry in entries if is_full for line in details(entry)),
    ]
    if failed and not is_full:
        lines.append(f"  next: trivet log {arguments.build} --failed --traceback")
    data = {"build": arguments.build, "done": done, "failed": failed, "vault_openings": opened, "entries": entries}
    return Result(text="\n".join(lines), data=data)


def is_asked(entry: dict[str, Any], arguments: argparse.Namespace) -> bool:
    if arguments.entry is not None:
        return bool(entry["number"] == arguments.entry)
    if arguments.failed and entry["outcome"] != "failed":
        return False
    return arguments.step is None or arguments.step in entry["what"]


def row_of(entry: dict[str, Any]) -> list[str]:
    from trivet.core.units import show_duration

    seconds = "" if entry["seconds"] is None else show_duration(entry["seconds"])
    why = [part for part in (entry["why"], *entry["notes"]) if part]
    return [str(entry["number"]), entry["what"], entry["outcome"], seconds, "; ".join(why)]


def details(entry: dict[str, Any]) -> list[str]:
    """The traceback and the last words of one entry, where it has any."""
    lines = []
    for name, title in (("traceback", "the error"), ("stderr", "what its process wrote last")):
        if entry[name]:
            text = entry[name].rstrip().replace("\n", "\n    ")
            lines.append(f"\n  {entry['number']}  {entry['what']}, {title}:\n    {text}")
    return lines
