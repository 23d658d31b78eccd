"""The examiner asks every check in order; a check that crashes, or says what it may not, is told and ends nothing."""

import pytest
from made_tables import random_table

from trivet.core import registry
from trivet.core.errors import MissingExtra
from trivet.core.extras import need
from trivet.data.doctor import columns_to_drop, examine_columns, examiner, why_dropped
from trivet.data.doctor.check import DoctorCheck
from trivet.data.doctor.finding import Finding


class Breaks(DoctorCheck):
    """Raises what it likes."""

    codes = ("broke",)

    def check(self, exam):
        yield Finding(code="broke", severity="note", evidence="half", fix="x")
        raise ZeroDivisionError("by hand")


class Strange(DoctorCheck):
    """Makes one finding that it declares and one that it does not."""

    codes = ("short-name",)
    drops = {"short-name": "a name of one letter"}

    def check(self, exam):
        for code in ("short-name", "surprise"):
            yield Finding(code=code, severity="warn", column=exam.rows.fields[0].name, evidence="e", fix="f")


class Needs(DoctorCheck):
    """Needs a library that is not there."""

    def check(self, exam):
        need("no_such_library", for_="the check needs")
        yield from ()


@pytest.fixture
def with_check(monkeypatch):
    """Registers one more check, as another distribution would."""

    def add(kind):
        known, places = registry.usable("check"), registry.places("check")
        home = registry.Home("mine.checks", "trivet-mine")
        monkeypatch.setattr(examiner, "usable", lambda _: {**known, kind.check_name(): kind})
        monkeypatch.setattr(examiner, "places", lambda _: {**places, kind.check_name(): home})

    return add


def test_checks_are_asked_in_their_stated_order():
    names = [check.name for check in examiner.checks() if check.when == "before-split"]
    assert names == ["broken-columns", "id-columns", "leaking-columns", "sentinel-values", "mixed-units"]


def test_a_check_that_crashes_is_a_note_that_names_it_and_its_distribution(with_check):
    with_check(Breaks)
    (note,) = examine_columns(*random_table(200), seed=0)
    assert (note.code, note.severity) == ("check-crashed", "note")
    assert "breaks of trivet-mine ended with ZeroDivisionError: by hand" in note.evidence


def test_a_finding_that_is_not_declared_is_told_and_the_declared_ones_count(with_check):
    with_check(Strange)
    rows, task = random_table(200)
    found = examine_columns(rows, task, seed=0)
    assert [one.code for one in found] == ["short-name", "check-crashed"]
    assert "surprise" in found[1].evidence
    assert columns_to_drop(found) == (rows.fields[0].name,)
    assert why_dropped(found) == ((rows.fields[0].name, "a name of one letter"),)
    assert "short-name" in examiner.known_codes()


def test_a_missing_library_is_an_error_that_says_how_to_install_it(with_check):
    with_check(Needs)
    with pytest.raises(MissingExtra):
        examine_columns(*random_table(200), seed=0)
