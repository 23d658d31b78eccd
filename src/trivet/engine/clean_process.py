"""Starts the clean process, which has only the runtime, and waits for its end."""

import os
import subprocess
import sys
from collections.abc import Sequence

from trivet.core.errors import TrivetError

from .worker_process import CALM


class ProbeFailed(TrivetError):
    """The clean process could not run the packaged file: our fault."""

    exit_code = 1


def run_probe(arguments: Sequence[str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-I", "-m", "trivet.runtime.probes.clean", *arguments],
        env={**os.environ, **CALM},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise ProbeFailed(
            "probe-failed",
            wanted="answers from the packaged file in a clean process",
            found=ended.stderr.strip().rpartition("\n")[2] or f"exit code {ended.returncode}",
            do="report this with the recipe; the candidates in the store are intact",
        )
