"""What is registered, as lists and pages, from the docstrings alone."""

import dataclasses
import inspect
import re
import sys
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from trivet.core.errors import BadUse, nearest_names
from trivet.core.registry import FOLDERS, find, homes, left_out, places, usable, why_unusable
from trivet.core.text_form import doc_fields
from trivet.core.units import EXAMPLES

from .result import Result, table

KINDS = {
    "pass": "passes",
    "gauge": "gauges",
    "goal": "goals",
    "domain": "domains",
    "exporter": "exports",
    "explainer": "explainers",
}
"""What `trivet explain` has a page for, and the folder of docs/ that holds the pages.

The checks of the doctor are explained by their findings, the sections of a report by the report.
"""
TEXTS = {"errors": "error", "findings": "finding", "words": "word"}  # folders of written pages, and their kind
_LABELS = ("Helps", "Costs", "Needs", "Better", "Interval", "Suits", "Source")


def catalogue(kind: str) -> Result:
    """Every registered thing of one kind: name, what it helps or which way is better, one sentence, whose it is."""
    rows, data = [], []
    for name, thing in usable(kind).items():
        doc, whose = doc_of(kind, name), places(kind)[name].distribution
        labels = doc_fields(doc, _LABELS)
        short = ", ".join(thing.helps) if kind == "pass" else gauge_in_short(thing) if kind == "gauge" else ""
        rows.append([name, short, first_sentence(doc) + (f"  [{whose}]" if whose else "")])
        facts = {"name": name, "sentence": first_sentence(doc), "distribution": whose or "trivet"}
        data.append({**facts, **{k.lower(): v for k, v in labels.items()}})
    gone = left_out(kind)
    lines = [table(rows), *(f"  {told}" for told in gone), "", "next: trivet explain NAME"]
    return Result(text="\n".join(lines), data={KINDS[kind]: data, "left_out": list(gone)})


def of_others() -> Result:
    """What other distributions register, of every kind, and what of it cannot be had."""
    known = [(kind, name, home) for kind in FOLDERS for name, home in places(kind).items() if home.distribution]
    data = [
        {
            "kind": kind,
            "name": name,
            "distribution": home.distribution,
            "module": home.module,
            "failed": why_unusable(kind, name),
        }
        for kind, name, home in known
    ]
    rows = [[d["kind"], d["name"], d["distribution"], f"FAILED: {d['failed']}" if d["failed"] else ""] for d in data]
    nothing = "  no other distribution registers anything; `trivet new KIND NAME` writes one"
    return Result(text=table(rows) or nothing, data={"plugins": data})


def gauge_in_short(gauge: Any) -> str:
    better = "higher" if gauge.better == ">=" else "lower"
    own = ", ".join(field.name for field in dataclasses.fields(gauge))
    unit = f", in {gauge.unit}" if gauge.unit else ""
    return f"{gauge.family}, {better} is better{unit}{f'; parameters: {own}' if own else ''}"


def doc_of(kind: str, name: str) -> str:
    """The docstring of the module that holds the thing."""
    return inspect.getdoc(sys.modules[find(kind, name).__module__]) or ""


def first_sentence(doc: str) -> str:
    return doc.partition("\n\n")[0].replace("\n", " ").strip()


def page_of(kind: str, name: str) -> str:
    """The page of a registered thing in Markdown: what it is, what it helps and costs, parameters, source."""
    thing, doc = find(kind, name), doc_of(kind, name)
    lines = [f"# {name}", "", f"*{kind}*", "", doc.strip(), ""]
    if kind == "pass":
        lines += parameter_lines(thing)
    if kind == "gauge":
        bound = f"{thing.better} {EXAMPLES.get(thing.unit, '5 ' + thing.unit)}"
        lines += [f"Unit: {thing.unit or 'none'}. Family: {thing.family}.", ""]
        lines += [*default_lines(thing), ""] if dataclasses.fields(thing) else []
        lines += [f"In a recipe: `{name} = \"{bound}\"`. On the command line: `--limit '{name} {bound}'`."]
        lines += [f'Or: `"{text}" = "{bound}"`, `--limit \'{text} {bound}\'`.' for text in thing.examples]
    return "\n".join(lines).rstrip() + "\n"


def default_lines(thing: Any) -> list[str]:
    """The parameters of a gauge with their defaults."""
    lines = ["| parameter | default |", "|---|---|"]
    return lines + [f"| `{field.name}` | `{field.default!r}` |" for field in dataclasses.fields(thing)]


def parameter_lines(thing: Any) -> list[str]:
    """The parameters with defaults and what a search may vary."""
    fields = dataclasses.fields(thing)
    if not fields:
        return ["No parameters."]
    ranges = thing().ranges()
    lines = ["| parameter | default | a search may try |", "|---|---|---|"]
    for field in fields:
        reach = ranges.get(field.name)
        tried = "-" if reach is None else ", ".join(map(str, reach.among)) or f"{reach.low:g} to {reach.high:g}"
        lines.append(f"| `{field.name}` | `{field.default!r}` | {tried} |")
    return lines


def names_in(folder: str) -> list[str]:
    """Every page of "errors", "findings" (which the checks of the doctor bring) or "words", by name."""
    if folder == "findings":
        from trivet.data.doctor.examiner import known_codes

        return list(known_codes())
    there = (files("trivet.cli") / folder).iterdir()
    return sorted(page.name.removesuffix(".md") for page in there if page.name.endswith(".md"))


def page_in(folder: str, name: str) -> str:
    """A page of these folders in Markdown."""
    if folder == "findings":
        from trivet.data.doctor.examiner import finding_page

        return finding_page(name)
    return (files("trivet.cli") / folder / f"{name}.md").read_text(encoding="utf-8")


def error_codes() -> list[str]:
    """Every error code that has a page."""
    return names_in("errors")


def error_page(code: str) -> str:
    """The page of an error code in Markdown."""
    return page_in("errors", code)


def command_help(name: str) -> str:
    """What `trivet NAME --help` prints, of one width everywhere."""
    from .main import parser

    return parser().command_helps()[name]


def known_names() -> dict[str, str]:
    """{name: kind} of everything that `trivet explain` knows; a name means one thing."""
    from .main import command_names

    found = dict.fromkeys(command_names(), "command")
    for folder, kind in TEXTS.items():
        found |= dict.fromkeys(names_in(folder), kind)
    for kind in KINDS:
        found |= dict.fromkeys(homes(kind), kind)
    return found


def page_for(text: str) -> tuple[str, str, str]:
    """(name, kind, page) of whatever is called so; an unknown name is answered with the nearest of all.

    text: as it was printed somewhere, e.g. "AUROC", "NOT FRESH", "error[limit-unit]" or "target-copy(salary)".
    """
    name, known = plain_name(text), known_names()
    kind = known.get(name)
    if kind is None:
        raise unknown_name(text, name, known)
    if kind == "command":
        return name, kind, command_help(name)
    folders = {kind: folder for folder, kind in TEXTS.items()}
    return name, kind, page_in(folders[kind], name) if kind in folders else page_of(kind, name)


def plain_name(text: str) -> str:
    """The name in a text that was copied from the screen.

    >>> plain_name("error[limit-unit]:"), plain_name("target-copy(salary)"), plain_name("NOT FRESH")
    ('limit-unit', 'target-copy', 'not-fresh')
    """
    inside = re.search(r"error\[([\w-]+)\]", text)
    bare = inside[1] if inside else text.partition("(")[0]
    return re.sub(r"[\s_]+", "-", bare.strip(" .,:;'\"`")).lower()


def unknown_name(text: str, name: str, known: Iterable[str]) -> BadUse:
    near = nearest_names(name, known)
    do = "see `trivet passes`, `trivet gauges` and `trivet --help`" if near.startswith("known are") else near
    wanted = "the name of a pass, gauge, domain, goal, command, finding or error code, or a word that trivet prints"
    return BadUse("unknown-name", wanted=wanted, found=repr(text), do=do)
