"""What is registered, as lists and pages, from the docstrings alone."""

import dataclasses
import inspect
import re
import sys
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from trivet.core.errors import BadUse, nearest_names
from trivet.core.registry import find, homes
from trivet.core.text_form import doc_fields
from trivet.core.units import EXAMPLES

from .result import Result, table

KINDS = ("pass", "gauge", "domain")
TEXTS = {"errors": "error", "findings": "finding", "words": "word"}  # folders of written pages, and their kind
_LABELS = ("Helps", "Costs", "Needs", "Better", "Interval", "Source")


def catalogue(kind: str, plural: str) -> Result:
    """Every registered thing of one kind: name, what it helps or which way is better, one sentence."""
    rows, data = [], []
    for name in homes(kind):
        doc = doc_of(kind, name)
        thing = find(kind, name)
        labels = doc_fields(doc, _LABELS)
        short = ", ".join(thing.helps) if kind == "pass" else gauge_in_short(thing)
        rows.append([name, short, first_sentence(doc)])
        data.append({"name": name, "sentence": first_sentence(doc), **{k.lower(): v for k, v in labels.items()}})
    text = table(rows) + "\n\nnext: trivet explain NAME"
    return Result(text=text, data={plural: data})


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
    """The page of a pass, gauge or domain in Markdown: what it is, what it helps and costs, parameters, source."""
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
    """Every page that lies in one of the folders "errors", "findings" and "words", by name."""
    there = (files("trivet.cli") / folder).iterdir()
    return sorted(page.name.removesuffix(".md") for page in there if page.name.endswith(".md"))


def page_in(folder: str, name: str) -> str:
    """A page of these folders in Markdown."""
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
    wanted = "the name of a pass, gauge, domain, command, finding or error code, or a word that trivet prints"
    return BadUse("unknown-name", wanted=wanted, found=repr(text), do=do)
