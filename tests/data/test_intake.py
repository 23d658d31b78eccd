"""Intake: what is left out is told by name and count, texts that nothing reads are no inputs, findings come first."""

import json
from dataclasses import replace

import numpy as np
import pytest

from trivet.core.errors import BadData
from trivet.core.recipe import DataSpec, Recipe
from trivet.data.intake import first_look, take_in


def table(n_rows=300, **more):
    """Two honest numbers and what they decide, with some noise."""
    rng = np.random.default_rng(5)
    a, b = rng.normal(size=(2, n_rows))
    late = np.where(a + b + rng.normal(0, 0.5, n_rows) > 0, "yes", "no").tolist()
    return {"a": a, "b": b, **more, "late": late}


def sentences(n_rows=300):
    words = ["the", "bill", "came", "late", "and", "nobody", "could", "say", "who", "had", "sent", "it"]
    rng = np.random.default_rng(2)
    return [" ".join(rng.permutation(words)[:8]) for _ in range(n_rows)]


def recipe(**data):
    return Recipe(data=DataSpec(source="", target="late", **data))


def test_05_8_rows_and_columns_that_are_left_out_are_told_by_name_count_and_reason():
    source = table(id=list(range(300)), plain=["x"] * 300, gone=[None] * 300, branch=["n", "s"] * 150)
    source["late"][:12] = [None] * 12
    source["copy"] = [{"yes": 1, "no": 2, None: 1}[one] for one in source["late"]]
    intake = take_in(recipe(drop=("branch",)), source)
    assert intake.dropped == (("no answer", 12),)
    assert dict(intake.left_out) == {
        "branch": "left out by the user",
        "gone": "every cell is missing",
        "copy": "a copy of the answer",
        "plain": "one value in every row",
        "id": "an id",
    }
    assert intake.notices == (
        "12 rows left out: no answer (kept as unlabelled)",
        "1 column left out by the user: branch",
        "1 column left out, every cell is missing: gone",
        "1 column left out, a copy of the answer: copy",
        "1 column left out, one value in every row: plain",
        "1 column left out, an id: id",
    )


def test_05_8_what_reading_noted_is_a_notice():
    source = table(size=["12"] * 297 + ["inf"] * 3, zip=[f"{i % 70:03}" for i in range(300)])
    notices = take_in(recipe(), source).notices
    assert any("size: 3 infinite cells count as missing" in note for note in notices)
    assert any(note.startswith("zip is a category") for note in notices)


def test_05_8_the_file_keeps_reasons_notices_and_the_times_that_were_taught_and_certified():
    source = table(day=[f"2024-01-{1 + i // 10:02}" for i in range(300)], plain=[7] * 300)
    source["late"][0] = None
    told = take_in(recipe(roles={"time": "day"}), source).describe()
    assert told == json.loads(json.dumps(told))
    assert told["rows"] == 299
    assert told["dropped"] == [["no answer", 1]] and told["left_out"] == [["plain", "one value in every row"]]
    assert told["notices"][0] == "1 row left out: no answer (kept as unlabelled)"
    (first, _), (later, last) = told["times"]["fit"], told["times"]["vault"]
    assert (first, last) == (19723.0, 19752.0) and first < later
    assert "times" not in take_in(recipe(), table()).describe()


def test_05_8_of_many_columns_ten_are_named_and_the_others_counted():
    intake = take_in(recipe(), table(**{f"k{n}": ["same"] * 300 for n in range(30)}))
    (note,) = intake.notices
    assert note.startswith("30 columns left out, one value in every row: k0, ") and note.endswith(" and 20 more")
    told = intake.describe()["left_out"]
    assert len(told) == 11 and told[-1] == ["and 20 more", "one value in every row"]


def test_05_8_warnings_about_many_columns_become_one_but_all_can_be_accepted():
    source = table(**{f"k{n}": ["same"] * 300 for n in range(30)})
    (one,) = [found for found in take_in(recipe(), source).findings if found.code == "constant-column"]
    assert one.severity == "warn" and one.column is None and one.evidence.startswith("30 columns (k0, k1, ")
    accept = tuple(f"constant-column(k{n})" for n in range(29))
    strict = Recipe(data=DataSpec(source="", target="late"), strict=True, accept=accept)
    with pytest.raises(BadData, match=r"found 1:\n    warn  constant-column\(k29\)"):
        take_in(strict, source)
    loose = take_in(replace(strict, strict=False), source).findings
    assert [(found.label, found.accepted) for found in loose if found.code == "constant-column"] == [
        ("constant-column", True),
        ("constant-column(k29)", False),
    ]


def test_05_8_many_notices_are_counted_too():
    odd = {f"n{n}": ["1"] * 299 + ["inf"] for n in range(80)}
    notices = take_in(recipe(), table(**odd)).notices
    assert len(notices) == 51 and notices[-1].startswith("and ")


def test_05_9_text_beside_numbers_is_an_input_like_any_other():
    intake = take_in(recipe(), table(note=sentences()))
    assert (intake.task.modality, [field.name for field in intake.task.inputs]) == ("table", ["a", "b", "note"])
    assert not [one for one in intake.findings if one.code == "unused-text"]


@pytest.mark.parametrize("steps", [("prepare-table", "score-texts", "fit-linear"), ("prepare-table", "fit-ngrams")])
def test_05_9_text_that_the_recipe_s_own_steps_read_is_an_input(steps):
    intake = take_in(replace(recipe(), steps=steps), table(note=sentences()))
    assert "note" in [field.name for field in intake.task.inputs]


def test_05_9_text_that_no_step_of_the_recipe_reads_is_a_finding_and_no_input():
    own = replace(recipe(), steps=("prepare-table", "fit-linear"))
    intake = take_in(own, table(note=sentences()))
    assert (intake.task.modality, [field.name for field in intake.task.inputs]) == ("table", ["a", "b"])
    (finding,) = [one for one in intake.findings if one.code == "unused-text"]
    assert (finding.severity, finding.column) == ("warn", "note")
    assert "300 cells of 8 words" in finding.evidence and "--drop a --drop b" in finding.fix
    assert ("note", "text, which no pass that will run reads") in intake.left_out
    assert [field.name for field in first_look(own, table(note=sentences())).task.inputs] == ["a", "b"]


def test_05_9_each_text_column_has_its_own_finding():
    own = replace(recipe(), steps=("prepare-table", "fit-linear"))
    found = take_in(own, table(note=sentences(), more=sentences()[::-1])).findings
    assert [one.label for one in found if one.code == "unused-text"] == ["unused-text(more)", "unused-text(note)"]


def test_05_9_text_alone_is_read_even_when_the_doctor_left_all_else_out():
    source = {"note": sentences(), "plain": [1] * 300, "late": table()["late"]}
    intake = take_in(recipe(), source)
    assert (intake.task.modality, [field.name for field in intake.task.inputs]) == ("text", ["note"])
    assert not [one for one in intake.findings if one.code == "unused-text"]


def test_05_6_alerts_name_the_block_findings_that_nobody_accepted():
    source = table()
    source["salary"] = [1 if one == "yes" else 0 for one in source["late"]]
    assert take_in(recipe(), source).alerts == ("target-copy(salary)",)
    accepted = Recipe(data=DataSpec(source="", target="late"), accept=("target-copy(salary)",))
    intake = take_in(accepted, source)
    assert intake.alerts == ()
    assert [one.accepted for one in intake.findings if one.code == "target-copy"] == [True]


@pytest.mark.parametrize("rows", [300, 30])
def test_a_first_look_needs_no_split(rows):
    seen = first_look(recipe(), table(rows, plain=["x"] * rows))
    assert (len(seen.rows), seen.left_out) == (rows, (("plain", "one value in every row"),))
    assert [one.code for one in seen.findings] == ["constant-column"]
    assert seen.notices == ("1 column left out, one value in every row: plain",)


def test_rows_without_an_answer_are_kept_beside_the_others():
    source = table()
    late = [None if at % 10 == 0 else word for at, word in enumerate(source["late"])]
    intake = take_in(recipe(), {**source, "late": late})
    unlabelled = intake.dataset.get("unlabelled")
    assert len(unlabelled) == 30 and (unlabelled.ids % 10 == 0).all() and (unlabelled.truth == -1).all()
    assert [field.name for field in unlabelled.fields] == [field.name for field in intake.task.inputs]
    assert intake.describe()["splits"]["unlabelled"]["rows"] == 30
    assert any("30 rows left out: no answer (kept as unlabelled)" in notice for notice in intake.notices)
    used = sum(len(intake.dataset.get(name)) for name in ("fit", "tune", "choose")) + len(intake.vault)
    assert used == 270


def test_a_table_with_all_answers_has_no_unlabelled_rows():
    assert "unlabelled" not in take_in(recipe(), table()).dataset.splits
