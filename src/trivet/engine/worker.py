"""A worker process: reads one job per line, runs a pass or measures a candidate, answers with one line.

Jobs and answers are JSON and refer to objects in the store by digest; nothing executable crosses the pipe.
A worker never sees the vault: it is not in the store.
"""

import errno
import faulthandler
import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import lru_cache
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from trivet.core.candidate import Candidate, Work
from trivet.core.context import Budget, Context, Say
from trivet.core.registry import find_gauge, parse_step
from trivet.core.rows import Dataset, Rows
from trivet.storage.checkpoints import Checkpoints
from trivet.storage.disk import Storage
from trivet.storage.disk_errors import failed
from trivet.storage.objects import candidate_from_bytes, candidate_to_bytes, rows_from_bytes, rows_to_bytes
from trivet.storage.store import Objects

from .failure import as_reply
from .importance import permutation_importance
from .machine import this_machine
from .measure import Here

_DISK_IS_ILL = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)  # of the scratch folder: no candidate's fault
_APART = 0.2  # seconds between two words of progress

Tell = Callable[[dict[str, Any]], None]


class Voice(Say):
    """Tells progress, a few times a second; notes go with the answer."""

    def __init__(self, tell: Tell) -> None:
        super().__init__()
        self.tell, self.last = tell, -inf

    def done(self, share: float, what: str = "") -> None:
        now = time.monotonic()
        if now - self.last >= _APART:
            self.last = now
            self.tell({"share": min(max(float(share), 0.0), 1.0), "what": str(what)})


class Desk:
    """What one worker works with: the objects of a store, and the rows and answers that it saw last."""

    def __init__(self, folder: Path, storage: Storage | None = None, tell: Tell = lambda said: None) -> None:
        storage = storage or Storage()
        self.objects, self.checkpoints, self.tell = Objects(folder, storage), Checkpoints(folder, storage), tell
        self.rows = lru_cache(maxsize=8)(self._read_rows)
        self.here = lru_cache(maxsize=2)(self._answered)

    def _read_rows(self, digest: str) -> Rows:
        return rows_from_bytes(self.objects.get(digest))

    def _answered(self, candidate: str, rows: str) -> Here:
        return Here(self.candidate(candidate), self.rows(rows))

    def candidate(self, digest: str) -> Candidate:
        return candidate_from_bytes(self.objects.get(digest))

    def step(self, job: dict[str, Any]) -> dict[str, Any]:
        """Runs one pass; answers with the digests of the new candidate and rows, and the pass's notes."""
        names = [name for name in job["work"] if name != "candidate"]
        data = Dataset(splits={name: self.rows(job["work"][name]) for name in names})
        work = Work(candidate=self.candidate(job["work"]["candidate"]), data=data)
        done, notes = self.run_pass(job, work)
        digests = {"candidate": self.objects.put(candidate_to_bytes(done.candidate))}
        for name, rows in done.data.splits.items():
            is_same = rows is data.splits.get(name)
            digests[name] = job["work"][name] if is_same else self.objects.put(rows_to_bytes(rows))
        return {"work": digests, "notes": notes}

    def run_pass(self, job: dict[str, Any], work: Work) -> tuple[Work, list[str]]:
        """The work after a pass, and what the pass had to say."""
        say, seed, budget = Voice(self.tell), job["seed"], job.get("budget", {})
        with tempfile.TemporaryDirectory(prefix="trivet-") as scratch:
            ctx = Context(
                rng=np.random.default_rng(seed),
                seed=seed % 2**31,
                scratch=Path(scratch),
                say=say,
                threads=1,
                device="cpu",
                machine=this_machine(),
                budget=Budget(**{name: amount for name, amount in budget.items() if amount is not None}),
                checkpoints=lambda name: self.checkpoints.of(job["key"], name),
            )
            return parse_step(job["step"]).result_of(work, ctx), say.notes

    def measure(self, job: dict[str, Any]) -> dict[str, Any]:
        """The reading of a servable candidate on the rows that compare candidates."""
        reading = self.here(job["candidate"], job["rows"]).reading(find_gauge(job["gauge"]), sure=job["sure"])
        return {"reading": reading.as_json()}

    def importance(self, job: dict[str, Any]) -> dict[str, Any]:
        """How much worse the main gauge gets when one column is shuffled."""
        candidate, rows = self.candidate(job["candidate"]), self.rows(job["rows"])
        gauge = find_gauge(job["gauge"])
        return {"importance": permutation_importance(candidate, rows, gauge, seed=job["seed"])}


def answer(desk: Desk, job: dict[str, Any]) -> dict[str, Any]:
    """The result of a job, or the error it ended in: whatever a library raises is this candidate's failure."""
    start = time.monotonic()
    try:
        result = {"step": desk.step, "measure": desk.measure, "importance": desk.importance}[job["do"]](job)
    except OSError as error:
        if error.errno not in _DISK_IS_ILL:
            return as_reply(error)
        folder = Path(error.filename or "the scratch folder")
        return as_reply(failed("work in", folder, error.strerror or str(error), error.errno))
    except (Exception, SystemExit) as error:  # noqa: BLE001  a pass or a library may raise anything
        return as_reply(error)
    return {**result, "did": job.get("did", job["do"]), "seconds": time.monotonic() - start}


def main(folder: str) -> None:
    """Answers jobs until standard input ends; whatever libraries print goes to standard error."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    faulthandler.enable()  # a crash, and a signal before a kill, leave the place in the code on standard error
    faulthandler.register(signal.SIGUSR1, all_threads=True)

    one_at_a_time = threading.Lock()  # a library may call back from a thread of its own

    def tell(said: dict[str, Any]) -> None:
        with one_at_a_time:
            replies.write(json.dumps(said) + "\n")
            replies.flush()

    desk = Desk(Path(folder), tell=tell)
    for line in sys.stdin:
        tell(answer(desk, json.loads(line)))
    sys.stderr.flush()
    os._exit(0)  # all is written and told; taking libraries down in good order takes a quarter of a second


if __name__ == "__main__":
    main(sys.argv[1])
