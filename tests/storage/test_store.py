"""A store returns the bytes and results that were put in, or says why it cannot."""

import pytest
from faulty_disk import WatchedDisk

from trivet.core.errors import StorageError
from trivet.runtime.file.caps import STORE_CAPS
from trivet.storage.disk import Storage
from trivet.storage.store import Objects, Store

ABSENT = "0" * 64


@pytest.fixture
def store(tmp_path):
    with Store.opened(tmp_path / "store", Storage()) as opened:
        yield opened


def file_of(store: Objects, digest: str):
    return store.folder / "objects" / digest[:2] / digest[2:]


def test_an_object_is_found_by_the_digest_of_its_bytes(store):
    digest = store.put(b"abc")
    assert digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert store.get(digest) == b"abc" and store.has(digest)
    assert store.get(store.put(b"")) == b""


def test_putting_twice_writes_once(tmp_path):
    disk = WatchedDisk()
    objects = Objects(tmp_path, Storage(disk))
    objects.put(b"abc")
    disk.seen.clear()
    objects.put(b"abc")
    assert set(disk.seen) == {"open", "read", "close"}


def test_another_process_finds_what_was_put(store):
    digest = store.put(b"abc")
    assert Objects(store.folder, Storage()).get(digest) == b"abc"


@pytest.mark.parametrize("name", [ABSENT, "", "../../etc/passwd", "A" * 64, "0" * 63 + "\n", "0" * 64 + "\n"])
def test_what_was_never_put_is_missing(name, store):
    assert not store.has(name)
    with pytest.raises(StorageError) as heard:
        store.get(name)
    assert heard.value.code == "object-missing"


@pytest.mark.parametrize("damaged", [b"abd", b"ab", b""])
def test_a_damaged_object_is_never_returned_counts_as_absent_and_is_mended(damaged, store):
    digest = store.put(b"abc")
    file_of(store, digest).write_bytes(damaged)
    assert not store.has(digest)
    with pytest.raises(StorageError) as heard:
        store.get(digest)
    assert heard.value.code == "object-damaged"
    assert store.put(b"abc") == digest and store.get(digest) == b"abc"


def test_an_object_may_be_as_large_as_what_the_store_writes(tmp_path):
    """Files from anywhere are read up to 1 GiB; what trivet put there itself comes back whatever its size."""
    caps = []

    class Watched(Storage):
        def read_if_there(self, path, cap=0):
            caps.append(cap)
            return super().read_if_there(path, cap)

    objects = Objects(tmp_path, Watched())
    objects.get(objects.put(b"abc"))
    assert {cap for cap in caps if cap != len(b"abc")} == {STORE_CAPS.file}


def test_failures_are_there_after_reopening_and_the_last_one_counts(tmp_path):
    with Store.opened(tmp_path, Storage()) as store:
        store.record_failure("a", {"why": "first"})
        store.record_failure("a", {"why": "second"})
    with Store.opened(tmp_path, Storage()) as store:
        assert store.failure("a") == {"why": "second"} and store.failure("b") is None
        assert store.result("a") is None


def test_results_and_events_are_there_after_reopening(tmp_path):
    with Store.opened(tmp_path, Storage()) as store:
        store.record("a", {"value": 0.1, "list": [1, None, "é"]})
        store.note("vault-opened", by="judge", at=1)
        store.note("vault-opened", by="judge", at=2)
    with Store.opened(tmp_path, Storage()) as store:
        assert store.result("a") == {"value": 0.1, "list": [1, None, "é"]}
        assert store.result("b") is None
        assert [event["at"] for event in store.events("vault-opened")] == [1, 2]
        assert store.events("other") == []


def test_recording_the_same_twice_leaves_one_frame(store):
    store.record("a", {"x": 1, "y": 2})
    store.record("a", {"y": 2, "x": 1})
    assert len(store.ledger.frames) == 1


def test_recording_something_else_under_a_key_is_refused_and_the_first_stays(store):
    store.record("a", {"value": 1})
    with pytest.raises(StorageError) as heard:
        store.record("a", {"value": 2})
    assert heard.value.code == "result-differs"
    assert '{"value":1}' in heard.value.wanted and heard.value.found == '{"value":2}'
    assert store.result("a") == {"value": 1}


def test_two_builds_cannot_share_a_folder(store):
    with pytest.raises(StorageError) as heard, Store.opened(store.folder, Storage()):
        pass
    assert heard.value.code == "store-locked"


def test_a_torn_ledger_is_reported_and_the_store_works(tmp_path):
    with Store.opened(tmp_path, Storage()) as store:
        store.record("a", {"value": 1})
        store.record("b", {"value": 2})
    journal = tmp_path / "journal"
    journal.write_bytes(journal.read_bytes()[:-7])
    with Store.opened(tmp_path, Storage()) as store:
        assert store.ledger.lost_bytes > 0
        assert store.result("a") == {"value": 1} and store.result("b") is None
        store.record("b", {"value": 2})


def test_what_may_be_put_may_be_got_and_more_is_refused_before_it_is_written(tmp_path):
    objects = Objects(tmp_path, Storage(most_bytes=1000))
    largest = bytes(1000)
    assert objects.get(objects.put(largest)) == largest
    with pytest.raises(StorageError) as heard:
        objects.put(bytes(1001))
    assert heard.value.code == "file-too-large"
    assert [path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()] == [1000]


def test_the_store_reads_whatever_its_container_may_hold():
    assert Storage().most_bytes == STORE_CAPS.file > 1 << 30
