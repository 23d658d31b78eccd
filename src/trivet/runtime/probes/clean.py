"""The clean process of the judge: loads a file, measures what it is asked to, answers rows, writes one line of JSON.

python -I -m trivet.runtime.probes.clean FILE ROWS OUT [--ask ROWS ...] [--probe NAME[=TIMES] ...] [--rows FROM:MOST]
    [--first | --silent]

ROWS and OUT are JSON lines.  OUT holds {"answers": {name: [dtype, lists]}, "asked": [the same for each --ask],
"costs": {probe: {"numbers": [...], "wall": [...], "cpu": [...], "forced": [...]}}, "load": threads that ran or waited
for each core, "modules": [...]}.

Nothing but the standard library, numpy, onnxruntime and this runtime can be imported here: what is measured is what
ships.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from ..batch import Answers
from ..specialist import Specialist
from . import PROBES
from .stopwatch import runnable_per_core

# numpy and onnxruntime with everything that onnxruntime may load.
ALLOWED = frozenset({
    "numpy", "onnxruntime", "flatbuffers", "google", "packaging", "coloredlogs", "humanfriendly", "sympy", "mpmath",
})  # fmt: skip


class Guard:
    """Stands first in the line of importers and says no to whatever a user of the runtime would not have."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        """None, so that the next importer looks; raises ImportError for what may not be there."""
        top = name.partition(".")[0]
        is_ours = name == "trivet" or (name + ".").startswith("trivet.runtime.")
        if not (is_ours or top in ALLOWED or top in sys.stdlib_module_names):
            raise ModuleNotFoundError(f"{name} is not part of the runtime", name=name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the process; the exit status is 0 when the line was written."""
    sys.meta_path.insert(0, Guard())
    asked = options_of(arguments)
    rows = rows_in(asked.rows, *((0, 1) if asked.first else asked.some))
    specialist = Specialist.load(asked.file, caps="large")  # built here, or opened before under the user's caps
    load, found = runnable_per_core(), dict[str, Any]()
    # Before more is asked: a question that needs much memory is none that a user's row has to pay for.
    found["costs"] = {name: vars(PROBES[name](times).measure(specialist, rows)) for name, times in asked.probe}
    found["load"] = (load + runnable_per_core()) / 2
    found["answers"] = {} if asked.silent else lists_of(specialist.answers(rows))
    found["asked"] = [lists_of(specialist.answers(rows_in(path))) for path in asked.ask]
    found["modules"] = sorted(name for name in sys.modules if name.partition(".")[0] == "trivet")
    write_whole(asked.out, json.dumps(found, allow_nan=False) + "\n")
    return 0


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    words = argparse.ArgumentParser(prog="trivet.runtime.probes.clean", description="Answers and costs of a file.")
    for name in ("file", "rows", "out"):
        words.add_argument(name, type=Path)
    words.add_argument("--ask", type=Path, action="append", default=[], help="more rows to answer")
    words.add_argument("--probe", type=probe_and_times, action="append", default=[], metavar="NAME[=TIMES]")
    words.add_argument("--rows", dest="some", type=first_and_most, default=(0, None), metavar="FROM:MOST")
    words.add_argument("--first", action="store_true", help="answer the first row only; the caller takes the time")
    words.add_argument("--silent", action="store_true", help="measure only, write no answers")
    return words.parse_args(arguments)


def probe_and_times(text: str) -> tuple[str, int | None]:
    """("latency", 30) of "latency=30"; None for as often as the probe itself would."""
    name, _, times = text.partition("=")
    if name not in PROBES:
        raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(PROBES)}")
    return name, int(times) if times else None


def first_and_most(text: str) -> tuple[int, int]:
    """(200, 100) of "200:100"."""
    first, _, most = text.partition(":")
    return int(first), int(most)


def rows_in(path: Path, first: int = 0, most: int | None = None) -> list[dict[str, Any]]:
    """The raw rows of a file, one in each line; no more than `most` of them are read, from `first` on."""
    with path.open(encoding="utf-8") as lines:
        some = islice(lines, first, None if most is None else first + most)
        return [json.loads(line) for line in some if line.strip()]


def lists_of(answers: Answers) -> dict[str, Any]:
    """{name: [dtype, nested lists]}; every float32 comes back exactly."""
    return {name: [array.dtype.name, array.tolist()] for name, array in answers.items()}


def write_whole(path: Path, text: str) -> None:
    """Writes the file so that it is there whole or not at all."""
    half = path.with_name(path.name + ".part")
    half.write_text(text, encoding="utf-8")
    os.replace(half, path)


if __name__ == "__main__":
    sys.exit(main())
