"""How the command line behaves: exit codes, nothing overwritten, quiet in a pipe, plain text, safe to interrupt."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from run_commands import STEPS, flags, in_process

HEAVY = (
    "sklearn",
    "scipy",
    "pandas",
    "polars",
    "torch",
    "lightgbm",
    "pyarrow",
    "duckdb",
    "optuna",
    "onnxruntime",
    "matplotlib",
)
REPORT_LOADED = f"""
import atexit, sys
atexit.register(lambda: print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr))
"""


@pytest.mark.parametrize("words", [["--help"], ["compile", "--help"], ["passes"], ["gauges"], ["explain", "fit-trees"]])
def test_help_and_catalogues_load_no_heavy_library(words):
    ended = in_process(*words, before=REPORT_LOADED)
    assert ended.code == 0
    assert ended.err.strip() == "[]"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["compil"], "bad-arguments"),
        (["compile"], "bad-arguments"),
        (["compile", "ab.csv", "--seed", "x"], "bad-arguments"),
        (["compile", "ab.csv", "--target", "y", "--threads", "0"], "bad-arguments"),
        (["compile", "ab.csv", "--target", "y", "--goal", "clasify"], "recipe-field"),
        (["compile", "ab.csv"], "target-needed"),
        (["compile", "nothing.csv", "--target", "y"], "source-missing"),
        (["compile", "nothing.toml"], "recipe-file"),
        (["compile", "ab.csv", "--target", "z"], "unknown-column"),
        (["compile", "ab.csv", "--target", "y", "--type", "a=nmber"], "column-type"),
        (["compile", "ab.csv", "--target", "y", "--limit", "aurco >= 0.9"], "unknown-gauge"),
        (["compile", "ab.csv", "--target", "y", "--limit", "size <= 5"], "limit-unit"),
        (["compile", "ab.csv", "--target", "y", "--limit", "auroc >= 2"], "limit-range"),
        (["compile", "ab.csv", "--target", "y", "--limit", "rmse <= 2"], "not-applicable"),
        (["compile", "ab.csv", "--target", "y", "--aim", "aurco"], "unknown-gauge"),
        (["compile", "ab.csv", "--target", "y", "--aim", "rmse"], "not-applicable"),
        (["compile", "ab.csv", "--target", "y", "--steps", "fit-tres"], "unknown-pass"),
        (["compile", "ab.csv", "--target", "y", "--steps", "fit-trees"], "refused"),
        (["compile", "ab.csv", "--target", "y", "--time", "0"], "recipe-field"),
        (["compile", "ab.csv", "--target", "y", "--seed", "-1"], "recipe-field"),
        (["show", "nothing.trivet"], "file-missing"),
        (["explain", "aurco"], "unknown-name"),
    ],
)  # fmt: skip
def test_wrong_input_ends_with_2_and_a_code_that_has_a_page(workplace, trivet, tmp_path, monkeypatch, words, code):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ab.csv").write_bytes(workplace.table.read_bytes())
    plain, told = trivet(*words), trivet(*words, "--json")
    assert (plain.code, told.code) == (2, 2)
    assert f"error[{code}]: wanted " in plain.err and "\n  do: " in plain.err and plain.out == ""
    assert "Traceback" not in plain.err
    assert [error["code"] for error in told.json["errors"]] == [code]
    assert set(told.json["errors"][0]) == {"code", "wanted", "found", "do", "where"}
    assert trivet("explain", code).code == 0


@pytest.mark.parametrize(
    ("name", "change", "exit_code", "code"),
    [
        ("absent.trivet", None, 2, "file-missing"),
        ("folder.trivet", None, 2, "file-unreadable"),
        ("newer.trivet", lambda data: data[:8] + (2).to_bytes(4, "little") + data[12:], 2, "file-newer"),
        ("table.trivet", lambda data: b"a,b\n1,2\n", 6, "file-magic"),
        ("cut.trivet", lambda data: data[:-7], 6, "file-length"),
        ("bent.trivet", lambda data: data[:5000] + bytes([data[5000] ^ 1]) + data[5001:], 6, "file-digest"),
    ],
)
def test_05_15_a_damaged_file_ends_with_6_and_a_wrong_path_with_2(
    workplace, trivet, tmp_path, name, change, exit_code, code
):
    (tmp_path / "folder.trivet").mkdir()
    if change is not None:
        (tmp_path / name).write_bytes(change(workplace.file.read_bytes()))
    for words in (["show"], ["predict", str(workplace.table)], ["report"]):
        ended = trivet(words[0], str(tmp_path / name), *words[1:])
        assert (ended.code, ended.out) == (exit_code, "") and f"error[{code}]" in ended.err


def test_a_file_that_is_too_large_is_no_damaged_file():
    from trivet.runtime.errors import BadFile
    from trivet.runtime.file.caps import keep_cap

    with pytest.raises(BadFile) as caught:
        keep_cap(2, 1, "bytes", "here")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("words", [["show"], ["predict", "-"], ["report"], ["verify"]], ids=" ".join)
def test_caps_are_raised_by_the_flag_alone(trivet, tmp_path, words):
    path = tmp_path / "large.trivet"
    with open(path, "wb") as sparse:
        sparse.truncate(64_000_001)  # takes no room on the disk
    refused = trivet(words[0], str(path), *words[1:])
    assert refused.code == 2 and "error[file-cap]" in refused.err and "--large" in refused.err
    opened = trivet(words[0], str(path), *words[1:], "--large")
    assert opened.code == 6 and "file-magic" in opened.err + opened.out


def test_05_15_every_exit_code_is_named_in_every_help(trivet):
    for words in ([], ["predict"], ["verify"]):
        told = " ".join(trivet(*words, "--help").out.split())
        assert "0 done, 1 our fault, 2 wrong input, 3 limits cannot be kept, 4 something is not installed, " in told
        assert "5 unproven, 6 the file is damaged or contradicts itself, 7 an alarm, 130 interrupted" in told


def test_the_nearest_command_is_offered(trivet):
    assert "did you mean 'compile'?" in trivet("compil").err


def test_all_mistakes_come_at_once(workplace, trivet):
    limits = flags("--limit", ["aurco >= 0.9", "size <= 5", "auroc > 1"])
    told = trivet("compile", str(workplace.table), "--target", "y", *limits, "--json").json
    assert [error["code"] for error in told["errors"]] == ["unknown-gauge", "limit-unit", "limit-form"]


BLOCK = """
import importlib.util, sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError("No module named " + repr(name), name=name)
real = importlib.util.find_spec
def find_spec(name, package=None):
    return None if name.partition(".")[0] in {names!r} else real(name, package)
importlib.util.find_spec = find_spec
sys.meta_path.insert(0, Block())
"""


@pytest.mark.parametrize("names", [("sklearn",), ("lightgbm",), ("sklearn", "lightgbm", "interpret", "optuna")])
def test_a_missing_library_ends_with_4_and_the_pip_line_before_any_fit(workplace, tmp_path, names):
    words = ["compile", str(workplace.table), "--target", "y", "--out", str(tmp_path / "m.trivet")]
    ended = in_process(*words, before=BLOCK.format(names=names))
    assert ended.code == 4, ended.err
    assert "error[missing-extra]: wanted " in ended.err and 'do: pip install "trivet[tables]"' in ended.err
    assert "searching" not in ended.err and not (tmp_path / "m.trivet").exists()


@pytest.mark.parametrize("names", [("pyarrow",), ("duckdb",)])
def test_a_library_that_reads_the_source_is_named_too(tmp_path, names):
    source = {"pyarrow": "t.parquet", "duckdb": "SELECT 1 AS a, 2 AS y"}[names[0]]
    (tmp_path / "t.parquet").write_bytes(b"PAR1")
    ended = in_process("compile", source, "--target", "y", before=BLOCK.format(names=names), cwd=tmp_path)
    assert ended.code == 4, ended.err
    assert names[0] in ended.err and 'pip install "trivet[tables]"' in ended.err


def test_rows_of_another_table_are_refused_with_what_is_there(workplace, trivet, tmp_path):
    (tmp_path / "bare.csv").write_text("a,c\n1.5,2.5\n", encoding="utf-8")
    ended = trivet("predict", str(workplace.file), str(tmp_path / "bare.csv"))
    assert ended.code == 2 and "error[missing-column]" in ended.err and "bare.csv" in ended.err
    assert "built on: 'b'" in ended.err and "a table with 'a', 'c'" in ended.err


def test_nothing_is_overwritten_without_force(workplace, trivet, tmp_path):
    before = workplace.file.read_bytes()
    steps = flags("--steps", STEPS)
    ended = trivet("compile", str(workplace.table), "--target", "y", *steps, "--out", str(workplace.file))
    assert ended.code == 2 and "error[file-exists]" in ended.err
    assert workplace.file.read_bytes() == before
    answers = tmp_path / "answers.csv"
    words = ["predict", str(workplace.file), str(workplace.table), "--out", str(answers)]
    assert trivet(*words).code == 0
    answers.write_text("mine", encoding="utf-8")
    assert trivet(*words).code == 2 and answers.read_text(encoding="utf-8") == "mine"
    assert trivet(*words, "--force").code == 0 and answers.read_text(encoding="utf-8") != "mine"


def test_a_folder_is_never_replaced(workplace, trivet, tmp_path):
    ended = trivet("compile", str(workplace.table), "--target", "y", "--out", str(tmp_path), "--force")
    assert ended.code == 2 and "error[file-exists]" in ended.err and "a folder of that name" in ended.err


def test_output_has_no_colours_and_no_rewritten_lines(workplace):
    shown = in_process("show", str(workplace.file), env={"FORCE_COLOR": "1", "TERM": "xterm-256color"})
    assert "\x1b" not in shown.out + shown.err + workplace.compiled.err
    assert "\r" not in workplace.compiled.err


def test_a_reader_that_leaves_early_is_no_error(workplace):
    command = f'"{sys.executable}" -m trivet.cli.main predict "{workplace.file}" "{workplace.table}" | head -1'
    ended = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "y,p[no],p[yes]\n"


def test_a_bug_of_ours_ends_with_1_and_one_line(trivet, monkeypatch):
    from trivet.cli.commands import passes

    def broken(arguments):
        raise ZeroDivisionError("one over none")

    monkeypatch.setattr(passes, "run", broken)
    ended = trivet("passes")
    assert ended.code == 1 and "Traceback" not in ended.err
    assert "error[our-fault]" in ended.err and "ZeroDivisionError: one over none (test_manners.py:" in ended.err
    assert trivet("passes", "--json").json["errors"][0]["code"] == "our-fault"


def test_an_interrupt_is_safe_and_says_so(trivet, monkeypatch):
    from trivet.cli.commands import passes

    def interrupted(arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(passes, "run", interrupted)
    ended = trivet("passes")
    assert ended.code == 130 and ended.out == ""
    assert ended.err == "stopped; run the same command again to go on where it stopped\n"


def test_formulas_are_written_as_text_and_numbers_as_numbers():
    from trivet.cli.commands.predict import as_csv

    cells = ["=1+1", "+x", "-x", "@x", "＝x", "plain", -1.5]
    assert as_csv({"=y": cells}).split("\n")[:-1] == ["'=y", "'=1+1", "'+x", "'-x", "'@x", "'＝x", "plain", "-1.5"]


@pytest.mark.slow
def test_ctrl_c_in_a_build_leaves_a_store_from_which_the_next_run_goes_on(workplace, tmp_path):
    out = tmp_path / "ab.trivet"
    words = ["compile", str(workplace.table), "--target", "y", "--limit", "auroc >= 0.8", "--out", str(out)]
    build = subprocess.Popen(
        [sys.executable, "-m", "trivet.cli.main", *words, "--time", "30s"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        # A shell starts jobs in the background with Ctrl-C ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    journal, deadline = tmp_path / "ab.build" / "journal", time.monotonic() + 60
    while (
        build.poll() is None
        and time.monotonic() < deadline
        and not (journal.exists() and journal.stat().st_size > 2000)
    ):
        time.sleep(0.05)
    os.killpg(build.pid, signal.SIGINT)
    _, told = build.communicate(timeout=30)
    assert build.returncode == 130 and told.endswith("to go on where it stopped\n") and "Traceback" not in told
    assert not out.exists()
    again = in_process(*words, "--time", "30s", "--json")
    assert again.code == 0, again.err
    assert json.loads(again.out)["bytes"] == out.stat().st_size
