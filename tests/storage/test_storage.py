"""Published files are whole or absent; every failure is typed (test catalogue: A3, A9, A10)."""

import ast
import errno
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from faulty_disk import CALLS, DyingDisk, FailingDisk, LyingDisk, QuickDisk, ShortDisk, WatchedDisk

import trivet
from trivet.core.errors import StorageError
from trivet.storage.disk import Storage
from trivet.storage.store import Store
from trivet.storage.system_calls import Disk

ERRNOS = [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EMFILE]
OLD, NEW = b"old " * 999, b"new " * 1234


def scenario(folder: Path, disk: Disk) -> None:
    """What a build does to the disk, small: a store with objects, results and events, and a published file."""
    storage = Storage(disk)
    with Store.opened(folder / "store", storage) as store:
        for name in ("one", "two"):
            store.record(name, {"object": store.put(name.encode() * 50)})
        if not store.events("vault-opened"):
            store.note("vault-opened", by="judge")
    for _ in range(2):  # the second replaces the first, and keeps its mode
        storage.publish(folder / "out.trivet", NEW, private=False)


def content(folder: Path) -> dict[str, bytes]:
    """Every file below the folder but the lock, which names a process and a time."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> tuple[dict[str, bytes], list[str]]:
    folder, disk = tmp_path_factory.mktemp("undisturbed"), WatchedDisk()
    scenario(folder, disk)
    return content(folder), disk.seen


def test_the_scenario_makes_every_kind_of_call(undisturbed):
    assert set(undisturbed[1]) == set(CALLS) - {"link", "unlink"}


@pytest.mark.parametrize("for_ever", [False, True], ids=["once", "for-ever"])
@pytest.mark.parametrize("number", ERRNOS, ids=errno.errorcode.get)
def test_whichever_call_fails_the_error_is_typed_and_the_rerun_ends_the_same(number, for_ever, undisturbed, tmp_path):
    wanted, calls = undisturbed
    for k in range(1, len(calls) + 1):
        folder = tmp_path / str(k)
        folder.mkdir()
        (folder / "out.trivet").write_bytes(OLD)
        disk = FailingDisk(k, number, for_ever=for_ever)
        before = open_files()
        heard = None
        try:
            scenario(folder, disk)
        except StorageError as error:
            heard = error
        assert open_files() == before, f"call {k} ({calls[k - 1]}) leaks a descriptor"
        # Only closing the journal may fail unheard: all that it holds has been synced before.
        assert heard is not None or calls[k - 1] == "close"
        if heard is not None:
            assert heard.code == "storage-failed" and errno.errorcode[number] in heard.found
        assert (folder / "out.trivet").read_bytes() in (OLD, NEW)
        scenario(folder, QuickDisk())
        assert content(folder) == wanted, f"call {k}, {calls[k - 1]}"


@pytest.mark.slow
@pytest.mark.parametrize("bytes_written", [0, 33])
def test_killed_ahead_of_or_inside_whichever_call_the_rerun_ends_the_same(bytes_written, undisturbed, tmp_path):
    wanted, calls = undisturbed
    for k in range(1, len(calls) + 1):
        folder = tmp_path / str(k)
        folder.mkdir()
        (folder / "out.trivet").write_bytes(OLD)
        child = os.fork()
        if child == 0:
            scenario(folder, DyingDisk(k, bytes_written))
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == DyingDisk.EXIT
        assert (folder / "out.trivet").read_bytes() in (OLD, NEW)
        scenario(folder, QuickDisk())
        assert content(folder) == wanted, f"killed at call {k}, {calls[k - 1]}"


@pytest.mark.parametrize("number", ERRNOS, ids=errno.errorcode.get)
def test_one_storage_goes_on_after_the_fault_is_lifted(number, undisturbed, tmp_path):
    """The same open journal is used again: a frame that failed half-way must not spoil the next."""
    for k in range(1, len(undisturbed[1])):
        disk = FailingDisk(k, number, for_ever=False)
        storage, folder = Storage(disk), tmp_path / str(k)
        try:
            with Store.opened(folder, storage) as store:
                for name in "abcd":
                    try:
                        store.record(name, {"object": store.put(name.encode())})
                    except StorageError:
                        store.record(name, {"object": store.put(name.encode())})
        except StorageError:
            continue  # failed before the store was open: the test above covers that
        with Store.opened(folder, Storage(QuickDisk())) as store:
            assert [store.get(store.result(name)["object"]) for name in "abcd"] == [b"a", b"b", b"c", b"d"]
            assert store.ledger.lost_bytes == 0


def test_short_writes_are_completed(tmp_path):
    scenario(tmp_path, ShortDisk(most=7))
    assert (tmp_path / "out.trivet").read_bytes() == NEW


@pytest.mark.parametrize("full_at", range(1, 60))
def test_a_disk_that_fills_up_in_mid_write_harms_nothing(full_at, undisturbed, tmp_path):
    (tmp_path / "out.trivet").write_bytes(OLD)
    with pytest.raises(StorageError, match="ENOSPC"):
        scenario(tmp_path, ShortDisk(most=40, full_at=full_at))
    assert (tmp_path / "out.trivet").read_bytes() == OLD
    scenario(tmp_path, QuickDisk())
    assert content(tmp_path) == undisturbed[0]


def test_a_write_that_reads_back_differently_is_refused(tmp_path):
    Storage().publish(tmp_path / "a", OLD, private=False)
    with pytest.raises(StorageError, match="to verify"):
        Storage(LyingDisk()).publish(tmp_path / "a", NEW, private=False)
    assert content(tmp_path) == {"a": OLD}


def test_errors_name_operation_path_and_reason(tmp_path):
    with pytest.raises(StorageError) as heard:
        Storage().publish(tmp_path / "absent" / "a", NEW, private=False)
    assert heard.value.code == "storage-failed"
    assert "absent" in heard.value.wanted and "ENOENT" in heard.value.found and "folder" in heard.value.do


@pytest.mark.parametrize("name", ["nul\0byte", "lone\ud800surrogate", "n" * 256])
def test_impossible_names_are_typed_errors(name, tmp_path):
    def publish(path: str) -> None:
        Storage().publish(path, b"", private=True)

    for call in (Storage().read, Storage().remove, Storage().make_folder, publish):
        with pytest.raises(StorageError):
            call(tmp_path / name)
    assert content(tmp_path) == {}


@pytest.mark.parametrize("name", ["with space", "emoji 🦭", "n" * 255, "-dash", "new\nline"])
def test_odd_names_work(name, tmp_path):
    storage = Storage()
    storage.publish(tmp_path / name, NEW, private=False)
    assert storage.read(tmp_path / name) == NEW
    storage.remove(tmp_path / name)
    storage.remove(tmp_path / name)
    assert content(tmp_path) == {}


def test_without_overwrite_what_is_there_stays(tmp_path):
    storage = Storage()
    storage.publish(tmp_path / "a", OLD, private=False, overwrite=False)
    with pytest.raises(StorageError) as heard:
        storage.publish(tmp_path / "a", NEW, private=False, overwrite=False)
    assert heard.value.code == "file-exists"
    assert content(tmp_path) == {"a": OLD}


def test_reading_refuses_more_than_the_cap(tmp_path):
    Storage().publish(tmp_path / "a", b"12345", private=False)
    assert Storage().read(tmp_path / "a", cap=5) == b"12345"
    with pytest.raises(StorageError) as heard:
        Storage().read(tmp_path / "a", cap=4)
    assert heard.value.code == "file-too-large"


def test_a_file_where_a_folder_should_be_is_named(tmp_path):
    Storage().publish(tmp_path / "a", b"", private=False)
    with pytest.raises(StorageError, match="mkdir"):
        Storage().make_folder(tmp_path / "a" / "b")


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_files_and_folders_of_a_store_are_private_whatever_the_umask(umask, tmp_path):
    before = os.umask(umask)
    try:
        scenario(tmp_path, Disk())
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "store") == 0o700
    for path in (tmp_path / "store").rglob("*"):
        assert mode_of(path) == (0o700 if path.is_dir() else 0o600), path


SHARED = """
import os, sys
from trivet.storage.disk import Storage
os.umask(int(sys.argv[1], 8))
for name, private in (("new", False), ("old", False), ("own", True)):
    Storage().publish(sys.argv[2] + "/" + name, b"text", private=private)
Storage().publish(sys.argv[2] + "/sole", b"text", private=False, overwrite=False)
"""


@pytest.mark.parametrize(("umask", "mode"), [("022", 0o644), ("027", 0o640), ("077", 0o600)])
def test_05_15_results_get_the_mode_that_the_umask_gives_and_a_replaced_file_keeps_its_own(umask, mode, tmp_path):
    for name in ("old", "own"):
        (tmp_path / name).write_bytes(b"before")
        (tmp_path / name).chmod(0o664)
    subprocess.run([sys.executable, "-c", SHARED, umask, str(tmp_path)], check=True)
    found = {path.name: mode_of(path) for path in tmp_path.iterdir()}
    assert found == {"new": mode, "sole": mode, "old": 0o664, "own": 0o600}


def test_a_private_file_that_is_replaced_is_never_readable_by_others_on_the_way(tmp_path):
    (tmp_path / "a").write_bytes(OLD)
    (tmp_path / "a").chmod(0o600)
    seen = set()

    class Looking(QuickDisk):
        def write(self, fd: int, data: memoryview) -> int:
            seen.add(stat.S_IMODE(os.fstat(fd).st_mode))
            return super().write(fd, data)

    before = os.umask(0o022)
    try:
        Storage(Looking()).publish(tmp_path / "a", NEW, private=False)
    finally:
        os.umask(before)
    assert seen == {0o600} and mode_of(tmp_path / "a") == 0o600


def test_writers_in_many_threads_never_show_a_mixture(tmp_path):
    contents = [bytes([65 + i]) * 20_000 for i in range(4)]
    seen: set[bytes] = set()

    def write(data: bytes) -> None:
        for _ in range(10):
            Storage().publish(tmp_path / "a", data, private=False)  # a new one each time, so that each sweeps, too

    threads = [threading.Thread(target=write, args=(data,)) for data in contents]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        seen.add(Storage().read_if_there(tmp_path / "a") or contents[0])
    assert seen <= set(contents)
    assert list(content(tmp_path)) == ["a"]


# --- other processes -------------------------------------------------------------------------------------------------

HOLD = """
import sys, time
from trivet.storage.disk import Storage
with Storage().lock(sys.argv[1]):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def other_process():
    """Starts Python with the given text and arguments; it is gone when the test ends."""
    started: list[subprocess.Popen[str]] = []

    def start(text: str, *arguments: object) -> "subprocess.Popen[str]":
        line = [sys.executable, "-c", text, *map(str, arguments)]
        started.append(subprocess.Popen(line, stdout=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_second_process_is_refused_at_once_and_the_lock_of_a_killed_one_is_free(other_process, tmp_path):
    holder = other_process(HOLD, tmp_path / "lock")
    assert holder.stdout.readline() == "held\n"
    start = time.monotonic()
    with pytest.raises(StorageError) as heard, Storage().lock(tmp_path / "lock"):
        pass
    assert time.monotonic() - start < 1
    assert heard.value.code == "store-locked"
    assert f"process {holder.pid} " in heard.value.found and " since 20" in heard.value.found
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with Storage(clock=lambda: 0.0).lock(tmp_path / "lock"), pytest.raises(StorageError, match="1970-01-01 00:00:00"):
        Storage().lock(tmp_path / "lock").__enter__()


def test_a_refused_lock_is_free_after_its_holder_let_go(tmp_path):
    for _ in range(2):
        with Storage().lock(tmp_path / "lock"):
            pass


WRITE = """
import sys
from trivet.storage.disk import Storage
from trivet.storage.system_calls import Disk
from trivet.storage.store import Store

class Slow(Disk):
    def write(self, fd, data):
        return super().write(fd, data[:97])

storage = Storage(Slow())
print("begun", flush=True)
with Store.opened(sys.argv[1] + "/store", storage) as store:
    for i in range(10**6):
        data = b"%d" % i * 300
        store.record(str(i), {"object": store.put(data)})
        storage.publish(sys.argv[1] + "/out.trivet", data, private=False)
        print(i, flush=True)
"""


@pytest.mark.parametrize("after", [0.0, 0.013, 0.05, 0.11, 0.23])
def test_a_writer_killed_at_any_moment_leaves_whole_files_and_all_it_acknowledged(after, other_process, tmp_path):
    writer = other_process(WRITE, tmp_path)
    writer.stdout.readline()
    time.sleep(after)
    writer.send_signal(signal.SIGKILL)
    acknowledged = writer.communicate()[0].split("\n")[:-1]
    storage = Storage()
    with Store.opened(tmp_path / "store", storage) as store:
        for i in map(int, acknowledged):
            assert store.get(store.result(str(i))["object"]) == b"%d" % i * 300
        first_open = next(i for i in range(10**6) if store.result(str(i)) is None)
        assert first_open - len(acknowledged) in (0, 1)
        for i in (first_open, first_open + 1):
            store.record(str(i), {"object": store.put(b"%d" % i * 300)})
    storage.publish(tmp_path / "out.trivet", NEW, private=False)
    assert not list(tmp_path.glob(".trivet-*")), "what a killed writer left is swept away"


# --- text -------------------------------------------------------------------------------------------------------------

WRITERS = {"write_text", "write_bytes", "savetxt", "tofile"}
MODULES = {"os": {"rename", "replace", "remove", "unlink", "mkdir", "makedirs", "link", "symlink", "open", "truncate"}}
# The clean process of the judge must run with the runtime alone, which may not import the engine.
EXEMPT = {"storage/disk.py", "storage/system_calls.py", "storage/appender.py", "runtime/probes/clean.py"}


def writes(call: ast.Call) -> bool:
    """Whether a call writes to the disk, as far as the text shows."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    owner = getattr(getattr(call.func, "value", None), "id", "")
    if name == "open" and owner != "os":
        at = 0 if isinstance(call.func, ast.Attribute) else 1  # Path(...).open(mode) or open(path, mode)
        modes = [*call.args[at : at + 1], *(k.value for k in call.keywords if k.arg == "mode")]
        return any(isinstance(m, ast.Constant) and bool(set(str(m.value)) & set("wax+")) for m in modes)
    if owner == "os" and name == "open" and ast.unparse(call.args[0]) == "os.devnull":
        return False
    return name in WRITERS or name in MODULES.get(owner, ()) or owner == "shutil"


def test_nothing_but_storage_writes():
    package = Path(trivet.__file__).parent
    found = [
        f"{path.relative_to(package)}:{node.lineno}"
        for path in sorted(package.rglob("*.py"))
        if str(path.relative_to(package)) not in EXEMPT
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and writes(node)
    ]
    assert found == [], "write through storage/disk.py instead"


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("open('a', 'wb')", True),
        ("open('a', mode='a')", True),
        ("Path('a').open('w')", True),
        ("os.replace(a, b)", True),
        ("shutil.copy(a, b)", True),
        ("Path(a).write_text(b)", True),
        ("open('a')", False),
        ("open('a', 'rb')", False),
        ("Journal.open(path, storage)", False),
        ("text.replace('a', 'b')", False),
    ],
)
def test_the_text_test_can_fail(text, is_found):
    assert writes(ast.parse(text).body[0].value) is is_found
