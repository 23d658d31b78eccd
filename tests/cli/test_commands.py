"""Every command: what it prints, its JSON keys and its exit code."""

import csv
import io
import json

import pytest
from run_commands import STEPS, flags, in_process

from trivet.cli.main import command_names

READING = {"gauge", "value", "low", "high", "unit", "n", "sure", "how", "where", "notes", "baseline",
           "approximate", "contended", "trials"}  # fmt: skip


def test_compile_writes_the_file_and_tells_every_verdict(workplace):
    assert workplace.compiled.code == 0, workplace.compiled.err
    told = workplace.compiled.json
    assert set(told) == {
        "outcome", "out", "bytes", "digest", "body_digest", "route", "why", "candidates", "seconds", "stages", "main",
            "search",
        "constant", "limits", "readings", "findings", "alerts", "notices", "build", "finalist",
    }  # fmt: skip
    assert (told["build"], told["finalist"]) == (1, 1)
    assert told["bytes"] == workplace.file.stat().st_size
    assert [limit["limit"] for limit in told["limits"]] == ["auroc >= 0.8", "accuracy >= 0.8", "size <= 50 kB"]
    for limit in told["limits"]:
        assert set(limit) == {"limit", "gauge", "verdict", "rows_needed", "note", "reading", "build", "confidence"}
        assert set(limit["reading"]) == READING
    assert told["limits"][0]["verdict"] == told["limits"][2]["verdict"] == "HOLDS"
    assert told["outcome"] == ("CERTIFIED" if told["limits"][1]["verdict"] == "HOLDS" else "UNPROVEN")


def test_progress_goes_to_standard_error_and_the_answer_to_standard_output(workplace):
    assert "searching" in workplace.compiled.err
    assert json.loads(workplace.compiled.out)


def test_show_says_what_the_file_answers_and_claims(workplace, trivet):
    shown = trivet("show", str(workplace.file))
    assert shown.code == 0
    assert "classifies 'y' (no, yes) from 2 columns" in shown.out
    assert "auroc >= 0.8   " in shown.out and "HOLDS" in shown.out
    assert "model: reader columns -> body chain[expand, affine] -> scale temperature -> decoder labels" in shown.out


def test_show_as_json_has_stable_keys(workplace, trivet):
    told = trivet("show", str(workplace.file), "--json").json
    assert set(told) == {
        "file", "task", "outcome", "verdicts", "why", "alerts", "findings", "notices", "readings", "constant", "parts",
        "digest", "body_digest", "recipe", "search", "look", "beside",
    }  # fmt: skip
    assert told["digest"] == workplace.compiled.json["digest"]


def test_predict_answers_every_row_as_csv(workplace, trivet):
    answers = list(csv.DictReader(io.StringIO(trivet("predict", str(workplace.file), str(workplace.table)).out)))
    assert list(answers[0]) == ["y", "p[no]", "p[yes]"]
    with workplace.table.open(encoding="utf-8") as lines:
        truth = [row["y"] for row in csv.DictReader(lines)]
    right = sum(row["y"] == true for row, true in zip(answers, truth, strict=True))
    assert right / len(truth) > 0.85
    assert all(abs(float(row["p[no]"]) + float(row["p[yes]"]) - 1) < 1e-5 for row in answers)


def test_predict_as_json_has_stable_keys(workplace, trivet):
    told = trivet("predict", str(workplace.file), str(workplace.table), "--json").json
    assert set(told) == {"rows", "out", "rule", "answers"}
    assert told["rows"] == 400 == len(told["answers"]["y"])


def test_verify_without_rows_measures_costs_and_keeps_the_rest(workplace, trivet):
    found = trivet("verify", str(workplace.file), "--json")
    assert found.code == 0
    assert set(found.json) == {
        "outcome", "sound", "rows", "overlap", "dropped", "notes", "limits", "problems", "file", "digest",
    }  # fmt: skip
    assert (found.json["outcome"], found.json["rows"], found.json["overlap"]) == ("SOUND", 0, None)
    assert [limit["how"] for limit in found.json["limits"]] == ["as certified", "as certified", "measured now"]


def test_init_prints_a_recipe_that_compile_reads(workplace, trivet, tmp_path):
    made = trivet("init", str(workplace.table), "--target", "y")
    assert made.code == 0 and made.err == ""
    recipe = tmp_path / "ab.toml"
    recipe.write_text(made.out, encoding="utf-8")
    plan = trivet("compile", str(recipe), "--dry-run", "--json")
    assert plan.code == 0, plan.out
    assert set(plan.json) == {
        "recipe", "rows", "goal", "modality", "aim", "forecast", "routes", "findings", "alerts", "notices",
    }  # fmt: skip
    assert (plan.json["rows"], plan.json["goal"], plan.json["modality"]) == (400, "classify", "table")


def test_init_as_json_has_stable_keys(workplace, trivet):
    told = trivet("init", str(workplace.table), "--target", "y", "--json").json
    assert set(told) == {"recipe", "rows", "columns", "baseline", "notices", "findings"}
    assert told["columns"] == [{"name": "a", "type": "number"}, {"name": "b", "type": "number"}]


def test_a_dry_run_says_what_would_run_and_builds_nothing(workplace, trivet, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    plan = trivet("compile", str(workplace.table), "--target", "y", "--limit", "auroc >= 0.9", "--dry-run")
    assert plan.code == 0
    assert 'auroc = ">= 0.9"' in plan.out and "# forecast: about" in plan.out
    assert list(tmp_path.iterdir()) == []


def test_flags_win_over_the_recipe(workplace, trivet, tmp_path):
    recipe = tmp_path / "r.toml"
    source = json.dumps(str(workplace.table))
    recipe.write_text(f'[data]\nsource = {source}\ntarget = "a"\n[limits]\nsize = "<= 9 kB"\n', encoding="utf-8")
    words = ["--target", "y", "--limit", "size <= 7 kB", "--limit", "auroc >= 0.8", "--time", "90", "--seed", "5"]
    words += ["--aim", "P50_latency", "--stop-when-proven"]
    plan = trivet("compile", str(recipe), *words, "--dry-run", "--json").json
    text = plan["recipe"]
    assert plan["aim"] == "p50-latency" and 'aim = "p50-latency"\nstop_when_proven = true' in text
    assert 'target = "y"' in text and 'size = "<= 7 kB"' in text and 'time = "90 s"' in text and "seed = 5" in text


def test_a_source_beside_its_recipe_is_found_from_anywhere(workplace, trivet, tmp_path, monkeypatch):
    recipe = workplace.folder / "beside.toml"
    recipe.write_text('[data]\nsource = "ab.csv"\ntarget = "y"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert trivet("compile", str(recipe), "--dry-run").code == 0


@pytest.mark.parametrize(("command", "key", "name"), [("passes", "passes", "fit-trees"), ("gauges", "gauges", "auroc")])
def test_catalogues_list_every_name_with_a_sentence(trivet, command, key, name):
    listed = trivet(command)
    assert listed.code == 0 and f"  {name} " in listed.out
    told = trivet(command, "--json").json
    assert set(told) == {key, "left_out"} and told["left_out"] == []
    assert all(one["name"] and one["sentence"].endswith(".") for one in told[key])


@pytest.mark.parametrize(
    ("name", "kind"), [("fit-trees", "pass"), ("auroc", "gauge"), ("table", "domain"), ("limit-unit", "error")]
)
def test_explain_shows_the_page_of_anything(trivet, name, kind):
    page = trivet("explain", name)
    assert page.code == 0 and page.out.startswith(f"# {name}\n")
    told = trivet("explain", name, "--json").json
    assert set(told) == {"name", "kind", "page"} and told["kind"] == kind


def test_report_writes_one_page(workplace, trivet, tmp_path):
    pytest.importorskip("trivet.ship.report")
    page = tmp_path / "ab.html"
    made = trivet("report", str(workplace.file), "--out", str(page), "--json")
    assert made.code == 0, made.out
    assert set(made.json) == {"out", "bytes", "outcome"}
    assert made.json["bytes"] == page.stat().st_size


def test_an_honest_no_says_why_how_near_and_what_to_do():
    from trivet.cli.commands.compile import infeasible
    from trivet.core.limits import Limit
    from trivet.core.reading import Reading
    from trivet.engine.outcome import Infeasible

    limit = Limit(gauge="auroc", must=">=", bound=0.99)
    near = Reading(gauge="auroc", value=0.9, low=0.85, high=0.94, n=80)
    why, do = "auroc was at best 0.9000", "allow auroc >= 0.85"
    told = infeasible(
        Infeasible(limit=limit, closest=(near,), route="linear", why=why, next_step=do, candidates=7, seconds=3.0),
        None,
        {},
    )
    assert told.exit_code == 3
    assert told.text == (
        "INFEASIBLE: auroc was at best 0.9000\n  do: allow auroc >= 0.85\n"
        "  the closest candidate (linear):\n    auroc  0.9000 (0.8500 to 0.9400, n = 80)  [exact]"
    )


@pytest.mark.slow
def test_hopeless_limits_end_with_3_and_what_to_do(workplace, tmp_path):
    words = [*flags("--steps", STEPS), "--limit", "auroc >= 0.99999", "--out", str(tmp_path / "no.trivet"), "--quiet"]
    ended = in_process("compile", str(workplace.table), "--target", "y", *words)
    assert ended.code == 3 and ended.err == ""
    assert ended.out.startswith("INFEASIBLE: ") and "  do: allow auroc >= " in ended.out
    assert not (tmp_path / "no.trivet").exists()


@pytest.mark.slow
def test_infeasible_as_json_has_stable_keys(workplace, tmp_path):
    words = [*flags("--steps", STEPS), "--limit", "size <= 500 B", "--out", str(tmp_path / "no.trivet"), "--json"]
    ended = in_process("compile", str(workplace.table), "--target", "y", *words)
    assert ended.code == 3
    keys = {"outcome", "limit", "why", "next_step", "route", "closest", "candidates", "stages"}
    keys |= {"findings", "alerts", "notices"}
    assert set(ended.json) == keys and ended.json["limit"] == "size <= 500 B"


@pytest.mark.parametrize("command", command_names())
def test_help_begins_with_an_example_and_names_the_exit_codes(trivet, command):
    page = trivet(command, "--help")
    assert page.code == 0
    assert f"example:\n  trivet {command}" in page.out and "exit codes: 0 done" in page.out and "--json" in page.out


def test_no_command_at_all_shows_the_help(trivet):
    assert trivet().out == trivet("--help").out
    assert all(f"    {command} " in trivet().out for command in command_names())


def test_the_version_is_said(trivet):
    from trivet import __version__

    assert trivet("--version").out == f"trivet {__version__}\n"
