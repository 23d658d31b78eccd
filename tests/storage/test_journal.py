"""A journal keeps every acknowledged frame, whatever is cut off or flipped (test catalogue: A6)."""

from itertools import pairwise
from pathlib import Path

import pytest
from faulty_disk import QuickDisk

from trivet.core.errors import StorageError
from trivet.storage.disk import Storage
from trivet.storage.journal import MAGIC, Journal, read_frames

PAYLOADS = [{"type": "result", "key": f"step-{i}", "text": "é" * i, "value": i / 3} for i in range(6)]
QUICK = Storage(QuickDisk())
EXTRA = {"after": "the fault"}


def written(path: Path, payloads: list[dict] = PAYLOADS) -> bytes:
    """A journal with these payloads, and its bytes."""
    journal = Journal.open(path, QUICK)
    for payload in payloads:
        journal.append(payload)
    journal.close()
    return path.read_bytes()


def ends(data: bytes) -> list[int]:
    """Where frame 0, 1, 2... ends."""
    return [read_frames(data[:size])[1] for size in range(len(data) + 1) if read_frames(data[:size])[1] == size][1:]


def reopened(path: Path) -> Journal:
    journal = Journal.open(path, QUICK)
    journal.close()
    return journal


def assert_goes_on(path: Path, kept: list[dict]) -> None:
    """The journal takes another frame, and everything is there when it is opened again."""
    journal = Journal.open(path, QUICK)
    assert journal.frames == kept and journal.lost_bytes == 0
    journal.append(EXTRA)
    journal.close()
    assert reopened(path).frames == [*kept, EXTRA]


def test_what_was_appended_is_read_back(tmp_path):
    written(tmp_path / "journal")
    journal = reopened(tmp_path / "journal")
    assert (journal.frames, journal.lost_bytes, journal.damaged) == (PAYLOADS, 0, None)


def test_the_same_payloads_make_the_same_bytes(tmp_path):
    swapped = [dict(reversed(payload.items())) for payload in PAYLOADS]
    assert written(tmp_path / "a") == written(tmp_path / "b", swapped)


def test_an_empty_file_is_a_new_journal(tmp_path):
    (tmp_path / "journal").touch()
    assert reopened(tmp_path / "journal").frames == []
    assert_goes_on(tmp_path / "journal", [])


def test_cut_anywhere_in_the_last_three_frames_it_keeps_the_complete_ones_and_says_what_is_lost(tmp_path):
    data = written(tmp_path / "whole")
    borders = ends(data)
    path = tmp_path / "journal"
    for size in range(borders[-4], len(data)):
        path.write_bytes(data[:size])
        complete = sum(end <= size for end in borders)
        journal = reopened(path)
        assert journal.frames == PAYLOADS[:complete]
        assert journal.lost_bytes == size - borders[complete - 1]
        assert journal.damaged is None, "a torn write is nothing to keep"
        assert_goes_on(path, PAYLOADS[:complete])


def test_flipped_anywhere_in_the_last_three_frames_it_keeps_those_before_and_sets_the_rest_aside(tmp_path):
    data = written(tmp_path / "whole")
    borders = ends(data)
    for at in range(borders[-4], len(data)):
        path = tmp_path / str(at) / "journal"
        path.parent.mkdir()
        path.write_bytes(data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :])
        complete = sum(end <= at for end in borders)
        journal = reopened(path)
        assert journal.frames == PAYLOADS[:complete]
        assert journal.lost_bytes == len(data) - borders[complete - 1]
        if complete < len(PAYLOADS) - 1:  # in the very last frame, a longer length looks like a torn write
            assert journal.damaged is not None
        if journal.damaged is not None:
            assert journal.damaged.read_bytes() == path.parent.joinpath("journal.damaged-1").read_bytes()
            assert len(journal.damaged.read_bytes()) == journal.lost_bytes
        assert_goes_on(path, PAYLOADS[:complete])


def test_a_second_damage_gets_its_own_file(tmp_path):
    path = tmp_path / "journal"
    for number in (1, 2):
        data = written(path)
        first = ends(data)[0]
        path.write_bytes(data[: first + 20] + b"?" * number + data[first + 20 + number :])
        assert reopened(path).damaged == tmp_path / f"journal.damaged-{number}"


def test_opening_again_after_an_interrupted_repair_keeps_one_copy(tmp_path):
    path = tmp_path / "journal"
    data = written(path)
    first = ends(data)[0]
    path.write_bytes(data[:first] + b"?" + data[first + 1 :])
    (tmp_path / "journal.damaged-1").write_bytes(path.read_bytes()[first:])  # kept aside, then killed before the cut
    assert reopened(path).damaged == tmp_path / "journal.damaged-1"
    assert not (tmp_path / "journal.damaged-2").exists()


@pytest.mark.parametrize("edit", ["swap", "replay", "drop"])
def test_moved_doubled_and_dropped_frames_are_seen(edit, tmp_path):
    path = tmp_path / "journal"
    data = written(path)
    borders = [0, *ends(data)]
    frames = [data[start:end] for start, end in pairwise(borders)]
    two, three = frames[2:4]
    frames[2:4] = {"swap": [three, two], "replay": [two, two, three], "drop": [three]}[edit]
    path.write_bytes(b"".join(frames))
    journal = reopened(path)
    assert journal.frames == PAYLOADS[: 3 if edit == "replay" else 2]
    assert journal.damaged is not None


def test_a_file_of_something_else_is_set_aside_whole(tmp_path):
    path = tmp_path / "journal"
    path.write_bytes(b"a diary, not a journal")
    journal = reopened(path)
    assert journal.frames == [] and journal.damaged.read_bytes() == b"a diary, not a journal"


def test_a_claimed_length_of_gigabytes_takes_no_memory(tmp_path):
    (tmp_path / "journal").write_bytes(MAGIC + b"\xff" * 4 + bytes(8) + b"{}")
    assert reopened(tmp_path / "journal").frames == []


def test_a_number_that_is_no_json_is_refused_and_harms_nothing(tmp_path):
    journal = Journal.open(tmp_path / "journal", QUICK)
    with pytest.raises(ValueError, match="JSON"):
        journal.append({"value": float("nan")})
    journal.append(EXTRA)
    journal.close()
    assert reopened(tmp_path / "journal").frames == [EXTRA]


def test_a_journal_in_an_absent_folder_is_a_typed_error(tmp_path):
    with pytest.raises(StorageError):
        Journal.open(tmp_path / "absent" / "journal", QUICK)
