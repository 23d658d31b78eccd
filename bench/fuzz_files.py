"""Opens mutants of valid files, with digests repaired, and counts what comes of them (docs/format.md, C2 and C3).

    python bench/fuzz_files.py --count 100000
    python bench/fuzz_files.py --count 100000 --kinds graph,loop

Bars: nothing but answers and refusals; at most 50 ms of CPU time each; memory at most 2 x size + 8 MB each.
Prints one table and writes bench/out/fuzz_files.json.  Exit code 0 if every bar holds, else 1.
"""

import argparse
import json
import platform
import resource
import sys
import time
import tracemalloc
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trivet.testing.mutants import mutants, outcome
from trivet.testing.sample_files import sample_files

BAR_MS = 50.0
BAR_BYTES = 8_000_000  # above twice the size of the file
SPACE = 128_000_000  # address space that the process may grow by, all mutants together
LARGE = 30_000  # bytes; the memory of every mutant beyond is measured
OUT = Path(__file__).parent / "out" / "fuzz_files.json"


@dataclass
class Tally:
    """What came of the mutants so far.  worst_bytes: peak of allocations above twice the size of the file."""

    count: int = 0
    seconds: float = 0.0
    worst_ms: float = 0.0
    worst_ms_of: str = ""
    measured_for_memory: int = 0
    worst_bytes: int = -(1 << 62)
    worst_bytes_of: str = ""
    outcomes: Counter[str] = field(default_factory=Counter)
    foreign: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    fat: list[str] = field(default_factory=list)

    @property
    def keeps_bars(self) -> bool:
        return not (self.foreign or self.slow or self.fat)


def main() -> int:
    options = parsed()
    if options.executor == "numpy":
        limit_space()
    with warnings.catch_warnings(action="ignore"):
        tally = fuzz(options)
    print(table(tally))
    OUT.parent.mkdir(exist_ok=True)
    machine = {"python": platform.python_version(), "machine": platform.machine(), "system": platform.platform()}
    OUT.write_text(json.dumps({"options": vars(options), "machine": machine, **vars(tally)}, indent=1))
    return 0 if tally.keeps_bars else 1


def parsed() -> Any:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--memory-every", type=int, default=20, help="every n-th, and all large ones")
    parser.add_argument("--kinds", default="", help="only mutants of files in which one of these kinds occurs")
    parser.add_argument("--executor", choices=["numpy", "onnx"], default="numpy")
    return parser.parse_args()


def limit_space() -> None:
    """Caps the address space, so that a file that makes us ask for too much ends in a MemoryError, which is foreign."""
    for data in sample_files().values():  # so that all modules, and the buffers of matrix products, are in place
        outcome(data)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    cap = pages * resource.getpagesize() + SPACE
    resource.setrlimit(resource.RLIMIT_AS, (cap, cap))


def fuzz(options: Any) -> Tally:
    tally, started = Tally(), time.perf_counter()
    for at, (how, data) in enumerate(mutants(files_with(options.kinds), options.count, options.seed)):
        name = f"seed {options.seed}, mutant {at} ({how})"
        if at % options.memory_every == 0 or len(data) > LARGE:
            measure_memory(tally, name, data, options.executor)
        before = time.process_time()
        found = outcome(data, executor=options.executor)
        note_time(tally, name, 1000 * (time.process_time() - before))
        tally.outcomes[found.partition(":")[0]] += 1
        if found.startswith("foreign"):
            tally.foreign.append(f"{name}: {found}")
    tally.count, tally.seconds = options.count, time.perf_counter() - started
    return tally


def files_with(kinds: str) -> dict[str, bytes]:
    """The sample files that hold one of the kinds; all where none is named."""
    wanted = [f'"kind":"{kind}"'.encode() for kind in kinds.split(",") if kind]
    found = {name: data for name, data in sample_files().items() if any(kind in data for kind in wanted) or not wanted}
    if not found:
        sys.exit(f"no sample file holds a part of kind {kinds}")
    return found


def measure_memory(tally: Tally, name: str, data: bytes, executor: str) -> None:
    tracemalloc.start()
    outcome(data, executor=executor)
    above = tracemalloc.get_traced_memory()[1] - len(data)  # the bytes of the file themselves count once
    tracemalloc.stop()
    tally.measured_for_memory += 1
    if above > tally.worst_bytes:
        tally.worst_bytes, tally.worst_bytes_of = above, name
    if above > BAR_BYTES:
        tally.fat.append(f"{name}: {above:,} bytes above twice its size")


def note_time(tally: Tally, name: str, ms: float) -> None:
    if ms > tally.worst_ms:
        tally.worst_ms, tally.worst_ms_of = ms, name
    if ms > BAR_MS:
        tally.slow.append(f"{name}: {ms:.1f} ms")


def table(tally: Tally) -> str:
    lines = [f"{count:>9,}  {found}" for found, count in tally.outcomes.most_common()]
    bars = [
        ("foreign outcomes", f"{len(tally.foreign)}", "0", not tally.foreign),
        ("slowest", f"{tally.worst_ms:.1f} ms", f"{BAR_MS:.0f} ms", not tally.slow),
        ("memory above 2 x size", f"{max(0, tally.worst_bytes) / 1e6:.2f} MB", "8 MB", not tally.fat),
    ]
    lines += ["", f"{tally.count:,} mutants in {tally.seconds:.0f} s; memory of {tally.measured_for_memory:,} measured"]
    lines += [
        f"{what:<24}{found:>12}   bar {bar:<8}{'kept' if keeps else 'BROKEN'}" for what, found, bar, keeps in bars
    ]
    return "\n".join(lines + (tally.foreign + tally.slow + tally.fat)[:20])


if __name__ == "__main__":
    sys.exit(main())
