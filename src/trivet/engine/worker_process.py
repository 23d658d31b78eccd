"""One worker process seen from outside: asked a job a line, watched, and killed when the job takes too much."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from math import inf, isfinite
from pathlib import Path
from typing import Any, Literal

from trivet.core.errors import StorageError
from trivet.core.units import show_amount, show_duration

from .failure import Failure, JobCut, JobFailed, died, raised

# One thread per library: results must not depend on the number of cores, and workers already use them all.
CALM = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
}
_OF_STORAGE = ("storage-failed", "object-missing", "object-damaged")  # errors that end the build, not one job
_LOOK_SECONDS = 0.05  # between two looks at the memory: at 2 GB/s, 100 MB too late
_LAST_WORDS_SECONDS = 0.1  # for the process to write where it is, before it is killed
_KEPT_BYTES = 8000  # of what a worker writes to standard error
_WARM_SHARE = 0.5  # of the memory that a job may take: a worker that holds more before the job is replaced

Hear = Callable[[str, float, str], None]
"""Called with the step, the share of it that is done, and what it is at."""


class Worker:
    """One process that runs jobs; started when first needed, and again when it died."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[str] | None = None
        self.tail = Tail(None)

    def ask(
        self,
        job: dict[str, Any],
        *,
        until: float = inf,
        longest: float = inf,
        memory: float = inf,
        hear: Hear = lambda step, share, what: None,
    ) -> dict[str, Any]:
        """The answer to a job; raises JobFailed where it has none, JobCut when the time of all jobs is over.

        until: moment of `time.monotonic`.  longest: seconds.  memory: bytes.  At the first that is passed, the process
        is killed.
        """
        began, did = time.monotonic(), job.get("did", job["do"])
        process = self.ready(memory)
        left = until - began
        budget = {"seconds": jsonable(min(left, longest)), "memory": jsonable(memory)}
        with Watch(process, seconds=min(left, longest), memory=memory) as watch:
            reply = spoken_with(process, json.dumps({**job, "budget": budget}), lambda *told: hear(did, *told))
        seconds = time.monotonic() - began
        if watch.stopped:  # also when it answered at the last moment: the process is gone
            self.process = None
            see_off(process)
        if reply is not None:
            return result_of(reply, did, seconds=seconds, stderr=self.tail.text if "error" in reply else "")
        self.process = None
        if watch.stopped == "time" and left <= longest:
            raise JobCut
        raise JobFailed(self.end_of(process, watch, did, seconds))

    def end_of(self, process: "subprocess.Popen[str]", watch: "Watch", did: str, seconds: float) -> Failure:
        """Why a process is gone."""
        exit_code = see_off(process)
        words = self.tail.last_words()
        if watch.stopped == "":
            name = signal.Signals(-exit_code).name if exit_code < 0 else ""
            return died(did, exit_code=exit_code, signal=name, seconds=seconds, stderr=words)
        why = f"it took longer than its share of the time, {show_duration(watch.seconds)}"
        if watch.stopped == "memory":
            why = f"it took more memory than it may, {show_amount(watch.memory, 'B')}"
        return Failure(did=did, kind=watch.stopped, why=why, again=True, seconds=seconds, stderr=words)

    def ready(self, memory: float) -> "subprocess.Popen[str]":
        """A process for the next job; a new one where the old one still holds much memory of earlier jobs."""
        if self.process is not None and resident_bytes(self.process.pid) > _WARM_SHARE * memory:
            self.stop()
        if self.process is None:
            self.process = self.start()
            self.tail = Tail(self.process)
        self.tail.clear()
        return self.process

    def start(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "trivet.engine.worker", str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, **CALM},
        )

    def stop(self) -> None:
        """Lets the process end; it has nothing to do."""
        process, self.process = self.process, None
        if process is not None:
            see_off(process)


class Watch:
    """Looks after a process for the `with` block; kills it at its cap, which `stopped` then names."""

    def __init__(self, process: "subprocess.Popen[str]", *, seconds: float, memory: float) -> None:
        self.process, self.seconds, self.memory = process, seconds, memory
        self.ends = time.monotonic() + max(seconds, 0.0)
        self.stopped: Literal["", "time", "memory"] = ""
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.look, daemon=True)

    def look(self) -> None:
        pause = 0.0
        while not self.is_over.wait(pause):
            left = self.ends - time.monotonic()
            if left <= 0:
                return self.kill("time")
            if isfinite(self.memory) and resident_bytes(self.process.pid) > self.memory:
                return self.kill("memory")
            pause = min(left, _LOOK_SECONDS if isfinite(self.memory) else left)
        return None

    def kill(self, why: Literal["time", "memory"]) -> None:
        self.stopped = why
        self.process.send_signal(signal.SIGUSR1)  # the worker then writes where it is, whatever it is doing
        self.is_over.wait(_LAST_WORDS_SECONDS)
        self.process.kill()

    def __enter__(self) -> "Watch":
        if isfinite(self.ends) or isfinite(self.memory):
            self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_over.set()
        if self.thread.is_alive():
            self.thread.join()


class Tail:
    """The end of what a process writes to standard error: it is read all the time, so that no pipe fills up."""

    def __init__(self, process: "subprocess.Popen[str] | None") -> None:
        self.kept = b""
        self.stream = None if process is None else process.stderr
        self.thread = threading.Thread(target=self.read, daemon=True)
        if self.stream is not None:
            self.thread.start()

    def read(self) -> None:
        if self.stream is not None:
            with self.stream:
                while piece := os.read(self.stream.fileno(), 65536):
                    self.kept = (self.kept + piece)[-_KEPT_BYTES:]

    def clear(self) -> None:
        """Forgets what an earlier job wrote."""
        self.kept = b""

    def last_words(self) -> str:
        """What a dead process had written."""
        if self.thread.is_alive():
            self.thread.join(timeout=1.0)  # a child of its own may hold the pipe open
        return self.text

    @property
    def text(self) -> str:
        return self.kept.decode("utf-8", "replace").strip()


def see_off(process: "subprocess.Popen[str]") -> int:
    """Waits for the end of a process that has nothing more to read; its exit code.  Its tail closes the other pipe."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()
    return process.wait()


def resident_bytes(pid: int) -> int:
    """The memory that a process takes right now; 0 where the system does not tell, so that no cap is ever passed.

    Not RLIMIT_AS: torch, LightGBM and ONNX Runtime map many times more address space than they ever touch.
    """
    try:
        with open(f"/proc/{pid}/statm", "rb") as numbers:
            return int(numbers.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def jsonable(number: float) -> float | None:
    """The number; None for what has no bound."""
    return number if isfinite(number) else None


def spoken_with(
    process: "subprocess.Popen[str]", line: str, hear: Callable[[float, str], None]
) -> dict[str, Any] | None:
    """The process's answer to one line; None when it has died.  hear: called with each word of progress before it."""
    if process.stdin is None or process.stdout is None:
        return None
    try:
        process.stdin.write(line + "\n")
        process.stdin.flush()
    except BrokenPipeError:
        return None
    for said in process.stdout:
        if not said.endswith("\n"):
            return None  # it died over its last word
        reply: dict[str, Any] = json.loads(said)
        if "share" not in reply:
            return reply
        hear(reply["share"], reply["what"])
    return None


def result_of(reply: dict[str, Any], did: str = "", *, seconds: float = 0.0, stderr: str = "") -> dict[str, Any]:
    """What a worker found; a failed disk ends the build, any other error only this job."""
    error = reply.get("error")
    if error is None:
        return reply
    if error["code"] in _OF_STORAGE:
        raise StorageError(error["code"], wanted=error["wanted"], found=error["found"], do=error["do"])
    raise JobFailed(raised(reply, did, seconds=seconds, stderr=stderr))
