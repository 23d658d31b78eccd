"""Proving later: what is earned, at which alpha, and that the file itself never changes."""

import math

import pytest
from made_files import made_file, stream

import trivet
from trivet.core.levels import share_of_build
from trivet.operate.beside import accounts_beside, lines_in_short
from trivet.runtime.errors import TrivetError
from trivet.runtime.file.container import read


def test_rows_that_keep_a_limit_earn_it(tmp_path):
    file = made_file(tmp_path / "ab.trivet")
    found = trivet.prove(file, stream(600))
    lines = {line.limit: line for line in found.lines}
    assert found.outcome == "UNPROVEN"  # auroc cannot be earned so
    assert all(lines[name].reached for name in ("accuracy >= 0.9", "brier <= 0.1", "worst-class-coverage >= 0.9"))
    assert lines["auroc >= 0.9"].why_not and "size <= 50 kB" not in lines  # it HOLDS already


def test_every_limit_earned_is_proven(tmp_path):
    file = made_file(tmp_path / "ab.trivet", limits=("accuracy >= 0.9", "size <= 50 kB"))
    assert trivet.prove(file, stream(30)).outcome == "UNPROVEN"
    assert trivet.prove(file, stream(600, seed=1)).outcome == "PROVEN"


def test_rows_that_break_a_limit_earn_nothing(tmp_path):
    file = made_file(tmp_path / "ab.trivet", limits=("accuracy >= 0.9",))
    found = trivet.prove(file, stream(2000, wrong=0.12))
    assert found.outcome == "UNPROVEN" and found.reached == ()


@pytest.mark.parametrize("build", [1, 2, 5])
def test_each_build_may_spend_what_the_vault_gave_it(tmp_path, build):
    file = made_file(tmp_path / "ab.trivet", limits=("accuracy >= 0.9",), build=build)
    (line,) = trivet.prove(file, stream(30)).lines
    assert 1 / line.threshold == pytest.approx(0.05 * 6 / (math.pi**2 * build**2))


def test_the_shares_of_all_builds_sum_up_to_one():
    assert sum(share_of_build(build) for build in range(1, 100_000)) == pytest.approx(1, abs=1e-4)


def test_a_file_that_does_not_say_which_build_it_was_is_told(tmp_path):
    file = made_file(tmp_path / "ab.trivet", build=None)
    assert any("does not say which build" in note for note in trivet.prove(file, stream(30)).notes)


@pytest.mark.parametrize("verdict", ["HOLDS", "BROKEN"])
def test_only_unproven_limits_can_be_earned(tmp_path, verdict):
    file = made_file(tmp_path / "ab.trivet", limits=("accuracy >= 0.9",), verdict=verdict)
    with pytest.raises(TrivetError) as error:
        trivet.prove(file, stream(30))
    assert error.value.code == "nothing-to-bet" and verdict in str(error.value)


def test_the_file_stays_and_another_one_carries_the_account(tmp_path):
    file = made_file(tmp_path / "ab.trivet", limits=("accuracy >= 0.9",))
    before, out = file.read_bytes(), tmp_path / "proven.trivet"
    trivet.prove(file, stream(600), out=out)
    assert file.read_bytes() == before
    assert (
        read(out).body_digest == read(file).body_digest
        and read(out).evidence["verdicts"] == (read(file).evidence["verdicts"])
    )
    assert lines_in_short(accounts_beside(out, read(out))) == [
        "proven later: PROVEN (earned: accuracy >= 0.9) on 600 rows"
    ]
    with pytest.raises(TrivetError) as error:
        trivet.prove(file, stream(30, seed=2), out=out)
    assert error.value.code == "file-exists"


def test_watching_and_proving_do_not_share_a_state(tmp_path):
    file = made_file(tmp_path / "ab.trivet")
    trivet.prove(file, stream(300))
    assert trivet.watch(file, stream(300)).new_rows == 300
    assert set(accounts_beside(file, read(file))) == {"watch", "prove"}
