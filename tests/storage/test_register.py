"""The register of openings: what was entered counts, whatever happens to the process, the file or the table."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from trivet.core.errors import StorageError
from trivet.core.levels import Look
from trivet.storage.disk import Storage
from trivet.storage.register import KEPT, Hashes, Register, VaultKeys, state_folder

ROWS = np.random.default_rng(7).integers(0, 2**63, 5000, dtype=np.int64).view(np.uint64)


def keys(start: int = 0, end: int = 300, groups=()) -> VaultKeys:
    return VaultKeys(rows=ROWS[start:end], groups=np.array(groups, np.uint64), n_rows=end - start)


def register(folder: Path) -> Register:
    return Register(folder, Storage())


def numbers(made: Register, *builds: str, of: VaultKeys | None = None) -> list[int]:
    return [made.enter(of or keys(), build, f"{build}'s", finalist=0).look.build for build in builds]


def test_builds_on_one_vault_are_numbered_and_the_same_build_keeps_its_number(tmp_path):
    made = register(tmp_path)
    assert made.known(keys()).expected("a") == 1
    assert numbers(made, "a", "b", "a", "c", "b") == [1, 2, 1, 3, 2]
    known = made.known(keys())
    assert (known.builds, len(known.openings)) == (3, 3)
    assert (known.expected("b"), known.expected("new")) == (2, 4)


def test_another_vault_has_its_own_numbers(tmp_path):
    made = register(tmp_path)
    assert numbers(made, "a", "b") == [1, 2]
    assert numbers(made, "a", of=keys(300, 600)) == [1]


def test_a_table_that_grows_and_loses_rows_keeps_its_vault_for_ever(tmp_path):
    made = register(tmp_path)
    windows = [keys(0, 300), keys(100, 400), keys(250, 550), keys(500, 800)]  # the last shares no row with the first
    assert [numbers(made, f"build {at}", of=rows)[0] for at, rows in enumerate(windows)] == [1, 2, 3, 4]
    assert made.known(keys()).builds == 4


@pytest.mark.parametrize(("shared", "number"), [(20, 2), (10, 1)])
def test_vaults_are_one_from_a_twentieth_of_the_smaller_ones_rows_on(shared, number, tmp_path):
    made = register(tmp_path)
    numbers(made, "a")
    assert numbers(made, "b", of=keys(300 - shared, 600)) == [number]


def test_of_large_vaults_the_smallest_hashes_tell_the_share(tmp_path):
    rng = np.random.default_rng(0)
    many = rng.integers(0, 2**63, 40_000, dtype=np.int64).view(np.uint64)
    one, two = Hashes.of(many[:20_000], 5), Hashes.of(many[16_000:], 5)
    assert len(one.kept) == KEPT
    assert one.in_common(two) == pytest.approx(0.2, abs=0.03)
    small = Hashes.of(many[:100], 5)  # comparable are those up to the largest hash that the large one kept
    assert small.in_common(one) == 1.0
    assert Hashes.from_json(one.as_json()).in_common(one) == 1.0


def test_groups_are_known_again_when_all_their_rows_are_new(tmp_path):
    made = register(tmp_path)
    numbers(made, "a", of=keys(0, 300, groups=[11, 12, 13]))
    assert numbers(made, "b", of=keys(300, 600, groups=[13, 14, 15])) == [2]
    assert numbers(made, "c", of=keys(600, 900, groups=[21, 22])) == [1]


def test_each_place_of_a_build_is_for_one_candidate(tmp_path):
    made = register(tmp_path)
    first = made.enter(keys(), "a", "c1", finalist=0).look
    second = made.enter(keys(), "a", "c2", finalist=1, number=first.build).look
    assert (first, second) == (Look(), Look(finalist=1))
    assert made.enter(keys(), "a", "c1", finalist=0).look == first  # judged again: free
    other = made.enter(keys(), "a", "c3", finalist=0).look  # the same recipe ended with another candidate
    assert other == Look(build=2)
    # What shipped as the second finalist is made again from its lock, alone: it keeps its place.
    assert made.enter(keys(), "a", "c2", finalist=0).look == second


def test_the_rows_cannot_be_read_from_the_register(tmp_path):
    made = register(tmp_path)
    numbers(made, "a")
    assert not any(row.tobytes() in made.path.read_bytes() for row in ROWS[:300])
    assert register(tmp_path / "other").known(keys()).builds == 0
    numbers(register(tmp_path / "other"), "a")
    entries = [Register(folder, Storage())._frames()[1]["hashes"] for folder in (tmp_path, tmp_path / "other")]
    assert entries[0] != entries[1]  # each register has its salt


def test_a_torn_tail_is_cut_off_and_what_was_entered_before_counts(tmp_path):
    made = register(tmp_path)
    numbers(made, "a", "b")
    whole = made.path.read_bytes()
    numbers(made, "c")
    longer = made.path.read_bytes()
    for end in range(len(whole), len(longer)):
        made.path.write_bytes(longer[:end])
        assert made.known(keys()).builds == 2
    made.path.write_bytes(longer[:-1])
    assert numbers(made, "d") == [3]
    assert made.known(keys()).builds == 3


def test_damage_in_the_middle_is_refused_and_nothing_is_changed(tmp_path):
    made = register(tmp_path)
    numbers(made, "a", "b")
    data = bytearray(made.path.read_bytes())
    data[len(data) // 2] ^= 1
    made.path.write_bytes(data)
    for attempt in (lambda: made.known(keys()), lambda: numbers(made, "c"), made.make_ready):
        with pytest.raises(StorageError) as caught:
            attempt()
        assert caught.value.code == "register-damaged"
    assert made.path.read_bytes() == data


def test_many_builds_at_once_get_different_numbers(tmp_path):
    made, found = register(tmp_path), []
    made.make_ready()

    def work(number: int) -> None:
        found.extend(numbers(register(tmp_path), *(f"{number}-{at}" for at in range(5))))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(found) == list(range(1, 31))


_ENTER = """
import sys
import numpy as np
from pathlib import Path
from trivet.storage.disk import Storage
from trivet.storage.register import Register, VaultKeys
rows = np.random.default_rng(7).integers(0, 2**63, 5000, dtype=np.int64).view(np.uint64)[:300]
made = Register(Path(sys.argv[1]), Storage())
for at in range(int(sys.argv[3])):
    place = made.enter(VaultKeys(rows=rows, groups=rows[:0], n_rows=300), f"{sys.argv[2]}-{at}", "c", finalist=0)
    print(place.look.build, flush=True)
"""


def entering(folder: Path, name: str, count: int) -> "subprocess.Popen[str]":
    words = [sys.executable, "-c", _ENTER, str(folder), name, str(count)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def test_processes_at_once_get_different_numbers(tmp_path):
    register(tmp_path).make_ready()
    processes = [entering(tmp_path, name, 8) for name in "abc"]
    found = [int(line) for process in processes for line in process.communicate()[0].split()]
    assert sorted(found) == list(range(1, 25))


@pytest.mark.parametrize("after", [1, 4, 11])
def test_whatever_was_told_before_a_kill_is_on_the_disk(after, tmp_path):
    process = entering(tmp_path, "killed", 10_000)
    told = [int(process.stdout.readline()) for _ in range(after)]
    os.kill(process.pid, signal.SIGKILL)
    told += [int(line) for line in process.communicate()[0].split()]
    made = register(tmp_path)
    known = made.known(keys())
    assert told == list(range(1, len(told) + 1))
    assert known.builds in (len(told), len(told) + 1)  # entered, and killed before it could say so
    assert numbers(made, "next") == [known.builds + 1]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_is_refused_by_name(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError) as caught:
        register(tmp_path / "state").make_ready()
    assert caught.value.code == "state-closed"


def test_a_path_where_no_folder_can_be_is_refused_and_says_what_to_do(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StorageError) as caught:
        register(tmp_path / "file" / "state").make_ready()
    assert caught.value.code == "state-closed"
    assert "--state DIR" in caught.value.do and str(tmp_path) in caught.value.wanted


def test_reading_makes_nothing(tmp_path):
    assert register(tmp_path / "nowhere").known(keys()).builds == 0
    assert list(tmp_path.iterdir()) == []


def test_where_the_state_lies(monkeypatch, tmp_path):
    monkeypatch.delenv("TRIVET_STATE", raising=False)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setenv("HOME", "/home/ada")
    assert state_folder() == Path("/home/ada/.local/state/trivet")
    monkeypatch.setenv("XDG_STATE_HOME", "/var/state")
    assert state_folder() == Path("/var/state/trivet")
    monkeypatch.setenv("TRIVET_STATE", "/srv/team")
    assert state_folder() == Path("/srv/team")
    assert state_folder(tmp_path) == tmp_path
