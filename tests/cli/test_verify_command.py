"""`trivet verify`: its first line, and exit codes that keep a missed limit, too few rows and a damaged file apart."""

import pytest
from run_commands import write_csv


def turned(text):
    return text.replace("yes", "YES").replace("no", "yes").replace("YES", "no")


@pytest.fixture
def file(workplace):
    """A copy of the name only: the file is the session's own and nobody writes to it."""
    return str(workplace.file)


def test_05_4_fresh_rows_that_keep_every_limit_end_with_0(file, trivet, tmp_path):
    found = trivet("verify", file, "--data", str(write_csv(tmp_path / "fresh.csv", rows=2000, seed=1)))
    assert found.code == 0, found.out
    assert found.out.startswith(f"{file}: SOUND: 3 limits hold on these 2,000 rows\n")
    assert found.out.count("[measured now]") == 3
    assert "note: about 0 % (0 to " in found.out and "bytes unaltered" in found.out


def test_05_4_fresh_rows_that_break_a_limit_end_with_3(file, trivet, tmp_path):
    fresh = write_csv(tmp_path / "fresh.csv", seed=1)
    fresh.write_text(turned(fresh.read_text(encoding="utf-8")), encoding="utf-8")
    found = trivet("verify", file, "--data", str(fresh))
    assert found.code == 3
    assert found.out.startswith(f"{file}: MISSED: 2 of 3 limits are broken on these 400 rows\n")


def test_05_4_nineteen_fresh_rows_end_with_5_and_say_how_many_are_enough(file, trivet, tmp_path):
    found = trivet("verify", file, "--data", str(write_csv(tmp_path / "few.csv", rows=19, seed=1)))
    assert found.code == 5
    first = found.out.splitlines()[0]
    assert "UNPROVEN: these 19 rows are too few to say: " in first and first.endswith("would settle it")


def test_05_4_rows_of_the_build_end_with_5_and_are_named_so(workplace, file, trivet):
    found = trivet("verify", file, "--data", str(workplace.table), "--json")
    assert found.code == 5
    assert (found.json["outcome"], found.json["sound"], found.json["rows"]) == ("UNPROVEN", False, 400)
    assert found.json["overlap"]["share"] == 1 and found.json["overlap"]["seen"]


@pytest.mark.parametrize("is_json", [False, True])
def test_05_4_altered_bytes_end_with_6(workplace, trivet, tmp_path, is_json):
    data = bytearray(workplace.file.read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "bad.trivet").write_bytes(data)
    found = trivet("verify", str(tmp_path / "bad.trivet"), *(["--json"] if is_json else []))
    assert found.code == 6 and found.err == ""
    if is_json:
        assert found.json["outcome"] == "DAMAGED" and found.json["problems"][0].startswith("file-digest: ")
    else:
        assert "DAMAGED: the file was altered, or contradicts itself\n  problem: file-digest: " in found.out
        assert "unaltered" not in found.out


def test_05_4_a_file_that_is_not_there_is_wrong_input(trivet, tmp_path):
    assert trivet("verify", str(tmp_path / "none.trivet")).code == 2


def test_05_3_unknown_labels_end_with_2(file, trivet, tmp_path):
    fresh = write_csv(tmp_path / "fresh.csv", seed=1)
    fresh.write_text(fresh.read_text(encoding="utf-8").replace("yes", "fraud?"), encoding="utf-8")
    found = trivet("verify", file, "--data", str(fresh))
    assert found.code == 2
    assert "error[unknown-labels]" in found.err and "'fraud?' (" in found.err


def test_05_2_rows_in_another_encoding_are_read(file, trivet, tmp_path):
    fresh = write_csv(tmp_path / "fresh.csv", seed=1)
    fresh.write_bytes(b"\xe9," + fresh.read_bytes().replace(b"\n", b"\n0,").removesuffix(b"0,"))
    words = ["verify", file, "--data", str(fresh), "--json"]
    assert trivet(*words).code == 2
    assert trivet(*words, "--encoding", "latin-1").json["rows"] == 400
