"""Worker processes, and doing each thing once: what the ledger knows is not done again."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from .store import Store

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


class JobFailed(Exception):
    """A job ended without a result; says why in one line."""


class Worker:
    """One process that runs jobs; started when first needed, and again when it died."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[str] | None = None

    def ask(self, job: dict[str, Any]) -> dict[str, Any]:
        """The answer to a job; raises JobFailed when it failed or the process died."""
        process = self.process = self.process or self.start()
        if process.stdin is None or process.stdout is None:
            raise JobFailed("the worker has no pipes")
        try:
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self.process = None
            raise JobFailed(f"the worker process died (exit {process.wait()}); often too little memory")
        result: dict[str, Any] = json.loads(line)
        if "error" in result:
            raise JobFailed(f"{result['error']['code']}: {result['error']['found']}")
        return result

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
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()
            self.process.wait()


class Pool:
    """Runs jobs on `threads` workers; a job whose key the ledger holds is answered from there."""

    def __init__(self, store: Store, threads: int) -> None:
        self.store = store
        self.lock = threading.Lock()
        self.flying: dict[str, Future[dict[str, Any]]] = {}
        self.local = threading.local()
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

    def once(self, key: str, job: dict[str, Any]) -> dict[str, Any]:
        """The result under this key: from the ledger, from whoever computes it right now, or computed here."""
        with self.lock:
            known = self.store.result(key)
            if known is not None:
                return known
            future = self.flying.get(key)
            is_mine = future is None
            if future is None:
                future = self.flying[key] = Future()
        if is_mine:
            self.fly(key, job, future)
        return future.result()

    def fly(self, key: str, job: dict[str, Any], future: "Future[dict[str, Any]]") -> None:
        try:
            result = self.worker().ask(job)
            with self.lock:
                self.store.record(key, result)
            future.set_result(result)
        except BaseException as error:  # noqa: BLE001  whoever waits for this result must hear of any failure
            future.set_exception(error)
        finally:
            with self.lock:
                del self.flying[key]

    def worker(self) -> Worker:
        """The worker of this thread."""
        if not hasattr(self.local, "worker"):
            self.local.worker = Worker(self.store.folder)
            with self.lock:
                self.workers.append(self.local.worker)
        worker: Worker = self.local.worker
        return worker
