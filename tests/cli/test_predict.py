"""`trivet predict`: classes spelled as in the data, kept columns, pipes, and rules that the user chooses."""

import csv
import io
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from run_commands import in_process

from trivet.runtime.file.container import encode
from trivet.runtime.part import Part
from trivet.testing.parts import FIELDS, blob_of, random_program_parts, random_rows


def write_file(path, texts, *, type_="category", goal="classify", evidence=None, **manifest):
    """A `.trivet` file with a random body: two or more classes of these names, or a number when there are none."""
    k = 1 if len(texts) <= 2 else len(texts)
    parts = random_program_parts(np.random.default_rng(5), goal, k=k)
    if texts:
        arrays = {**blob_of(texts), "weights": np.ones(len(texts), np.float32)}
        parts["decoder"] = Part(kind="labels", config={"type": type_}, arrays=arrays)
    inputs, details = [list(field)[:2] for field in FIELDS], {"classes": texts}
    task = {"goal": goal, "inputs": inputs, "answer": ["y", type_], "details": details}
    path.write_bytes(encode({"task": task, **manifest}, parts, evidence or {}))
    return path


def write_rows(path, rows=40):
    with path.open("w", newline="", encoding="utf-8") as out:
        table = csv.DictWriter(out, ["id", "note", "age", "member", "town", "since", "colour"])
        table.writeheader()
        for at, row in enumerate(random_rows(np.random.default_rng(1), rows)):
            colour = row["colour"] if isinstance(row["colour"], str) else None
            table.writerow({**row, "colour": colour, "id": f"{at:03d}", "note": -at})
    return path


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("predict")
    write_rows(folder / "new.csv")
    write_file(folder / "two.trivet", ["on time", "late"])
    write_file(folder / "three.trivet", ["a", "b", "c>d"])
    write_file(folder / "number.trivet", [], goal="regress", type_="number")
    return folder


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


# --- spelling ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_", "texts"), [("boolean", ["false", "true"]), ("boolean", ["FALSE", "TRUE"]), ("number", ["0", "1"])]
)
def test_05_1_truth_values_and_numbers_are_answered_with_sets_and_spelled_as_in_the_data(
    type_, texts, place, trivet, tmp_path
):
    file = write_file(tmp_path / "m.trivet", texts, type_=type_)
    ended = trivet("predict", str(file), str(place / "new.csv"))
    assert ended.code == 0, ended.err
    answers = table(ended.out)
    assert list(answers[0]) == ["y", f"p[{texts[0]}]", f"p[{texts[1]}]", "set"]
    assert {row["y"] for row in answers} <= set(texts)
    assert {one for row in answers for one in row["set"].split(" | ")} <= set(texts)
    told = trivet("predict", str(file), str(place / "new.csv"), "--json").json["answers"]
    assert told["y"] == [row["y"] for row in answers]
    assert [" | ".join(one) for one in told["set"]] == [row["set"] for row in answers]


@pytest.mark.slow
@pytest.mark.parametrize("words", [("0", "1"), ("true", "false")])
def test_05_1_a_build_with_a_coverage_limit_answers_from_the_shell(words, tmp_path):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 2))
    lines = [f"{a:.3f},{b:.3f},{words[int(a + b + rng.normal() / 3 > 0)]}" for a, b in x]
    (tmp_path / "t.csv").write_text("\n".join(["a,b,y", *lines]) + "\n", encoding="utf-8")
    steps = [w for s in ("prepare-table", "fit-linear", "fit-temperature", "guard-sets") for w in ("--steps", s)]
    build = in_process("compile", "t.csv", "--target", "y", "--limit", "coverage >= 0.8", *steps, cwd=tmp_path)
    assert build.code == 0, build.err
    ended = in_process("predict", "t.trivet", "t.csv", cwd=tmp_path)
    assert ended.code == 0, ended.err
    assert {row["y"] for row in table(ended.out)} == set(words)


# --- kept columns -----------------------------------------------------------------------------------------------------


def test_05_15_kept_columns_stand_before_the_answers_cell_by_cell(place, trivet):
    words = ["predict", str(place / "two.trivet"), str(place / "new.csv"), "--keep", "id,note"]
    answers = table(trivet(*words).out)
    assert list(answers[0])[:3] == ["id", "note", "y"]
    # 007 keeps its zeros, and -3 is a number, no formula.
    assert [(row["id"], row["note"]) for row in answers[:8]][7] == ("007", "-7")
    assert trivet(*words, "--json").json["answers"]["id"][:2] == ["000", "001"]


def test_05_15_unknown_kept_columns_are_refused_at_once_with_the_nearest(place, trivet):
    words = ["predict", str(place / "two.trivet"), str(place / "new.csv"), "--keep", "ids,nte", "--json"]
    told = trivet(*words)
    assert told.code == 2 and [error["code"] for error in told.json["errors"]] == ["unknown-column"] * 2
    assert "'id'" in told.json["errors"][0]["do"] and "'note'" in told.json["errors"][1]["do"]


def test_05_15_a_kept_column_that_is_called_like_an_answer_is_refused(place, trivet, tmp_path):
    rows = (place / "new.csv").read_text(encoding="utf-8").replace("note", "set", 1)
    (tmp_path / "new.csv").write_text(rows, encoding="utf-8")
    ended = trivet("predict", str(place / "two.trivet"), str(tmp_path / "new.csv"), "--keep", "set")
    assert ended.code == 2 and "error[keep-clash]" in ended.err and "found 'set'" in ended.err


def test_a_kept_column_whose_name_holds_a_comma_is_found(place, trivet, tmp_path):
    rows = (place / "new.csv").read_text(encoding="utf-8").replace("note", '"a, b"', 1)
    (tmp_path / "new.csv").write_text(rows, encoding="utf-8")
    ended = trivet("predict", str(place / "two.trivet"), str(tmp_path / "new.csv"), "--keep", "a, b", "--keep", "id")
    assert list(table(ended.out)[0])[:2] == ["a, b", "id"]


# --- pipes ------------------------------------------------------------------------------------------------------------


def piped(place, command, **more):
    here = command.replace("TRIVET", f"{sys.executable} -m trivet.cli.main")
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", here], cwd=place, capture_output=True, text=True, check=False, **more
    )


def test_05_15_rows_come_from_standard_input_and_answers_go_to_standard_output(place):
    from_file = piped(place, "TRIVET predict two.trivet new.csv --keep id")
    from_pipe = piped(place, "cat new.csv | TRIVET predict two.trivet - --keep id --out -")
    assert (from_pipe.returncode, from_pipe.stderr) == (0, "")
    assert from_pipe.stdout == from_file.stdout and len(table(from_pipe.stdout)) == 40
    assert not (place / "-").exists()


def test_05_15_a_reader_that_leaves_early_ends_a_pipe_quietly(place):
    ended = piped(place, "cat new.csv | TRIVET predict two.trivet - | head -n 1")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "y,p[on time],p[late],set\n"


def test_05_15_json_lines_are_seen_by_their_brace_and_can_be_written(place, trivet, monkeypatch):
    rows = [{**row, "id": at} for at, row in enumerate(table((place / "new.csv").read_text(encoding="utf-8")))]
    text = "\n" + "".join(json.dumps(row) + "\n" for row in rows)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    ended = trivet("predict", str(place / "two.trivet"), "-", "--format", "jsonl", "--keep", "id")
    assert ended.code == 0, ended.err
    answers = [json.loads(line) for line in ended.out.splitlines()]
    plain = table(trivet("predict", str(place / "two.trivet"), str(place / "new.csv")).out)
    assert [one["id"] for one in answers] == list(range(40))
    assert [one["y"] for one in answers] == [one["y"] for one in plain]
    assert [" | ".join(one["set"]) for one in answers] == [one["set"] for one in plain]


@pytest.mark.parametrize(("text", "code"), [("", "source-empty"), ("a,b\n1\n", "source-ragged"), ("{", "source-json")])
def test_05_15_what_is_wrong_with_standard_input_is_said_as_of_a_file(text, code, place, trivet, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    ended = trivet("predict", str(place / "two.trivet"), "-")
    assert ended.code == 2 and f"error[{code}]" in ended.err and "in standard input" in ended.err


def test_05_15_the_answers_of_predict_have_the_mode_of_the_umask(place, trivet, tmp_path):
    out, before = tmp_path / "answers.jsonl", os.umask(0o027)
    try:
        assert trivet("predict", str(place / "two.trivet"), str(place / "new.csv"), "--out", str(out)).code == 0
    finally:
        os.umask(before)
    assert out.stat().st_mode & 0o777 == 0o640
    assert json.loads(out.read_text(encoding="utf-8").splitlines()[0])["y"] in ("late", "on time")


# --- rules ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "positive", "threshold"),
    [
        (["--threshold", "0.3"], "late", 0.3),
        (["--threshold", "30%", "--positive", "on time"], "on time", 0.3),
        (["--cost", "fp=1", "fn=5"], "late", 1 / 6),
        (["--cost", "fn=1", "fp=0"], "late", 0.0),
        (["--cost", "fp=3", "fn=1", "--positive", "on time"], "on time", 0.75),
        (["--cost", "late>on time=4"], "late", 0.2),
    ],
)
def test_05_15_two_classes_are_decided_by_a_threshold_that_is_said(words, positive, threshold, place, trivet):
    ended = trivet("predict", str(place / "two.trivet"), str(place / "new.csv"), *words)
    other = {"late": "on time", "on time": "late"}[positive]
    for row in table(ended.out):
        assert row["y"] == (positive if float(row[f"p[{positive}]"]) >= threshold else other)
    assert f"rule: answers {positive!r} when p[{positive}] >= {threshold:.4g}, else {other!r}\n" in ended.err
    assert ended.err.count("rule:") == 1 and "certified for its own rule, not for this one" in ended.err
    told = trivet("predict", str(place / "two.trivet"), str(place / "new.csv"), *words, "--json").json
    assert told["rule"] == {"positive": positive, "threshold": pytest.approx(threshold), "costs": None}


def test_05_15_of_more_classes_the_one_of_least_expected_cost_is_answered(place, trivet):
    words = ["predict", str(place / "three.trivet"), str(place / "new.csv"), "--cost", "a>b=5", "c>d > a = 0.5"]
    ended = trivet(*words)
    assert "'a' answered 'b' costs 5, 'c>d' answered 'a' costs 0.5, any other mistake 1" in ended.err
    for row in table(ended.out):
        p = {name: float(row[f"p[{name}]"]) for name in ("a", "b", "c>d")}
        cost = {"a": p["b"] + 0.5 * p["c>d"], "b": 5 * p["a"] + p["c>d"], "c>d": p["a"] + p["b"]}
        assert cost[row["y"]] == min(cost.values())


def test_without_a_rule_nothing_is_said_and_the_file_decides(place, trivet):
    ended = trivet("predict", str(place / "three.trivet"), str(place / "new.csv"), "--json")
    assert ended.err == "" and ended.json["rule"] is None


@pytest.mark.parametrize(
    ("file", "words", "said"),
    [
        ("two", ["--threshold", "0.3", "--cost", "fp=1", "fn=5"], "one rule"),
        ("two", ["--threshold", "1.2"], "'1.2'"),
        ("two", ["--threshold", "nan"], "'nan'"),
        ("two", ["--positive", "late"], "--positive alone"),
        ("two", ["--threshold", "0.3", "--positive", "lat"], "did you mean 'late'?"),
        ("two", ["--cost", "fp=1"], "both costs once"),
        ("two", ["--cost", "fp=0", "fn=0"], "not both 0"),
        ("two", ["--cost", "fp=1", "fn=-5"], "'fn=-5'"),
        ("two", ["--cost", "fp=1", "fn=many"], "'fn=many'"),
        ("two", ["--cost", "5"], "'5'"),
        ("two", ["--cost", "late>late=2"], "a mistake, from one class to another"),
        ("three", ["--threshold", "0.3"], "two classes for --threshold; found 3: 'a', 'b', 'c>d'"),
        ("three", ["--cost", "fp=1", "fn=5"], "'a>b=3'"),
        ("three", ["--cost", "a>x=5"], "'x'"),
        ("number", ["--threshold", "0.3"], "one that answers numbers"),
        ("number", ["--cost", "fp=1", "fn=5"], "one that answers numbers"),
    ],
)
def test_05_15_a_rule_that_does_not_fit_is_refused(file, words, said, place, trivet):
    ended = trivet("predict", str(place / f"{file}.trivet"), str(place / "new.csv"), *words)
    assert (ended.code, ended.out) == (2, "") and "error[decision-rule]" in ended.err and said in ended.err


# --- best effort ------------------------------------------------------------------------------------------------------


def test_05_12_a_best_effort_file_says_with_every_answer_which_limits_it_breaks(place, trivet, tmp_path):
    verdicts = [{"limit": "auroc >= 0.9", "verdict": "BROKEN"}, {"limit": "size <= 9 kB", "verdict": "HOLDS"}]
    file = write_file(tmp_path / "m.trivet", ["no", "yes"], evidence={"outcome": "BROKEN", "verdicts": verdicts})
    ended = trivet("predict", str(file), str(place / "new.csv"))
    assert ended.code == 0 and "warning: " in ended.err and "does not keep auroc >= 0.9: " in ended.err
    assert "size" not in ended.err
