"""Texts, from a table with one text column or from a folder of files."""

import csv
from pathlib import Path

import pytest

import trivet
from trivet.cli.main import main
from trivet.core.registry import find_domain
from trivet.core.task import Field


def test_text_takes_tasks_whose_inputs_are_all_texts_and_no_others():
    text = find_domain("text")
    note, age = Field(name="note", type="text"), Field(name="age", type="number")
    assert text.recognises([note]) > find_domain("table").recognises([note])
    assert text.recognises([note, age]) == 0
    assert text.recognises([]) == 0


@pytest.mark.slow
def test_a_folder_of_texts_compiles_and_answers_a_raw_text(tmp_path):
    rows, _ = find_domain("text").sample()
    for at, row in enumerate(rows):
        folder = tmp_path / "notes" / str(row["desk"])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{at}.txt").write_text(str(row["note"]), encoding="utf-8")
    model = trivet.compile(str(tmp_path / "notes"), target="label", limits=["accuracy >= 0.8"], time="5s")
    assert model.predict({"text": "hello the paper is stuck again"}) == ["printer"]
    assert model.predict([{"text": "the wifi is gone"}, {"text": None}])[0] == "network"


@pytest.mark.slow
def test_the_command_line_knows_texts_without_being_told(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows, target = find_domain("text").sample()
    with Path("notes.csv").open("w", newline="", encoding="utf-8") as out:
        table = csv.DictWriter(out, fieldnames=list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    limits = ["--limit", "balanced-accuracy >= 0.8", "--limit", "size <= 200 kB"]
    assert (
        main(["compile", "notes.csv", "--target", target, "--time", "60s", "--stop-when-proven", "--quiet", *limits])
        == 0
    )
    assert "2 limits hold" in capsys.readouterr().out
    assert main(["report", "notes.trivet"]) == 0
    assert "2 limits hold" in Path("notes.html").read_text(encoding="utf-8")
