"""Findings that a recipe accepts: which match, which are refused, what a strict build says."""

import ast
import inspect
import json
import re
from pathlib import Path

import numpy as np
import pytest

from trivet.core.errors import BadData, BadUse, ManyErrors
from trivet.core.recipe import DataSpec, Recipe, parse_recipe
from trivet.data.doctor import Finding
from trivet.data.doctor.examiner import checks, known_codes
from trivet.data.intake import first_look, take_in

ROOT = Path(__file__).parents[2]


def table(n_rows=300, **more):
    """An id, a column that is mostly missing, and two honest numbers."""
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(2, n_rows))
    late = np.where(a + b + rng.normal(0, 0.5, n_rows) > 0, "yes", "no")
    age = [None if i % 3 else float(i % 40) for i in range(n_rows)]
    return {"id": list(range(n_rows)), "age": age, "a": a, "b": b, **more, "late": late.tolist()}


def recipe(*accept, strict=True):
    return Recipe(data=DataSpec(source="", target="late"), strict=strict, accept=accept)


def grave(intake):
    """(label, accepted) of all findings worse than a note."""
    return [(one.label, one.accepted) for one in intake.findings if one.severity != "note"]


def refused(*accept, source=None):
    with pytest.raises(BadData) as error:
        take_in(recipe(*accept), source or table())
    assert error.value.code == "doctor-findings"
    return error.value


def test_05_13_a_strict_build_lists_all_findings_and_the_line_that_accepts_them():
    copies = {f"k{n}": ["same"] * 300 for n in range(7)}
    error = refused(source=table(**copies))
    assert error.found.startswith("9:")
    assert all(f"constant-column(k{n}): " in error.found for n in range(7))
    line = re.search(r"accept = \[.*\]", error.do).group()
    accepted = parse_recipe(f'[data]\nsource = "x"\ntarget = "late"\n[build]\nstrict = true\n{line}\n').accept
    assert set(accepted) == {"id-column(id)", "missing-values(age)", *(f"constant-column({name})" for name in copies)}
    assert all(accepted for _, accepted in grave(take_in(recipe(*accepted), table(**copies))))


def test_05_13_the_line_keeps_what_the_recipe_accepts_already():
    assert 'accept = ["id-column", "missing-values(age)"]' in refused("id-column").do


def test_05_13_a_finding_is_accepted_by_code_or_by_code_and_column():
    for accept in (("id-column", "missing-values"), ("id-column(id)", "missing-values(age)")):
        intake = take_in(recipe(*accept), table())
        assert grave(intake) == [("id-column(id)", True), ("missing-values(age)", True)]
    assert "missing-values(age)" in refused("id-column", "missing-values(a)").found


def test_05_13_accepting_is_knowing_and_keeps_no_column():
    intake = take_in(recipe("id-column(id)", "missing-values"), table())
    assert [field.name for field in intake.task.inputs] == ["age", "a", "b"]
    assert intake.left_out == (("id", "an id"),)


def test_05_13_codes_that_no_check_makes_are_refused_at_once_with_the_nearest():
    with pytest.raises(ManyErrors) as error:
        first_look(recipe("id-colum", "missing-value(age)", "id-column("), "no-such-file.csv")
    first, second, third = error.value.errors
    assert {one.code for one in error.value.errors} == {"unknown-finding"}
    assert "'id-column'" in first.do and "'missing-values'" in second.do and "id-column(COLUMN)" in third.do


def test_05_13_a_column_that_is_not_there_is_refused_with_the_nearest():
    with pytest.raises(BadUse, match="did you mean 'age'") as error:
        first_look(recipe("missing-values(agee)"), table())
    assert error.value.code == "unknown-column"


def test_05_13_an_entry_that_met_nothing_is_told():
    intake = take_in(recipe("id-column", "missing-values", "rare-class", "mixed-units(a)"), table())
    assert [note for note in intake.notices if "accept" in note] == [
        "accept names rare-class, but the doctor found no such thing",
        "accept names mixed-units(a), but the doctor found no such thing",
    ]


def test_05_13_a_column_may_have_brackets_and_commas_in_its_name():
    source = table()
    source["age (years, say)"] = source.pop("age")
    intake = take_in(recipe("id-column", "missing-values(age (years, say))"), source)
    assert ("missing-values(age (years, say))", True) in grave(intake)


def test_05_13_whether_a_finding_is_accepted_survives_json_and_older_json_is_read():
    for finding in take_in(recipe("id-column", strict=False), table()).findings:
        written = json.loads(json.dumps(finding.as_json()))
        assert Finding.from_json(written) == finding
        del written["accepted"]
        assert not Finding.from_json(written).accepted


def test_05_13_the_codes_that_checks_declare_are_those_of_their_sources_and_of_the_docs():
    for check in checks():
        said = {text for text in texts_in(Path(inspect.getfile(type(check)))) if looks_like_code(text)}
        assert set(check.codes) <= said <= {check.when, *known_codes()}
        assert set(check.drops) <= set(check.codes)
    assert list(known_codes()) == sorted(set(known_codes()))
    rows = [
        line.split("|")[1] for line in (ROOT / "docs/doctor.md").read_text(encoding="utf-8").splitlines() if "|" in line
    ]
    assert {code for row in rows for code in re.findall(r"`([a-z-]+)`", row)} == set(known_codes())


def texts_in(path):
    return {
        n.value
        for n in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(n, ast.Constant) and isinstance(n.value, str)
    }


def looks_like_code(text):
    """Two words or three with hyphens: what every code looks like."""
    return re.fullmatch(r"[a-z]+(-[a-z]+)+", text)
