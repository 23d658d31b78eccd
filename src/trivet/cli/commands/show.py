"""`trivet show`: what a file is and what it claims."""

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from trivet.cli.opened_file import add_file, caps_in
from trivet.cli.result import Result, table

if TYPE_CHECKING:
    from trivet.core.reading import Reading

SUMMARY = "Show what a file answers, what it promises and what was measured."
EXAMPLE = "trivet show claims.trivet"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_file(parser)
    parser.add_argument(
        "--recipe", action="store_true", help="print the recipe with its lock: compiled again, it gives the same body"
    )


def run(arguments: argparse.Namespace) -> Result:
    from trivet.core.candidate import kinds_of
    from trivet.core.reading import reading_from_json
    from trivet.operate.beside import accounts_beside
    from trivet.runtime.file.caps import caps_of
    from trivet.runtime.file.container import read

    contents = read(arguments.file, caps=caps_of(caps_in(arguments)))
    manifest, evidence = contents.manifest, contents.evidence
    readings = [reading_from_json(data) for data in [*manifest["readings"], *evidence.get("readings", [])]]
    parts = {slot: str(kinds_of(contents.parts[slot])) for slot in in_order(contents.parts)}
    data: dict[str, Any] = {
        "file": arguments.file,
        "task": manifest["task"],
        "outcome": evidence.get("outcome"),
        "verdicts": evidence.get("verdicts", []),
        "look": evidence.get("look"),
        "why": evidence.get("why", ""),
        "alerts": manifest.get("alerts", []),
        "findings": manifest.get("doctor", []),
        "notices": [*manifest["data"].get("notices", []), *evidence.get("notices", [])],
        "readings": [reading.as_json() for reading in readings],
        "constant": manifest.get("constant"),
        "search": manifest["search"],
        "parts": parts,
        "digest": contents.digest,
        "body_digest": contents.body_digest,
        "recipe": manifest["recipe"],
        "beside": accounts_beside(arguments.file, contents),
    }
    if arguments.recipe:
        return Result(text=manifest["recipe"].rstrip(), data={"recipe": manifest["recipe"]})
    return Result(text=text_of(data, readings, evidence, manifest["build"]["libraries"]), data=data)


def text_of(
    data: dict[str, Any], readings: "list[Reading]", evidence: dict[str, Any], libraries: dict[str, str]
) -> str:
    """What a file is, what it promises, what was found, what was measured."""
    from trivet.core.units import show_amount
    from trivet.engine.course import sentence as sentence_of_search
    from trivet.engine.outcome import shown, shown_baseline
    from trivet.operate.beside import lines_in_short

    size = next((reading.value for reading in readings if reading.gauge == "size"), None)
    verdicts = [verdict_cells(verdict) for verdict in data["verdicts"]]
    from trivet.engine.question import question_of

    return "\n".join(
        [
            f"{data['file']}: {question_of(data['task'])}",
            *(["  BEST EFFORT: this file breaks a limit that was asked of it"] if data["outcome"] == "BROKEN" else []),
            *([f"  BUT the data has a finding that blocks: {', '.join(data['alerts'])}"] if data["alerts"] else []),
            table(verdicts) or "  no limits were stated: nothing to prove",
            *(f"  {line}" for line in lines_in_short(data["beside"])),
            *([f"  why this one: {data['why']}"] if data["why"] else []),
            f"  search: {sentence_of_search(data['search'])}",
            *(f"  {line}" for line in grave_lines(data["findings"])),
            *(f"  note: {notice}" for notice in data["notices"]),
            "measured on the vault and in a clean process, with intervals at 95 %:",
            table([[r.gauge, shown(r), shown_baseline(r), f"[{'; '.join((r.how, *r.notes))}]"] for r in readings]),
            "model: " + " -> ".join(f"{slot} {kinds}" for slot, kinds in data["parts"].items()),
            f"size {show_amount(size or 0, 'B')}   made {evidence.get('made', 'at an unknown time')} "
            f"by trivet {libraries.get('trivet', '?')}",
            f"body {data['body_digest']}",
        ]
    )


def verdict_cells(verdict: dict[str, Any]) -> list[str]:
    """Limit, verdict, the interval that decided it, and what else to say."""
    from trivet.core.reading import reading_from_json
    from trivet.engine.outcome import level_in_words, shown

    said = [level_in_words(verdict.get("build"), verdict["confidence"])] if "confidence" in verdict else []
    said += [verdict["note"]] if verdict.get("note") else []
    reading = shown(reading_from_json(verdict["reading"])) if "reading" in verdict else ""
    return [verdict["limit"], verdict["verdict"], reading, in_brackets("; ".join(said)).strip()]


def in_brackets(note: str) -> str:
    return f"  ({note})" if note else ""


def grave_lines(findings: list[dict[str, Any]]) -> list[str]:
    """One line for each finding that blocks or warns, the accepted ones marked."""
    return [
        f"{'accepted ' if found.get('accepted') else ''}{found['severity']}: "
        f"{found['code']}{'(' + found['column'] + ')' if found['column'] else ''}: {found['evidence']}"
        for found in findings
        if found["severity"] != "note"
    ]


def in_order(slots: Iterable[str]) -> list[str]:
    """The slots as a row passes through them."""
    order = ("reader", "features", "body", "scale", "guard", "decoder")
    return sorted(slots, key=lambda slot: (order.index(slot) if slot in order else len(order), slot))
