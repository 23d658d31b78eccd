"""Kill -9 at random moments of a build, run it again: is the body the same, is nothing finished done twice?

Prints one table and writes bench/out/kill_and_resume.json.
    python bench/kill_and_resume.py --kills 20
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sklearn.datasets import load_breast_cancer

from trivet.storage.disk import Storage
from trivet.storage.journal import Journal

LIMITS = ("auroc >= 0.8", "coverage >= 0.9", "size <= 100 kB", "p99-latency <= 20 ms")


def write_table(path: Path) -> None:
    """Breast cancer as CSV, a small real table."""
    table = load_breast_cancer()
    head = ",".join([*(name.replace(" ", "_") for name in table.feature_names), "diagnosis"])
    rows = [",".join([*map(repr, row), table.target_names[y]]) for row, y in zip(table.data.tolist(), table.target)]
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")


def start(folder: Path, threads: int) -> "subprocess.Popen[str]":
    """A build in its own process group, so that a kill takes the workers too."""
    words = [sys.executable, "-m", "trivet.cli.main", "compile", "table.csv", "--target", "diagnosis"]
    words += ["--time", "300s", "--stop-when-proven"]  # no clock ends a search
    words += ["--state", "state"]
    words += ["--out", "table.trivet", "--force", "--quiet", "--json", "--threads", str(threads)]
    for limit in LIMITS:
        words += ["--limit", limit]
    return subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, text=True, start_new_session=True)


def finished_keys(folder: Path) -> list[str]:
    """The keys of the steps that the journal holds, in the order in which they were finished."""
    journal = Journal.open(folder / "table.build" / "journal", Storage())
    journal.close()
    return [frame["key"] for frame in journal.frames if frame["type"] == "result"]


def undisturbed(threads: int) -> tuple[str, float, int]:
    """(body digest, seconds, steps) of a build that nobody kills."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_table(folder / "table.csv")
        began = time.monotonic()
        digest = json.loads(start(folder, threads).communicate()[0])["body_digest"]
        return digest, time.monotonic() - began, len(finished_keys(folder))


def killed_and_resumed(after: float, threads: int) -> dict[str, Any]:
    """One build, killed after some seconds, then run again to its end."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_table(folder / "table.csv")
        process = start(folder, threads)
        time.sleep(after)
        was_running = process.poll() is None
        if was_running:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        before = finished_keys(folder) if (folder / "table.build").exists() else []
        began = time.monotonic()
        digest = json.loads(start(folder, threads).communicate()[0])["body_digest"]
        after_keys = finished_keys(folder)
        return {
            "killed_after": round(after, 2),
            "was_running": was_running,
            "finished_before": len(before),
            "repeated": len(after_keys) - len(set(after_keys)),
            "lost": len([key for key in before if key not in after_keys]),
            "resume_seconds": round(time.monotonic() - began, 2),
            "body_digest": digest,
            "stray_files": [
                path.name for path in folder.rglob("*") if path.name.startswith(".") or ".part" in path.name
            ],
        }


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--kills", type=int, default=20)
    words.add_argument("--threads", type=int, default=2)
    words.add_argument("--seed", type=int, default=0)
    words.add_argument("--out", default="bench/out/kill_and_resume.json")
    options = words.parse_args()
    digest, seconds, steps = undisturbed(options.threads)
    others = {threads: undisturbed(threads)[0] for threads in (1, 2)}
    rng = random.Random(options.seed)
    trials = [killed_and_resumed(rng.uniform(0.3, seconds), options.threads) for _ in range(options.kills)]
    print(f"undisturbed: {seconds:.1f} s, {steps} finished steps, body {digest[:16]}")
    print(f"{'killed after':>14}{'finished':>10}{'lost':>6}{'repeated':>10}{'resume':>9}  same body")
    for one in trials:
        same = "yes" if one["body_digest"] == digest else "NO"
        cells = f"{one['killed_after']:12.2f} s{one['finished_before']:10}{one['lost']:6}{one['repeated']:10}"
        print(f"{cells}{one['resume_seconds']:7.1f} s  {same}")
    good = sum(one["body_digest"] == digest and not one["lost"] and not one["repeated"] for one in trials)
    print(f"{good} of {len(trials)} resumed to the same body; threads 1 and 2: "
          f"{'same body' if set(others.values()) == {digest} else 'DIFFERENT BODIES'}")  # fmt: skip
    out = Path(options.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps({"undisturbed": [digest, seconds, steps], "threads": others, "trials": trials}, indent=1))
    return 0 if good == len(trials) and set(others.values()) == {digest} else 1


if __name__ == "__main__":
    sys.exit(main())
