"""Sections of other distributions stand in the report at their order; what fails or is not installed is told."""

import re

import pytest

from trivet.core import registry
from trivet.core.sections import FileFacts, Section, escaped
from trivet.engine import carried_sections as carrying
from trivet.ship import report
from trivet.testing.sample_manifest import EVIDENCE
from trivet.testing.sample_manifest import MANIFEST as SAMPLE

pytest.importorskip("jinja2", reason="the report needs jinja2")


MOTTO = "small > large"
MANIFEST = {**SAMPLE, "constant": {**SAMPLE["constant"], "why": MOTTO}}


class Motto(Section):
    """Shows something that the body of the file says."""

    title, order = "The motto", 15

    def make(self, file):
        return {"why": file.manifest["constant"]["why"]}

    def show(self, made):
        return f"<p>{escaped(made['why'])}</p>"


class Kept(Motto):
    """The same, kept in the file."""

    order, at_build, is_folded = 125, True, True


class Broken(Motto):
    """Fails wherever it can."""

    def make(self, file):
        raise ZeroDivisionError("by hand")


class Large(Kept):
    """More than a file has room for."""

    def make(self, file):
        return {"why": "w" * 30_000}


@pytest.fixture
def installed(monkeypatch):
    """Registers sections as another distribution would."""

    def add(*kinds):
        known = {**registry.usable("section"), **{kind.section_name(): kind for kind in kinds}}
        home = {kind.section_name(): registry.Home("mine", "trivet-mine") for kind in kinds}
        places = {**registry.places("section"), **home}
        for module in (report, carrying):
            monkeypatch.setattr(module, "usable", lambda _: known)
        monkeypatch.setattr(report, "places", lambda _: places)

    return add


def page_of(manifest=MANIFEST):
    return report.render(manifest, EVIDENCE, digest="0" * 64, size_bytes=1000)


def headings(page):
    return re.findall(r'<(?:section|details class="section") id="([a-z-]+)"', page)


def test_the_sections_stand_in_their_order():
    assert headings(page_of()) == [
        "verdicts", "findings", "classes", "calibration", "frontier", "importance", "readings", "data", "lineage",
        "recipe", "environment", "verify",
    ]  # fmt: skip


def test_a_section_of_somebody_else_stands_at_its_order(installed):
    installed(Motto)
    page = page_of()
    assert headings(page)[:3] == ["verdicts", "motto", "findings"]
    assert "<h2>The motto</h2>" in page and "small &gt; large" in page


def test_a_section_that_fails_is_told_and_the_others_stand(installed):
    installed(Broken)
    page = page_of()
    assert "The section broken of trivet-mine failed with ZeroDivisionError: by hand." in page
    assert page.count("<h2>") == page_of().count("<h2>") and "Environment" in page


def test_a_section_made_at_build_travels_in_the_file(installed):
    installed(Kept)
    documents = carrying.carried_sections(MANIFEST)
    assert documents == {"kept": {"made": {"why": MOTTO}}}
    page = page_of({**MANIFEST, "documents": documents, "constant": {"why": "something else"}})
    assert '<details class="section" id="kept">' in page and "small &gt; large" in page
    assert '<details class="section" id="kept">' not in page_of()  # a file of a build without it


def test_what_could_not_be_made_at_build_is_told_in_the_report(installed):
    class Falls(Broken):
        at_build = True

    installed(Falls, Large)
    documents = carrying.carried_sections(MANIFEST)
    assert documents["falls"] == {"failed": "ZeroDivisionError: by hand"}
    assert documents["large"]["failed"].startswith("it made 30,010 bytes")
    page = page_of({**MANIFEST, "documents": documents})
    assert "could not be made when the file was packed: ZeroDivisionError: by hand." in page


def test_a_section_that_is_carried_but_not_installed_is_told():
    page = page_of({**MANIFEST, "documents": {"motto": {"made": {"why": "x"}}}})
    assert "The file carries a section motto that is not installed here." in page


def test_left_out_for_size_is_told(installed):
    installed(Kept)
    page = page_of({**MANIFEST, "documents": {}, "dropped_documents": ["documents"]})
    assert page.count("Left out of the file, to keep its size limit.") == 1


def test_at_build_nothing_of_the_machine_is_seen(installed):
    class Nosy(Kept):
        def make(self, file: FileFacts):
            return {"why": str(dict(file.evidence))}

    installed(Nosy)
    assert carrying.carried_sections(MANIFEST)["nosy"] == {"made": {"why": "{}"}}
