"""Targets of 0 and 1, and of True and False, from the table to the answers of the file, with a coverage limit."""

import csv

import pytest
from run_commands import STEPS, flags, write_csv

from trivet.runtime.specialist import Specialist

pytestmark = pytest.mark.slow  # whole builds

SPELLINGS = {"0 and 1": ("0", "1"), "True and False": ("False", "True"), "TRUE and FALSE": ("FALSE", "TRUE")}


@pytest.mark.parametrize("name", SPELLINGS)
def test_05_1_truth_values_go_through_a_build_and_come_back_as_they_were(name, trivet, tmp_path):
    no, yes = SPELLINGS[name]
    path = tmp_path / "table.csv"
    text = write_csv(path).read_text(encoding="utf-8").replace("yes", yes).replace("no", no)
    path.write_text(text, encoding="utf-8")
    out = tmp_path / "table.trivet"
    words = [*flags("--steps", STEPS), "--limit", "coverage >= 0.8", "--out", str(out), "--threads", "1", "--quiet"]
    built = trivet("compile", str(path), "--target", "y", *words)
    assert built.code == 0, built.err

    specialist = Specialist.load(out)
    assert specialist.manifest["task"]["details"]["classes"] == [no, yes]
    assert specialist.classes == ((0, 1) if name == "0 and 1" else (False, True))
    with path.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    answers = specialist.answers(rows)
    assert answers["sets"].shape == (400, 2) and answers["sets"].any()
    said = specialist.predict(rows)
    assert {type(one) for one in said} == ({int} if name == "0 and 1" else {bool})
    right = sum(int(one) == (row["y"] == yes) for one, row in zip(said, rows, strict=True))
    assert right / len(rows) > 0.85


def test_05_1_a_fresh_table_that_spells_truth_its_own_way_is_verified(trivet, tmp_path):
    plain = write_csv(tmp_path / "plain.csv").read_text(encoding="utf-8")
    for name, no, yes in (("built", "False", "True"), ("fresh", "false", "TRUE")):
        text = plain.replace("yes", yes).replace("no", no)
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    out = tmp_path / "built.trivet"
    words = [*flags("--steps", STEPS), "--limit", "accuracy >= 0.7", "--out", str(out), "--threads", "1", "--quiet"]
    assert trivet("compile", str(tmp_path / "built.csv"), "--target", "y", *words).code == 0
    found = trivet("verify", str(out), "--data", str(tmp_path / "fresh.csv"), "--json")
    assert found.json["rows"] == 400
