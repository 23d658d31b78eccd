"""Watching: alarms that stay, rows that count once, and a state that is exact, its own, and beside the file."""

import json
import math

import numpy as np
import pytest
from made_files import INPUTS, made_file, part_of, stream

import trivet
from trivet.core.rows import Rows
from trivet.operate.beside import accounts_beside, lines_in_short
from trivet.operate.state import folded, state_path
from trivet.runtime.errors import TrivetError
from trivet.runtime.file.container import read
from trivet.storage.journal import read_frames


@pytest.fixture
def file(tmp_path):
    return made_file(tmp_path / "ab.trivet")


def state_of(file, purpose="watch"):
    return folded(read_frames(state_path(file, purpose).read_bytes())[0])


def numbers_of(state):
    """Everything that must not depend on how rows were cut into updates."""
    return {
        name: [part.tolist() for part in (c.capital.logs, c.capital.anew, c.capital.top, c.lost, c.staked)]
        + [c.reached]
        for name, c in state.courses.items()
    }


def code_of(error):
    return error.value.code


def test_rows_that_are_right_leave_everything_calm(file):
    found = trivet.watch(file, stream(500))
    assert (found.outcome, found.is_alarm, found.rows, found.new_rows) == ("CALM", False, 500, 500)
    assert str(found).startswith("CALM: no limit is shown to be missed; 500 rows (500 rows new)")
    assert "at most 1 %, however long and however often you look" in str(found)


def test_rows_that_are_wrong_raise_an_alarm_that_stays(file):
    found = trivet.watch(file, stream(300, wrong=0.3))
    lines = {line.limit: line for line in found.lines}
    assert found.outcome == "ALARM" and lines["accuracy >= 0.9"].reached <= 150
    assert lines["accuracy >= 0.9"].value == pytest.approx(0.7, abs=0.08)
    after = trivet.watch(file, stream(3000, seed=1))
    assert after.is_alarm and {line.limit: line.reached for line in after.lines} == {
        line.limit: line.reached for line in found.lines
    }


def test_limits_that_cannot_be_bet_on_say_why(file):
    lines = {line.limit: line.why_not for line in trivet.watch(file, stream(50)).lines}
    assert "no mean of losses" in lines["auroc >= 0.9"] and "a cost" in lines["size <= 50 kB"]
    assert lines["brier <= 0.1"] == lines["worst-class-coverage >= 0.9"] == ""


def test_a_file_without_such_a_limit_is_refused(tmp_path):
    with pytest.raises(TrivetError) as error:
        trivet.watch(made_file(tmp_path / "auc.trivet", limits=("auroc >= 0.9",)), stream(50))
    assert code_of(error) == "nothing-to-bet" and not state_path(tmp_path / "auc.trivet", "watch").exists()


# --- rows count once


def test_the_same_rows_again_are_not_counted_twice(file):
    first = trivet.watch(file, stream(200, wrong=0.1))
    size = state_path(file, "watch").stat().st_size
    again = trivet.watch(file, stream(200, wrong=0.1))
    assert (again.rows, again.new_rows) == (200, 0) and again.lines == first.lines
    assert again.skipped == {"rows of sources that were counted before": 200}
    assert state_path(file, "watch").stat().st_size == size


def test_a_file_that_grew_goes_on_behind_what_was_counted(file):
    table = stream(300, wrong=0.1)
    trivet.watch(file, part_of(table, 0, 120))
    assert trivet.watch(file, table).new_rows == 180


def test_sources_one_after_the_other_are_known_in_one(file):
    table = stream(300, wrong=0.1)
    trivet.watch(file, part_of(table, 0, 120))
    trivet.watch(file, part_of(table, 120, 200))
    assert trivet.watch(file, table).new_rows == 100


def test_rows_that_look_like_earlier_ones_are_refused_until_somebody_says_what_they_are(file):
    table = stream(300)
    trivet.watch(file, part_of(table, 0, 200))
    with pytest.raises(TrivetError) as error:
        trivet.watch(file, part_of(table, 150, 300))
    assert code_of(error) == "rows-repeat" and "50 of 150 rows" in str(error.value)
    assert state_of(file).rows == 200
    assert trivet.watch(file, part_of(table, 150, 300), all_new=True).new_rows == 150


def test_repeats_within_a_source_are_rows_of_their_own(file):
    table = {"a": [1.0] * 40, "b": [1.0] * 40, "y": ["yes"] * 40}
    assert trivet.watch(file, table).new_rows == 40


def test_ids_tell_rows_apart_whatever_they_hold(file):
    table = {"a": [1.0] * 40, "b": [1.0] * 40, "y": ["yes"] * 40, "id": [*range(30), *range(10)]}
    found = trivet.watch(file, table, id="id")
    assert found.new_rows == 30 and found.skipped == {"ids that were counted before": 10}
    later = {"a": [1.0] * 20, "b": [1.0] * 20, "y": ["no"] * 20, "id": [str(one) for one in range(20, 40)]}
    assert trivet.watch(file, later).new_rows == 10  # the state remembers which column, and 20 is "20"


def test_a_row_without_an_id_is_refused(file):
    with pytest.raises(TrivetError) as error:
        trivet.watch(file, stream(3, id=["x", None, "z"]), id="id")
    assert code_of(error) == "id-missing"


def test_a_row_counts_once_its_answer_is_there(file):
    table = stream(20)
    waiting = {**table, "y": [None if at == 3 else y for at, y in enumerate(table["y"])], "id": list(range(20))}
    assert trivet.watch(file, waiting, id="id").rows == 19
    assert trivet.watch(file, {**table, "id": list(range(20))}).new_rows == 1


def test_rows_of_the_build_are_refused_also_in_small_pieces(tmp_path):
    table = stream(400)
    columns = {name: np.array(table[name]) for name in ("a", "b")}
    known = Rows(fields=INPUTS, columns=columns, words={}, truth=np.zeros(400, np.int32), ids=np.arange(400))
    file = made_file(tmp_path / "ab.trivet", known=known)
    with pytest.raises(TrivetError) as error:
        trivet.watch(file, table)
    assert code_of(error) == "rows-of-the-build" and not state_path(file, "watch").exists()
    with pytest.raises(TrivetError) as error:
        for at in range(0, 400, 5):
            trivet.watch(file, part_of(table, at, at + 5))
    assert code_of(error) == "rows-of-the-build" and state_of(file).rows < 60
    assert trivet.watch(made_file(tmp_path / "other.trivet", known=known), stream(400, seed=1)).rows == 400


# --- units


def test_a_group_counts_once_by_the_mean_of_its_rows_in_the_order_of_first_rows(tmp_path):
    file = made_file(tmp_path / "g.trivet", limits=("accuracy >= 0.9",), roles={"group": "who"})
    table = {"a": [1.0, -1.0, 1.0, 1.0], "b": [0.0] * 4, "y": ["yes", "yes", "no", "yes"], "who": ["u", "v", "u", "w"]}
    found = trivet.watch(file, table)
    assert (found.rows, found.units, found.noun) == (4, 3, "groups")
    (course,) = state_of(file).courses.values()
    assert course.lost.tolist() == [1.5] and course.staked.tolist() == [3.0]
    more = {"a": [1.5, 2.0], "b": [0.0, 0.0], "y": ["no", "yes"], "who": ["u", "x"]}
    later = trivet.watch(file, more)
    assert later.units == 4 and later.skipped == {"rows of groups that were counted before": 1}


def test_weights_are_staked_as_shares_of_the_most_that_was_said(tmp_path):
    file = made_file(tmp_path / "w.trivet", limits=("accuracy >= 0.9",), roles={"weight": "w"})
    table = {"a": [1.0, 1.0, 1.0], "b": [0.0] * 3, "y": ["no", "yes", "yes"], "w": [2.0, 1.0, 9.0]}
    with pytest.raises(TrivetError) as error:
        trivet.watch(file, table)
    assert code_of(error) == "weight-bound"
    trivet.watch(file, table, most_weight=4)
    (course,) = state_of(file).courses.values()
    assert course.lost.tolist() == [0.5] and course.staked.tolist() == [0.5 + 0.25 + 1.0]
    trivet.watch(file, {**table, "a": [3.0, 4.0, 5.0]})  # the state remembers it
    with pytest.raises(TrivetError) as error:
        trivet.watch(file, {**table, "a": [6.0, 7.0, 8.0]}, most_weight=5)
    assert code_of(error) == "state-mismatch"


# --- the state


def test_updates_of_any_size_end_at_the_same_bits(tmp_path):
    table, cuts = stream(500, wrong=0.12), ([500], [1, 2, 97, 400, 500], list(range(50, 501, 50)))
    ends = []
    for at, cut in enumerate(cuts):
        (tmp_path / str(at)).mkdir()
        file = made_file(tmp_path / str(at) / "ab.trivet")
        for end in cut:
            trivet.watch(file, part_of(table, 0, end))
        ends.append(numbers_of(state_of(file)))
    assert ends[0] == ends[1] == ends[2]


def test_a_state_cut_off_at_any_byte_loses_nothing_and_doubles_nothing(tmp_path):
    file = made_file(tmp_path / "ab.trivet", limits=("accuracy >= 0.9",))
    table = stream(60, wrong=0.1)
    trivet.watch(file, part_of(table, 0, 30))
    before = state_path(file, "watch").stat().st_size
    trivet.watch(file, table)
    whole, wanted = state_path(file, "watch").read_bytes(), numbers_of(state_of(file))
    for end in [0, 1, 3, before - 1, before, *range(before + 1, len(whole), 97), len(whole) - 1, len(whole)]:
        state_path(file, "watch").write_bytes(whole[:end])
        assert trivet.watch(file, table).rows == 60
        assert numbers_of(state_of(file)) == wanted, end


def test_a_state_of_another_file_is_refused(tmp_path, file):
    trivet.watch(file, stream(50))
    other = made_file(tmp_path / "other.trivet", limits=("accuracy >= 0.8",))
    state_path(other, "watch").write_bytes(state_path(file, "watch").read_bytes())
    with pytest.raises(TrivetError) as error:
        trivet.watch(other, stream(50, seed=1))
    assert code_of(error) == "state-mismatch" and "that of a file with digest" in str(error.value)
    assert "is that of another file" in accounts_beside(other, read(other))["watch"]["told"]


def test_a_file_of_that_name_which_is_no_state_is_left_alone(file):
    state_path(file, "watch").write_text("my notes")
    with pytest.raises(TrivetError) as error:
        trivet.watch(file, stream(50))
    assert code_of(error) == "state-mismatch" and state_path(file, "watch").read_text() == "my notes"


def test_alpha_is_fixed_before_the_first_look(file):
    trivet.watch(file, stream(50), alpha=0.05)
    assert {line.threshold for line in trivet.watch(file, stream(60, seed=1)).lines if not line.why_not} == {20.0}
    with pytest.raises(TrivetError) as error:
        trivet.watch(file, stream(50, seed=2), alpha=0.01)
    assert code_of(error) == "state-mismatch" and "at 0.05" in str(error.value)


@pytest.mark.parametrize("alpha", [0, 1, 5.0, -0.1, math.nan])
def test_an_alpha_that_is_no_chance_is_refused(file, alpha):
    with pytest.raises(TrivetError) as error:
        trivet.watch(file, stream(50), alpha=alpha)
    assert code_of(error) == "alpha-range"


def test_the_state_holds_no_cell_of_a_row(file):
    trivet.watch(file, stream(20, note=["a secret remark"] * 20))
    data = state_path(file, "watch").read_bytes()
    assert b"secret" not in data and repr(stream(20)["a"][0]).encode() not in data


def test_what_lies_beside_the_file_is_told_in_short_and_is_json(file):
    assert accounts_beside(file, read(file)) == {}
    found = trivet.watch(file, stream(300, wrong=0.3))
    beside = accounts_beside(file, read(file))
    assert json.loads(json.dumps(beside, allow_nan=False)) == beside
    assert {**beside["watch"], "new_rows": 0, "notes": []} == {**found.as_json(), "new_rows": 0, "notes": []}
    assert lines_in_short(beside)[0].startswith("watched: ALARM (missed: accuracy >= 0.9")
