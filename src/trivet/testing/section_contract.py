"""What every section of a report must keep, on made files."""

import json
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

from trivet.core.sections import FileFacts, Section

from .documented import file_breaches
from .sample_manifest import EVIDENCE, MANIFEST

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
_KEPT = ("gauge", "must", "unit", "limit", "verdict", "goal", "modality", "link", "severity", "outcome")


def check_section(section: Section) -> list[str]:
    """The laws that the section breaks, as sentences; empty when it keeps them all."""
    breaches = list(file_breaches(section, section.name))
    whole = FileFacts(manifest=MANIFEST, evidence=EVIDENCE, digest="0" * 64, size_bytes=1000)
    spoilt = FileFacts(
        manifest=with_text(MANIFEST, HOSTILE), evidence=with_text(EVIDENCE, HOSTILE), digest="0" * 64, size_bytes=1000
    )
    for what, file in (("a whole file", whole), ("an empty file", FileFacts(manifest={}, evidence={}))):
        breaches += [f"{what}: {breach}" for breach in behaves(section, file)]
    breaches += [f"hostile text: {breach}" for breach in harmless(section, spoilt)]
    return [f"{section.name}: {breach}" for breach in breaches]


def behaves(section: Section, file: FileFacts) -> Iterator[str]:
    """The same is made again, it is JSON, and JSON is shown as well as what was made."""
    before = json.dumps([file.manifest, file.evidence])
    made = section.make(file)
    if made is None:
        return
    text = json.dumps(made, allow_nan=False)
    if json.dumps(section.make(file), allow_nan=False) != text:
        yield "it makes something else the second time"
    if json.dumps([file.manifest, file.evidence]) != before:
        yield "it changes the file's facts"
    if section.show(made) != section.show(json.loads(text)):
        yield "it shows something else once its JSON was written and read"


def harmless(section: Section, file: FileFacts) -> Iterator[str]:
    """Text of the data stays text."""
    made = section.make(file)
    page = Tags(section.show(made)) if made is not None else Tags("")
    if wrong := {"script", "img", "iframe", "link", "base", "form", "object"} & page.tags:
        yield f"it writes elements that must not be there: {', '.join(sorted(wrong))}"
    if wrong := {name for name in page.attributes if name.startswith("on")}:
        yield f"it writes attributes that run something: {', '.join(sorted(wrong))}"


class Tags(HTMLParser):
    """The elements and attributes of some HTML."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def with_text(thing: Any, text: str) -> Any:
    """The same with every text of the data replaced."""
    if isinstance(thing, Mapping):
        return {key: found if key in _KEPT else with_text(found, text) for key, found in thing.items()}
    if isinstance(thing, list):
        return [with_text(one, text) for one in thing]
    return text if isinstance(thing, str) else thing
