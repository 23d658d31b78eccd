"""Writes tests/golden/format-N anew: files of the present format and what they answer.

    python tools/make_golden.py

Only for a format that was never released: files of a released one stay as they are for ever.  The made files hold every
runtime kind; `loans` is a whole build of the sample of the table domain, and takes half a minute.
"""

import json
import sys
from pathlib import Path
from typing import Any

import trivet
from trivet.core.registry import find_domain
from trivet.runtime.file.container import decode
from trivet.runtime.file.sections import FORMAT
from trivet.runtime.program import Program
from trivet.runtime.specialist import Specialist
from trivet.testing.sample_files import sample_files

FOLDER = Path(__file__).parent.parent / "tests" / "golden" / f"format-{FORMAT}"
LIMITS = ("auroc >= 0.6", "coverage >= 0.6", "size <= 100 kB", "p99-latency <= 50 ms")
ROWS: list[dict[str, Any]] = [
    {"age": 31.5, "smokes": True, "ward": "nörth", "seen": "2024-05-31", "remark": "no change today"},
    {"age": None, "smokes": None, "ward": "nowhere", "seen": None, "remark": None},
    {"age": 77, "smokes": "no", "ward": "west", "seen": "2019-01-02T03:04:05", "remark": "In  PAIN again"},
]


def main() -> int:
    files = {name: (data, ROWS) for name, data in sample_files().items()} | {"loans": whole_build()}
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.trivet"):
        old.unlink()
    for name, (data, _) in files.items():
        (FOLDER / f"{name}.trivet").write_bytes(data)
    answers = {name: answered(data, rows) for name, (data, rows) in sorted(files.items())}
    text = json.dumps(answers, ensure_ascii=False, indent=1) + "\n"
    (FOLDER / "answers.json").write_text(text, encoding="utf-8")
    print(f"{len(files)} files written to {FOLDER}")
    return 0


def whole_build() -> tuple[bytes, list[dict[str, Any]]]:
    """(a certified file, some rows of its table); ends the tool when there is none."""
    rows, target = find_domain("table").sample()
    outcome = trivet.compile(rows, target=target, limits=LIMITS, time="20 s")
    if not isinstance(outcome, Specialist) or any(one["verdict"] != "HOLDS" for one in outcome.verdicts):
        sys.exit("the sample of the table domain did not compile to a certified file; run again on a calmer machine")
    return bytes(outcome.data), [{name: cell for name, cell in row.items() if name != target} for row in rows[:8]]


def answered(data: bytes, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What the file answers, by the reference in numpy, and its names."""
    contents = decode(data)
    program = Program(contents.parts, executor="numpy")
    answers = program.answers(program.read_rows(rows))
    return {
        "rows": rows,
        "answers": {name: array.tolist() for name, array in answers.items()},
        "digest": contents.digest,
        "body_digest": contents.body_digest,
    }


if __name__ == "__main__":
    sys.exit(main())
