"""Running commands, in this process or in one of their own, and the table they run on."""

import csv
import json
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STEPS = ("prepare-table", "fit-linear", "fit-temperature")
LIMITS = ("auroc >= 0.8", "accuracy >= 0.8", "size <= 50 kB")


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def in_process(*words: str, cwd: Path | None = None, before: str = "", env: dict[str, str] | None = None) -> Ended:
    """Runs a command as a user does, in a process of its own; `before` is Python that runs first."""
    code = f"{before}\nimport sys\nfrom trivet.cli.main import main\nsys.exit(main(sys.argv[1:]))"
    ended = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=cwd, env={**os.environ, "OMP_NUM_THREADS": "1", **(env or {})}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return Ended(code=ended.returncode, out=ended.stdout, err=ended.stderr)


def write_csv(path: Path, rows: int = 400, seed: int = 0) -> Path:
    """Two numbers and the class that their sum decides, with some noise."""
    random.seed(seed)
    with path.open("w", newline="", encoding="utf-8") as out:
        table = csv.writer(out)
        table.writerow(["a", "b", "y"])
        for _ in range(rows):
            a, b = random.gauss(0, 1), random.gauss(0, 1)
            table.writerow([f"{a:.3f}", f"{b:.3f}", "yes" if a + b + random.gauss(0, 0.3) > 0 else "no"])
    return path


def flags(option: str, values: Sequence[str]) -> list[str]:
    return [word for one in values for word in (option, one)]


@dataclass(frozen=True)
class Workplace:
    """A folder with the table and what `compile` made of it."""

    folder: Path
    table: Path
    file: Path
    compiled: Ended
