"""Doing each thing once, on several workers: what the ledger knows is not done again, and what failed is not either."""

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from math import inf
from typing import Any, TypeVar

from trivet.storage.store import Store

from .failure import Failure, JobCut, JobFailed
from .worker_process import Hear, Worker

T = TypeVar("T")
R = TypeVar("R")


class Pool:
    """Runs jobs on `threads` workers; a job whose key the ledger holds is answered from there.

    memory: bytes that one job may take.  retry: also try again what failed in an earlier build in the same way as it
    would now.  hear: called with the progress inside steps.  failed: by key, what failed in this build, or is known to.
    """

    def __init__(
        self,
        store: Store,
        threads: int,
        *,
        memory: float = inf,
        retry: bool = False,
        hear: Hear = lambda step, share, what: None,
    ) -> None:
        self.store, self.memory, self.retry, self.hear = store, memory, retry, hear
        self.lock = threading.Lock()
        self.whole: set[str] = set()
        self.failed: dict[str, Failure] = {}
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

        until, longest: as in `Worker.ask`, which also says what is raised where there is no result.
        """
        with self.lock:
            known = self.store.result(key)
            if known is not None and self.is_whole(known):
                return known
            failure = self.known_failure(key)
            if failure is not None:
                raise JobFailed(failure)
            future = self.flying.get(key)
            is_mine = future is None
            if future is None:
                future = self.flying[key] = Future()
        if is_mine:
            self.fly(key, job, future, until, longest)
        return future.result()

    def known_failure(self, key: str) -> Failure | None:
        """Why the job fails, where that is known: from this build, or from an earlier one that it would repeat."""
        recorded = self.store.failure(key)
        if key not in self.failed and recorded is not None and not (recorded["again"] or self.retry):
            self.failed[key] = Failure(**recorded)
        return self.failed.get(key)

    def is_whole(self, result: dict[str, Any]) -> bool:
        """Whether the store still holds every object that the result names; each is looked at once in a build."""
        named = set(result.get("work", {}).values())
        self.whole |= {digest for digest in named - self.whole if self.store.has(digest)}
        return named <= self.whole

    def fly(
        self, key: str, job: dict[str, Any], future: "Future[dict[str, Any]]", until: float, longest: float
    ) -> None:
        """Has a worker do the job, and records how it ends."""
        worker = self.hired()
        try:
            job = {**job, "key": key}
            result = worker.ask(job, until=until, longest=longest, memory=self.memory, hear=self.hear)
            self.land(key, result)
            future.set_result(result)
        except BaseException as error:  # noqa: BLE001  whoever waits for this result must hear of any failure
            future.set_exception(self.noted(key, job, error))
        finally:
            with self.lock:
                self.idle.append(worker)
                del self.flying[key]

    def land(self, key: str, result: dict[str, Any]) -> None:
        with self.lock:
            known = self.store.result(key)
            if known is not None:  # done again because an object got lost; all but the time must be the same
                result = {**result, "seconds": known["seconds"]}
            self.store.record(key, result)
        self.store.checkpoints.clear(key)

    def noted(self, key: str, job: dict[str, Any], error: BaseException) -> BaseException:
        """The error, once the ledger knows of it; or that of a disk that could not write it down."""
        try:
            if isinstance(error, JobFailed):
                with self.lock:
                    self.failed[key] = error.failure
                    self.store.record_failure(key, asdict(error.failure))
                if not error.failure.again:
                    self.store.checkpoints.clear(key)
            if isinstance(error, JobCut):
                self.store.note("job-stopped", did=job["did"], why=str(error))
        except Exception as worse:  # noqa: BLE001  handed on to whoever waits
            return worse
        return error

    def hired(self) -> Worker:
        """A worker that has nothing to do: the one that was busy last, whose rows and libraries are loaded."""
        with self.lock:
            if not self.idle:
                self.workers.append(Worker(self.store.folder))
                return self.workers[-1]
            return self.idle.pop()
