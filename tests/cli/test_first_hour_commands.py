"""What the commands say of findings, constant answers, broken files and wrong wishes, wherever they speak."""

import json
import random
from pathlib import Path

import pytest
from run_commands import STEPS, flags, in_process, write_csv

from trivet.core.recipe import DataSpec, Recipe
from trivet.core.task import Field, Task
from trivet.engine.plan import make_plan
from trivet.runtime.file.container import read


@pytest.fixture(scope="module")
def leaking(tmp_path_factory) -> Path:
    """A table with a copy of the target, a column that nearly gives it away, and a weight that is no number."""
    path = tmp_path_factory.mktemp("leak") / "leak.csv"
    random.seed(1)
    lines = ["a,nearly,copy,heavy,when,y"]
    for at in range(400):
        a = random.gauss(0, 1)
        y = a + random.gauss(0, 0.5) > 0
        nearly = (y if random.random() < 0.998 else not y) + random.gauss(0, 0.01)
        heavy = "much" if at % 2 else "little"
        lines.append(f"{a:.3f},{nearly:.4f},{'J' if y else 'N'},{heavy},{at}th,{'yes' if y else 'no'}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def built(leaking):
    out = leaking.with_name("leak.trivet")
    words = [*flags("--steps", STEPS), "--drop", "when", "--drop", "heavy", "--limit", "accuracy >= 0.4"]
    return out, in_process("compile", str(leaking), "--target", "y", *words, "--out", str(out))


def test_05_6_compile_tells_findings_before_the_search_and_beside_the_verdict(built):
    _, ended = built
    before = ended.err[: ended.err.index("searching")]
    for finding in ("block: target-copy(copy)", "warn: leaking-column(nearly)"):
        assert before.count(finding) == ended.out.count(finding) == 1
    assert "1 limit holds, 0 unproven, 0 broken; BUT the data has a finding that blocks: target-copy(copy)" in ended.out


def test_05_6_show_and_its_json_tell_the_findings_too(built, trivet):
    out, _ = built
    shown = trivet("show", str(out))
    assert "BUT the data has a finding that blocks: target-copy(copy)" in shown.out
    assert "warn: leaking-column(nearly)" in shown.out
    told = trivet("show", str(out), "--json").json
    assert told["alerts"] == ["target-copy(copy)"]
    assert {"target-copy", "leaking-column"} <= {finding["code"] for finding in told["findings"]}


def test_05_7_the_constant_answer_stands_beside_every_quality_line(built, trivet):
    out, ended = built
    (line,) = [line for line in ended.out.splitlines() if "accuracy >= 0.4" in line and "HOLDS" in line]
    assert "constant 0.5" in line and line.endswith("; so does the constant answer)")
    assert "the limit accuracy >= 0.4 asks nothing of a model" in ended.err
    quality = [line for line in trivet("show", str(out)).out.splitlines() if line.startswith("  auroc")]
    assert "constant 0.5000" in quality[0]


def test_05_5_compile_and_show_say_why_it_is_this_one(built, trivet):
    out, ended = built
    assert "why this one: recipe has accuracy" in ended.out
    assert "why this one: recipe has accuracy" in trivet("show", str(out)).out


@pytest.mark.slow
@pytest.mark.parametrize("words", [(), ("--no-sketch",)])
def test_05_4_the_sketch_of_rows_can_be_left_out(trivet, tmp_path, words):
    table, out = write_csv(tmp_path / "ab.csv"), tmp_path / "ab.trivet"
    trivet("compile", str(table), "--target", "y", *flags("--steps", STEPS), "--out", str(out), *words)
    assert ("sketch" in read(out).evidence) is not bool(words)


@pytest.fixture(scope="module")
def best_effort(tmp_path_factory):
    folder = tmp_path_factory.mktemp("effort")
    table, out = write_csv(folder / "ab.csv"), folder / "ab.trivet"
    words = [*flags("--steps", STEPS), "--limit", "accuracy >= 0.99", "--out", str(out), "--best-effort"]
    return table, out, in_process("compile", str(table), "--target", "y", *words)


def test_05_12_a_best_effort_ends_with_3_writes_the_file_and_says_what_it_breaks(best_effort):
    _, out, ended = best_effort
    assert ended.code == 3 and out.exists()
    assert ended.out.startswith("INFEASIBLE: ")
    assert "BEST EFFORT, BROKEN: 0 limits hold, 0 unproven, 1 broken" in ended.out


def test_05_12_a_best_effort_file_is_marked_wherever_it_speaks(best_effort, trivet):
    table, out, _ = best_effort
    assert "BEST EFFORT: this file breaks a limit" in trivet("show", str(out)).out
    assert trivet("show", str(out), "--json").json["outcome"] == "BROKEN"
    assert "does not keep accuracy >= 0.99" in trivet("predict", str(out), str(table)).err
    verified = trivet("verify", str(out))
    assert verified.code == 3 and "breaks accuracy >= 0.99" in verified.out
    page = out.with_suffix(".html")
    assert "BROKEN" in trivet("report", str(out), "--out", str(page)).out
    assert "BROKEN" in page.read_text(encoding="utf-8").partition("</title>")[0].upper()


@pytest.mark.parametrize(("words", "code"), [
    (["--weight", "heavy"], "cell-type"), (["--time-column", "when"], "cell-type"), (["--strict"], "doctor-findings"),
    (["--limit", "auroc <= 0.8"], "limit-vacuous"),
    (["--limit", "auroc >= 0.9", "--limit", "auroc <= 0.8"], "limit-contradiction"),
])  # fmt: skip
def test_05_11_a_dry_run_refuses_what_a_build_refuses(leaking, trivet, words, code):
    for more in (["--dry-run"], ["--out", str(leaking.with_name("never.trivet"))]):
        refused = trivet("compile", str(leaking), "--target", "y", *words, *more, "--json")
        assert refused.code == 2
        assert code in {error["code"] for error in refused.json["errors"]}


def test_05_11_a_dry_run_refuses_thirty_rows(trivet, tmp_path):
    table = write_csv(tmp_path / "few.csv", rows=30)
    refused = trivet("compile", str(table), "--target", "y", "--dry-run")
    assert refused.code == 2 and "error[too-few-rows]" in refused.err


def test_05_11_a_dry_run_answers_an_impossible_wish_as_a_build_does(leaking, trivet):
    refused = trivet("compile", str(leaking), "--target", "y", "--limit", "peak-memory <= 256 kB", "--dry-run")
    assert refused.code == 3 and "cannot be kept" in refused.out


def test_05_10_the_forecast_knows_the_speed_of_the_machine():
    inputs, answer = (Field(name="a", type="number"),), Field(name="y", type="number")
    task = Task(modality="table", goal="regress", inputs=inputs, answer=answer)
    recipe = Recipe(data=DataSpec(source="", target="y"), seconds=3600.0)
    fast, slow = (make_plan(recipe, task, rows=5000, threads=1, speed=speed) for speed in (1.0, 0.5))
    assert slow.seconds == pytest.approx(2 * fast.seconds)
    assert slow.judging == pytest.approx(2 * fast.judging)
    assert slow.units == fast.units  # what is visited does not depend on the machine


@pytest.mark.slow
def test_05_10_the_recipe_in_the_file_makes_the_same_body_again(built, trivet, tmp_path):
    out, _ = built
    recipe = tmp_path / "again.toml"
    recipe.write_text(trivet("show", str(out), "--recipe").out, encoding="utf-8")
    assert "[lock]" in recipe.read_text(encoding="utf-8")
    again = in_process("compile", str(recipe), "--out", str(tmp_path / "again.trivet"), "--json", "--threads", "1")
    assert json.loads(again.out)["body_digest"] == trivet("show", str(out), "--json").json["body_digest"]


def test_05_10_a_lock_is_for_its_own_recipe_and_goes_when_a_flag_changes_it(trivet, tmp_path):
    table, recipe = write_csv(tmp_path / "ab.csv"), tmp_path / "ab.toml"
    recipe.write_text(f"[data]\nsource = '{table}'\ntarget = 'y'\n[lock]\nunits = 3.0\n", encoding="utf-8")
    assert "[lock]" in trivet("compile", str(recipe), "--dry-run").out
    assert "[lock]" not in trivet("compile", str(recipe), "--dry-run", "--time", "9m").out
