"""How much memory and time does a large file take to load?

    python bench/large_file.py --megabytes 500

Makes a specialist whose n-gram weights fill so many megabytes, and loads it in clean processes with everything
checked: by `read` (arrays as they lie in the file) and by `Specialist.load` (parts checked as well, no executor yet).
Private memory is what the process itself holds; mapped pages belong to the system's cache and are shared.
Prints one table and writes bench/out/large_file.json.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from trivet.runtime.file.caps import LARGE
from trivet.runtime.file.container import encode, read
from trivet.runtime.part import Part
from trivet.runtime.specialist import Specialist
from trivet.testing.sample_files import labels, sample_parts

CLASSES = 8
OUT = Path(__file__).parent / "out" / "large_file.json"


def main() -> None:
    options = parsed()
    if options.load is not None:
        print(json.dumps(loaded(options.load, options.how)))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.trivet"
        path.write_bytes(large_file(options.megabytes))
        rows = [child(path, how) for how in ("read", "Specialist.load") for _ in range(3)]
    print(f"{'':18}{'seconds':>9}{'private MB':>12}{'peak private':>14}{'mapped MB':>11}")
    for row in rows:
        print(
            f"{row['how']:18}{row['seconds']:9.2f}{row['private']:12.1f}{row['peak']:14.1f}{row['mapped']:11.1f}",
            flush=True,
        )
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps({"megabytes": options.megabytes, "rows": rows}, indent=1))


def parsed() -> Any:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--load", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--how", default="read", help=argparse.SUPPRESS)
    return parser.parse_args()


def large_file(megabytes: int) -> bytes:
    """A whole specialist over one text column with so many megabytes of weights."""
    buckets = megabytes * 1_000_000 // (4 * CLASSES)
    weights = np.random.default_rng(0).normal(size=(buckets, CLASSES)).astype(np.float32)
    config = {"column": 0, "analyser": "char", "low": 2, "high": 3, "buckets": buckets}
    body = Part(kind="ngrams", config=config, arrays={"weights": weights, "bias": np.zeros(CLASSES, np.float32)})
    reader = sample_parts()["ngrams"]["reader"]
    parts = {"reader": reader, "body": body, "labels": labels(*"abcdefgh")}
    return encode({"task": {}}, parts, {}, caps=LARGE)


def child(path: Path, how: str) -> dict[str, Any]:
    words = [sys.executable, __file__, "--load", str(path), "--how", how]
    found: dict[str, Any] = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    return found


def loaded(path: Path, how: str) -> dict[str, Any]:
    """What loading took, over what the process had before."""
    before, start = memory(), time.perf_counter()
    kept = {
        "read": lambda: read(path, caps=LARGE),
        "Specialist.load": lambda: Specialist.load(path, caps="large"),
    }[how]()
    seconds, after = time.perf_counter() - start, memory()
    del kept
    return {
        "how": how, "seconds": seconds, "private": after["RssAnon"] - before["RssAnon"],
        "peak": after["VmHWM"] - after["RssFile"] - before["RssAnon"], "mapped": after["RssFile"] - before["RssFile"],
    }  # fmt: skip


def memory() -> dict[str, float]:
    """Resident megabytes of this process: its own, mapped, and the most of both together."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    fields = (line.split() for line in lines if line.startswith(("RssAnon", "RssFile", "VmHWM")))
    return {name.rstrip(":"): int(kilobytes) * 1024 / 1e6 for name, kilobytes, _ in fields}


if __name__ == "__main__":
    main()
