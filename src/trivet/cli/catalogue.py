"""What is registered, as lists and pages, from the docstrings alone."""

import dataclasses
import inspect
import sys
from importlib.resources import files
from typing import Any

from trivet.core.errors import BadUse, nearest_names
from trivet.core.registry import find, homes
from trivet.core.text_form import doc_fields
from trivet.core.units import EXAMPLES

from .result import Result, table

KINDS = ("pass", "gauge", "domain")
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
    return f"{gauge.family}, {better} is better{', in ' + gauge.unit if gauge.unit else ''}"


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
        lines += [f"In a recipe: `{name} = \"{bound}\"`. On the command line: `--limit '{name} {bound}'`."]
    return "\n".join(lines).rstrip() + "\n"


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


def error_codes() -> list[str]:
    """Every error code that has a page."""
    folder = files("trivet.cli") / "errors"
    return sorted(page.name.removesuffix(".md") for page in folder.iterdir() if page.name.endswith(".md"))


def error_page(code: str) -> str:
    """The page of an error code in Markdown."""
    return (files("trivet.cli") / "errors" / f"{code}.md").read_text(encoding="utf-8")


def page_for(name: str) -> tuple[str, str]:
    """(kind, page) of whatever has this name; an unknown name is answered with the nearest ones."""
    for kind in KINDS:
        if name in homes(kind):
            return kind, page_of(kind, name)
    codes = error_codes()
    if name in codes:
        return "error", error_page(name)
    known = [*codes, *(one for kind in KINDS for one in homes(kind))]
    near = nearest_names(name, known)
    raise BadUse(
        "unknown-name",
        wanted="the name of a pass, gauge, domain or error code",
        found=repr(name),
        do="see `trivet passes` and `trivet gauges`" if near.startswith("known are") else near,
    )
