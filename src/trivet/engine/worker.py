"""A worker process: reads one job per line, runs a pass or measures a candidate, answers with one line.

Jobs and answers are JSON and refer to objects in the store by digest; nothing executable crosses the pipe.
A worker never sees the vault: it is not in the store.
"""

import json
import os
import sys
import tempfile
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from trivet.core.candidate import Candidate, Work
from trivet.core.context import Context, Say
from trivet.core.errors import TrivetError
from trivet.core.gauges import Trial
from trivet.core.registry import find_gauge, parse_step
from trivet.core.rows import Dataset, Rows
from trivet.runtime.program import Program
from trivet.storage.disk import Storage
from trivet.storage.disk_errors import failed
from trivet.storage.objects import candidate_from_bytes, candidate_to_bytes, rows_from_bytes, rows_to_bytes
from trivet.storage.store import Objects

from .importance import permutation_importance

SPLITS = ("fit", "tune", "choose")


class Desk:
    """What one worker works with: the objects of a store and the last rows it read."""

    def __init__(self, folder: Path, storage: Storage | None = None) -> None:
        self.objects = Objects(folder, storage or Storage())
        self.rows = lru_cache(maxsize=8)(self._read_rows)

    def _read_rows(self, digest: str) -> Rows:
        return rows_from_bytes(self.objects.get(digest))

    def candidate(self, digest: str) -> Candidate:
        return candidate_from_bytes(self.objects.get(digest))

    def step(self, job: dict[str, Any]) -> dict[str, Any]:
        """Runs one pass; answers with the digests of the new candidate and rows, and the pass's notes."""
        data = Dataset(**{split: self.rows(job["work"][split]) for split in SPLITS})
        work = Work(candidate=self.candidate(job["work"]["candidate"]), data=data)
        done, notes = run_pass(job["step"], work, job["seed"])
        digests = {"candidate": self.objects.put(candidate_to_bytes(done.candidate))}
        for split in SPLITS:
            before, after = getattr(data, split), getattr(done.data, split)
            digests[split] = job["work"][split] if after is before else self.objects.put(rows_to_bytes(after))
        return {"work": digests, "notes": notes}

    def measure(self, job: dict[str, Any]) -> dict[str, Any]:
        """Readings of a servable candidate on the rows that compare candidates."""
        candidate, rows = self.candidate(job["candidate"]), self.rows(job["rows"])
        program = Program(candidate.parts)
        trial = Trial(
            task=candidate.task,
            answers=program.answers(program.read(rows.raw())),
            truth=rows.truth,
            weight=rows.weight,
        )
        readings = [find_gauge(name).measure(trial, sure=job["sure"]) for name in job["gauges"]]
        return {"readings": [reading.as_json() for reading in readings]}

    def importance(self, job: dict[str, Any]) -> dict[str, Any]:
        """How much worse the main gauge gets when one column is shuffled."""
        candidate, rows = self.candidate(job["candidate"]), self.rows(job["rows"])
        gauge = find_gauge(job["gauge"])
        return {"importance": permutation_importance(candidate, rows, gauge, seed=job["seed"])}


def run_pass(text: str, work: Work, seed: int) -> tuple[Work, list[str]]:
    """The work after a pass, and what the pass had to say."""
    say = Say()
    with tempfile.TemporaryDirectory(prefix="trivet-") as scratch:
        ctx = Context(rng=np.random.default_rng(seed), seed=seed % 2**31, scratch=Path(scratch), say=say)
        return parse_step(text).run(work, ctx), say.notes


def answer(desk: Desk, job: dict[str, Any]) -> dict[str, Any]:
    """The result of a job, or the error it ended in."""
    start = time.monotonic()
    try:
        result = {"step": desk.step, "measure": desk.measure, "importance": desk.importance}[job["do"]](job)
    except TrivetError as error:
        return {"error": error.as_json()}
    except OSError as error:  # the scratch folder: its disk may be full too
        folder = Path(error.filename or "the scratch folder")
        return {"error": failed("work in", folder, error.strerror or str(error), error.errno or 0).as_json()}
    except (ValueError, ArithmeticError, MemoryError, LookupError, TypeError) as error:
        # A library's own complaint about these rows or parameters: this candidate fails, the build goes on.
        return {"error": {"code": "step-failed", "found": f"{type(error).__name__}: {error}"}}
    return {**result, "did": job.get("step", job["do"]), "seconds": time.monotonic() - start}


def main(folder: str) -> None:
    """Answers jobs until standard input ends; whatever libraries print goes to standard error."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    desk = Desk(Path(folder))
    for line in sys.stdin:
        replies.write(json.dumps(answer(desk, json.loads(line))) + "\n")
        replies.flush()


if __name__ == "__main__":
    main(sys.argv[1])
