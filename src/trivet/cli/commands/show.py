"""`trivet show`: what a file is and what it claims."""

import argparse
from typing import Any

from trivet.cli.result import Result, table

SUMMARY = "Show what a file answers, what it promises and what was measured."
EXAMPLE = "trivet show claims.trivet"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="a .trivet file")


def run(arguments: argparse.Namespace) -> Result:
    from trivet.core.candidate import SLOTS, kinds_of
    from trivet.core.reading import reading_from_json
    from trivet.core.units import show_amount
    from trivet.engine.outcome import shown
    from trivet.runtime.container import read

    contents = read(arguments.file)
    manifest, evidence = contents.manifest, contents.evidence
    task = manifest["task"]
    readings = [reading_from_json(data) for data in [*manifest["readings"], *evidence.get("readings", [])]]
    parts = {slot: kinds_of(contents.parts[slot]) for slot in SLOTS if slot in contents.parts}
    size = next((reading.value for reading in readings if reading.gauge == "size"), None)
    text = "\n".join(
        [
            f"{arguments.file}: {sentence(task)}",
            table([[v["limit"], v["verdict"]] for v in manifest["verdicts"]]) or "  no limits",
            "measured on the vault and in a clean process:",
            table([[r.gauge, shown(r), f"[{r.how}]"] for r in readings]),
            "model: " + " -> ".join(f"{slot} {kinds}" for slot, kinds in parts.items()),
            f"size {show_amount(size or 0, 'B')}   made {evidence.get('made', 'at an unknown time')} "
            f"by trivet {manifest['build']['libraries'].get('trivet', '?')}",
            f"body {contents.body_digest}",
        ]
    )
    data: dict[str, Any] = {
        "file": arguments.file,
        "task": task,
        "verdicts": manifest["verdicts"],
        "readings": [reading.as_json() for reading in readings],
        "parts": parts,
        "digest": contents.digest,
        "body_digest": contents.body_digest,
        "recipe": manifest["recipe"],
    }
    return Result(text=text, data=data)


def sentence(task: dict[str, Any]) -> str:
    name, count = task["answer"][0], len(task["inputs"])
    inputs = f"{count} column{'s' if count != 1 else ''}"
    if task["goal"] == "regress":
        return f"answers the number {name!r} from {inputs}"
    classes = task["classes"]
    few = ", ".join(classes[:6]) + (", ..." if len(classes) > 6 else "")
    return f"answers {name!r} ({few}) from {inputs}"
