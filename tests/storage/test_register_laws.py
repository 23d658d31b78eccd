"""The register's parts by hand: looks, hashes of vaults, vaults that are one, the lock that others hold."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from trivet.core.errors import StorageError
from trivet.core.levels import Look
from trivet.core.row_keys import spread_bits
from trivet.storage import register as module
from trivet.storage.disk import Storage
from trivet.storage.register import KEPT, SAME, Frames, Hashes, Known, Register, VaultKeys, is_same

KEYS = np.random.default_rng(3).integers(0, 2**63, 10_000, dtype=np.int64).view(np.uint64)


def opening(build, number, finalist, candidate):
    return {"type": "opening", "build": build, "number": number, "finalist": finalist, "candidate": candidate}


KNOWN = Known(vault="v", openings=(
    opening("a", 1, 0, "a0"), opening("a", 1, 1, "a1"), opening("b", 2, 0, "b0"),
    opening("a", 3, 0, "a2"), opening("a", 3, 2, "a1"),
))  # fmt: skip


@pytest.mark.parametrize(
    ("build", "candidate", "finalist", "number", "look", "is_known"),
    [
        ("a", "a0", 0, None, Look(build=1), True),  # judged again: the same look
        ("a", "a0", 2, None, Look(build=1), True),  # wherever it stands now
        ("a", "a1", 0, None, Look(build=1, finalist=1), True),  # the first time that it was seen
        ("a", "a1", 0, 3, Look(build=3, finalist=2), True),  # in a run that has its number
        ("a", "a0", 1, 3, Look(build=3, finalist=1), False),  # not seen under that number: a new place
        ("a", "a9", 1, None, Look(build=3, finalist=1), False),  # the build's last number, where that place is free
        ("a", "a9", 0, None, Look(build=4), False),  # it is taken
        ("a", "a9", 0, 1, Look(build=4), False),
        ("a", "a9", 2, 1, Look(build=1, finalist=2), False),
        ("b", "a0", 0, None, Look(build=4), False),  # another build's candidate is no second look of ours
        ("b", "b1", 1, 2, Look(build=2, finalist=1), False),
        ("c", "c0", 0, None, Look(build=4), False),
        ("c", "c0", 7, None, Look(build=4, finalist=2), False),  # from the third on all have the third's share
    ],
)
def test_which_look_an_opening_is(build, candidate, finalist, number, look, is_known):
    assert KNOWN.look_for(build, candidate, finalist, number) == (look, is_known)


def test_builds_are_counted_by_their_name_and_number():
    assert KNOWN.builds == 3
    assert [KNOWN.expected(build) for build in "abc"] == [3, 2, 4]
    assert Known(vault="", openings=()).expected("a") == 1


@pytest.mark.parametrize(("count", "kept"), [(0, 0), (1, 1), (KEPT - 1, KEPT - 1), (KEPT, KEPT), (KEPT + 1, KEPT)])
def test_the_smallest_hashes_are_kept_and_whether_they_are_all(count, kept):
    hashes = Hashes.of(np.repeat(KEYS[:count], 2), 5)  # keys that repeat count once
    every = np.unique(spread_bits(KEYS[:count] ^ np.uint64(5)) >> np.uint64(16))
    assert hashes.kept.tolist() == every[:KEPT].tolist() and len(hashes.kept) == kept
    assert len(every) == count and (not count or int(every.max()) < 2**48)
    assert int(hashes.upto) == (2**64 - 1 if count <= KEPT else int(every[KEPT - 1]))
    again = Hashes.from_json(hashes.as_json())
    assert again.kept.tolist() == hashes.kept.tolist() and again.upto == hashes.upto
    assert hashes.as_json()["whole"] is (count <= KEPT)
    assert len(hashes.as_json()["kept"]) == 8 * kept  # 6 bytes each, as base64


def test_another_salt_gives_other_hashes():
    assert Hashes.of(KEYS[:50], 1).in_common(Hashes.of(KEYS[:50], 2)) == 0.0


@pytest.mark.parametrize(
    ("one", "two", "share"),
    [
        ((0, 100), (0, 100), 1.0), ((0, 100), (90, 190), 0.1), ((0, 100), (90, 110), 0.5), ((90, 110), (0, 100), 0.5),
        ((0, 100), (100, 200), 0.0), ((0, 0), (0, 100), 0.0), ((0, 0), (0, 0), 0.0),
    ],
)  # fmt: skip
def test_the_share_in_common_is_that_of_the_smaller_one(one, two, share):
    left, right = (Hashes.of(KEYS[slice(*span)], 9) for span in (one, two))
    assert left.in_common(right) == pytest.approx(share)


def test_only_hashes_that_both_would_have_kept_are_compared():
    ordered = np.arange(3 * KEPT, dtype=np.uint64)
    large = Hashes(kept=ordered[:KEPT], upto=ordered[KEPT - 1])
    small = Hashes(kept=ordered[KEPT - 10 : KEPT + 1000], upto=np.uint64(2**64 - 1))
    assert small.in_common(large) == large.in_common(small) == 1.0  # of its 10 that the large one could have
    beyond = Hashes(kept=ordered[KEPT : KEPT + 50], upto=np.uint64(2**64 - 1))
    assert beyond.in_common(large) == 0.0


def vault(*spans, groups=()) -> VaultKeys:
    rows = np.concatenate([KEYS[slice(*span)] for span in spans])
    return VaultKeys(rows=rows, groups=np.array(groups, np.uint64), n_rows=len(rows))


@pytest.mark.parametrize(("shared", "is_one"), [(5, True), (4, False)])
def test_a_twentieth_of_the_rows_or_of_the_groups_is_enough(shared, is_one):
    assert SAME == 0.05
    entry = {kind: hashes.as_json() for kind, hashes in vault((0, 100), groups=range(100)).salted(3).items()}
    assert is_same(vault((100 - shared, 200)).salted(3), entry) is is_one
    new = vault((200, 300), groups=range(100 - shared, 200 - shared))
    assert is_same(new.salted(3), entry) is is_one


def entered(*vaults: VaultKeys) -> tuple[list[dict], list[str]]:
    """(the frames of a register that these vaults were entered in, their names)."""
    frames, names = [{"type": "register", "salt": "0a"}], []
    for at, keys in enumerate(vaults):
        known, entry = Frames(frames).known(keys)
        frames += [entry] if entry else []
        names.append(entry["vault"] if entry else known.vault)
        frames.append({**opening(f"b{at}", at + 1, 0, "c"), "vault": known.vault or names[-1]})
    return frames, names


def test_vaults_that_were_found_to_be_one_stay_one_in_either_direction():
    left, right, bridge = vault((0, 100)), vault((200, 300)), vault((90, 210))
    frames, names = entered(left, right, bridge)
    assert len(set(names)) == 3
    assert frames[-2]["same_as"] == names[:2] and frames[-2]["rows"] == 120
    for keys in (left, right, bridge, vault((95, 100), (400, 420))):
        known, _ = Frames(frames).known(keys)
        assert known.vault == names[0] and [one["build"] for one in known.openings] == ["b0", "b1", "b2"]
    stranger, entry = Frames(frames).known(vault((500, 600)))
    assert (stranger.vault, stranger.openings, entry["same_as"]) == ("", (), [])


def test_a_vault_is_entered_once():
    frames, names = entered(vault((0, 100)))
    known, entry = Frames(frames).known(vault((0, 100)))
    assert entry is None and known.vault == names[0]
    _, entry = Frames(frames).known(vault((0, 101)))
    assert entry is not None and entry["same_as"] == names and len(entry["vault"]) == 16


def test_a_register_without_a_frame_has_no_salt():
    assert Frames([]).salt == 0 and Frames([{"salt": "ff"}]).salt == 255


def test_a_new_vault_is_named_by_its_first_opening(tmp_path):
    made = Register(tmp_path, Storage())
    place = made.enter(vault((0, 100)), "a", "c", finalist=0, version="7")
    assert place.vault == made.known(vault((0, 100))).vault != ""
    assert made.enter(vault((0, 101)), "b", "c", finalist=0).vault == place.vault
    (first, _) = made.known(vault((0, 100))).openings
    assert (first["version"], first["number"], first["finalist"]) == ("7", 1, 0)


def test_a_register_that_is_ready_is_left_as_it_is(tmp_path):
    made = Register(tmp_path, Storage())
    made.make_ready()
    before = made.path.read_bytes()
    made.make_ready()
    assert made.path.read_bytes() == before
    made.path.unlink()  # somebody deleted it while we were searching
    assert made.enter(vault((0, 100)), "a", "c", finalist=0).look == Look()
    assert made.known(vault((0, 100))).builds == 1


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self, monkeypatch) -> None:
        self.now, self.slept = 100.0, []
        monkeypatch.setattr(module.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(module.time, "sleep", self.sleep)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds * 1000  # so that the test need not turn so often


class Busy(Storage):
    """A disk whose lock others hold for so many attempts."""

    def __init__(self, times: float, code: str = "store-locked") -> None:
        super().__init__()
        self.left, self.code = itertools.count(), code
        self.times = times

    def lock(self, path: Path):
        if next(self.left) < self.times:
            raise_it = StorageError(self.code, wanted="the lock", found="held", do="wait")
            return _Refusing(raise_it)
        return super().lock(path)


class _Refusing:
    def __init__(self, error: StorageError) -> None:
        self.error = error

    def __enter__(self):
        raise self.error

    def __exit__(self, *_):
        return None


def test_a_lock_that_others_hold_is_waited_for(tmp_path, monkeypatch):
    clock = Clock(monkeypatch)
    Register(tmp_path, Busy(3)).make_ready()
    assert clock.slept == [0.01] * 3


def test_a_lock_that_is_held_for_a_minute_is_not_waited_for_any_longer(tmp_path, monkeypatch):
    clock = Clock(monkeypatch)
    with pytest.raises(StorageError) as caught:
        Register(tmp_path, Busy(float("inf"))).make_ready()
    assert caught.value.code == "store-locked"
    assert 60 < clock.now - 100 < 75


def test_another_fault_of_the_disk_is_told_at_once_as_the_state_being_closed(tmp_path, monkeypatch):
    clock = Clock(monkeypatch)
    with pytest.raises(StorageError) as caught:
        Register(tmp_path, Busy(float("inf"), "storage-failed")).make_ready()
    assert caught.value.code == "state-closed" and clock.slept == []


def test_a_register_is_ready_when_it_has_its_salt_and_keeps_it(tmp_path):
    made = Register(tmp_path, Storage())
    made.make_ready()
    (frame,) = made._frames()
    assert frame["type"] == "register" and len(frame["salt"]) == 16
    made.make_ready()
    made.enter(vault((0, 100)), "a", "c", finalist=0)
    assert [one["type"] for one in made._frames()] == ["register", "vault", "opening"]
    assert made._frames()[0] == frame
