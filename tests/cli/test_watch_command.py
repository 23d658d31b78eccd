"""`trivet watch` and `trivet prove`: first lines, exit codes, JSON, and what `show` and the report tell afterwards."""

import shutil

import pytest
from run_commands import write_csv


@pytest.fixture
def file(workplace, tmp_path):
    """A copy: the states of this test lie beside it."""
    return str(shutil.copy(workplace.file, tmp_path / "ab.trivet"))


def turned(path):
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("yes", "YES").replace("no", "yes").replace("YES", "no"), encoding="utf-8")
    return path


def test_a_calm_stream_ends_with_0_and_an_alarm_with_7(file, trivet, tmp_path):
    calm = trivet("watch", file, "--data", str(write_csv(tmp_path / "monday.csv", seed=1)))
    assert calm.code == 0, calm.err
    assert calm.out.startswith(f"{file}: CALM: no limit is shown to be missed; 400 rows (400 rows new)\n")
    alarm = trivet("watch", file, "--data", str(turned(write_csv(tmp_path / "tuesday.csv", seed=2))))
    assert alarm.code == 7
    assert alarm.out.startswith(f"{file}: ALARM: accuracy >= 0.8 is missed on the rows that come; 800 rows")
    assert "not bet on: " in alarm.out and "meaning: " in alarm.out


def test_the_json_has_stable_keys(file, trivet, tmp_path):
    found = trivet("watch", file, "--data", str(write_csv(tmp_path / "monday.csv", seed=1)), "--json").json
    assert {"outcome", "for", "digest", "rows", "new_rows", "units", "limits", "skipped", "claim", "file"} <= set(found)
    keys = {"limit", "bet_on", "why_not", "value", "evidence", "highest", "threshold", "reached", "curve"}
    assert all(keys <= set(line) for line in found["limits"])
    assert {line["limit"]: line["bet_on"] for line in found["limits"]} == {
        "accuracy >= 0.8": True, "auroc >= 0.8": False, "size <= 50 kB": False,
    }  # fmt: skip


def test_show_and_the_report_tell_what_lies_beside_the_file(file, trivet, tmp_path):
    pytest.importorskip("matplotlib", reason="the report needs matplotlib")
    assert "watched" not in trivet("show", file).out
    trivet("watch", file, "--data", str(turned(write_csv(tmp_path / "monday.csv", seed=1))))
    assert "  watched: ALARM (missed: accuracy >= 0.8) on 400 rows" in trivet("show", file).out
    assert trivet("show", file, "--json").json["beside"]["watch"]["outcome"] == "ALARM"
    trivet("report", file, "--out", str(tmp_path / "ab.html"))
    assert "What rows since the build say" in (tmp_path / "ab.html").read_text(encoding="utf-8")


def test_rows_of_the_build_are_wrong_input(workplace, file, trivet):
    found = trivet("watch", file, "--data", str(workplace.table))
    assert found.code == 2 and "error[rows-of-the-build]" in found.err


def test_a_file_whose_limits_hold_has_nothing_to_prove(file, trivet, tmp_path):
    found = trivet("prove", file, "--data", str(write_csv(tmp_path / "more.csv", seed=1)))
    assert found.code == 2 and "error[nothing-to-bet]" in found.err
