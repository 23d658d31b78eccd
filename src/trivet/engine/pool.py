"""Worker processes, and doing each thing once: what the ledger knows is not done again."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from math import inf
from pathlib import Path
from typing import Any, TypeVar

from trivet.core.errors import StorageError
from trivet.storage.store import Store

T = TypeVar("T")
R = TypeVar("R")

# One thread per library: results must not depend on the number of cores, and workers already use them all.
CALM = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
}
_OF_STORAGE = ("storage-failed", "object-missing", "object-damaged")  # errors that end the build, not one job


class JobFailed(Exception):
    """A job ended without a result; says why in one line."""


class JobCut(Exception):
    """A job was stopped because its time was over.  is_own: its own time, not that of the whole search."""

    def __init__(self, *, is_own: bool) -> None:
        super().__init__()
        self.is_own = is_own

    def __str__(self) -> str:
        return "it took longer than its share of the time" if self.is_own else "the time was over"


class Worker:
    """One process that runs jobs; started when first needed, and again when it died."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[str] | None = None

    def ask(self, job: dict[str, Any], *, until: float = inf, longest: float = inf) -> dict[str, Any]:
        """The answer to a job; raises JobFailed when it failed or the process died, JobCut when its time was over.

        until: moment of `time.monotonic`.  longest: seconds.  At the earlier of the two the process is killed.
        """
        process = self.process = self.process or self.start()
        left = until - time.monotonic()
        with Alarm(process, min(left, longest)) as alarm:
            line = spoken_with(process, json.dumps(job))
        if alarm.rang:  # also when it answered at the last moment: the process is gone
            self.process = None
            last_code(process)
        if not line:
            self.process = None
            if alarm.rang:
                raise JobCut(is_own=longest < left)
            raise JobFailed(f"the worker process died (exit {last_code(process)}); often too little memory")
        return result_of(json.loads(line))

    def start(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "trivet.engine.worker", str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **CALM},
        )

    def stop(self) -> None:
        if self.process is not None:
            last_code(self.process)


def last_code(process: "subprocess.Popen[str]") -> int:
    """The exit code of a process that is told to end, or has; its pipes are closed."""
    with suppress(BrokenPipeError), process:  # what it was last told, it may not have read
        if process.stdin is not None:
            process.stdin.close()
    return process.wait()


class Alarm:
    """Kills a process after so many seconds, unless it is left before; `rang` says that it did."""

    def __init__(self, process: "subprocess.Popen[str]", seconds: float) -> None:
        self.process, self.rang = process, False
        self.timer = threading.Timer(max(seconds, 0.0), self.ring) if seconds < inf else None

    def ring(self) -> None:
        self.rang = True
        self.process.kill()

    def __enter__(self) -> "Alarm":
        if self.timer is not None:
            self.timer.daemon = True
            self.timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer.join()


def spoken_with(process: "subprocess.Popen[str]", line: str) -> str:
    """The process's answer to one line; "" when it has died."""
    if process.stdin is None or process.stdout is None:
        raise JobFailed("the worker has no pipes")
    try:
        process.stdin.write(line + "\n")
        process.stdin.flush()
        return process.stdout.readline()
    except BrokenPipeError:
        return ""


def result_of(reply: dict[str, Any]) -> dict[str, Any]:
    """What a worker found; a failed disk ends the build, any other error only this job."""
    error = reply.get("error")
    if error is None:
        return reply
    if error["code"] in _OF_STORAGE:
        raise StorageError(error["code"], wanted=error["wanted"], found=error["found"], do=error["do"])
    raise JobFailed(f"{error['code']}: {error['found']}")


class Pool:
    """Runs jobs on `threads` workers; a job whose key the ledger holds is answered from there."""

    def __init__(self, store: Store, threads: int) -> None:
        self.store = store
        self.lock = threading.Lock()
        self.whole: set[str] = set()
        self.flying: dict[str, Future[dict[str, Any]]] = {}
        self.idle: list[Worker] = []
        self.workers: list[Worker] = []
        self.executor = ThreadPoolExecutor(threads, thread_name_prefix="trivet")

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *_: object) -> None:
        self.executor.shutdown(wait=True, cancel_futures=True)
        for worker in self.workers:
            worker.stop()

    def map(self, work: Callable[[T], R], things: Sequence[T]) -> Iterable[R]:
        """The results in the order of the things, whatever the order in which they end."""
        return self.executor.map(work, things)

    def once(self, key: str, job: dict[str, Any], *, until: float = inf, longest: float = inf) -> dict[str, Any]:
        """The result under this key: from the ledger, from whoever computes it right now, or computed here.

        until, longest: as in `Worker.ask`.
        """
        with self.lock:
            known = self.store.result(key)
            if known is not None and self.is_whole(known):
                return known
            future = self.flying.get(key)
            is_mine = future is None
            if future is None:
                future = self.flying[key] = Future()
        if is_mine:
            self.fly(key, job, future, until, longest)
        return future.result()

    def is_whole(self, result: dict[str, Any]) -> bool:
        """Whether the store still holds every object that the result names; each is looked at once in a build."""
        named = set(result.get("work", {}).values())
        self.whole |= {digest for digest in named - self.whole if self.store.has(digest)}
        return named <= self.whole

    def fly(
        self, key: str, job: dict[str, Any], future: "Future[dict[str, Any]]", until: float, longest: float
    ) -> None:
        worker = self.hired()
        try:
            result = worker.ask(job, until=until, longest=longest)
            with self.lock:
                known = self.store.result(key)
                if known is not None:  # done again because an object got lost; all but the time must be the same
                    result = {**result, "seconds": known["seconds"]}
                self.store.record(key, result)
            future.set_result(result)
        except BaseException as error:  # noqa: BLE001  whoever waits for this result must hear of any failure
            future.set_exception(error)
        finally:
            with self.lock:
                self.idle.append(worker)
                del self.flying[key]

    def hired(self) -> Worker:
        """A worker that has nothing to do: the one that was busy last, whose rows and libraries are loaded."""
        with self.lock:
            if not self.idle:
                self.workers.append(Worker(self.store.folder))
                return self.workers[-1]
            return self.idle.pop()
