"""Every registered goal, check, section, exporter and explainer keeps its contract; a wrong one is found out."""

import pytest

from trivet.core.explainers import Explainer
from trivet.core.exporters import Exporter
from trivet.core.registry import find, homes
from trivet.core.sections import Section
from trivet.data.doctor.check import DoctorCheck
from trivet.data.doctor.finding import Finding
from trivet.testing.check_contract import check_check
from trivet.testing.explainer_contract import check_explainer
from trivet.testing.exporter_contract import check_exporter
from trivet.testing.goal_contract import check_goal
from trivet.testing.section_contract import check_section

CONTRACTS = {
    "goal": check_goal,
    "check": check_check,
    "section": check_section,
    "exporter": check_exporter,
    "explainer": check_explainer,
}
EVERY = [(kind, name) for kind in CONTRACTS for name in homes(kind)]


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_it_keeps_the_contract(kind, name):
    assert CONTRACTS[kind](find(kind, name)()) == []


class Liar(Section):
    """Makes something else every time, and hands on what the data says."""

    calls = 0

    def make(self, file):
        type(self).calls += 1
        return {"why": file.evidence.get("why", ""), "calls": self.calls}

    def show(self, made):
        return made["why"]


def test_a_section_that_lies_is_found_out():
    said = "\n".join(check_section(Liar()))
    assert "lives in test_registered.py" in said and "something else the second time" in said
    assert "elements that must not be there: img, script" in said


class Guess(Explainer):
    """Says that it is exact, and is not."""

    def explains(self, specialist):
        return find("explainer", "linear")().explains(specialist)

    def explain(self, specialist, rows):
        found = find("explainer", "linear")().explain(specialist, rows)
        return type(found)(**{**vars(found), "base": found.base + 0.1})


def test_an_explainer_whose_sums_are_wrong_is_found_out():
    assert "base and contributions miss the score by up to 0.1" in "\n".join(check_explainer(Guess()))


class Never(Exporter):
    """Refuses everything."""

    suffix = "txt"

    def refuses(self, specialist):
        return "no"


def test_an_exporter_that_writes_nothing_is_found_out():
    said = "\n".join(check_exporter(Never()))
    assert "refuses every sample" in said and "does not begin with a dot" in said


class Loud(DoctorCheck):
    """Makes findings that it does not declare."""

    def check(self, exam):
        yield Finding(code="noise", severity="note", evidence="", fix="")


def test_a_check_that_says_what_it_does_not_declare_is_found_out():
    said = "\n".join(check_check(Loud()))
    assert "declares no codes" in said and "does not declare: {'noise'}" in said and "no evidence" in said
