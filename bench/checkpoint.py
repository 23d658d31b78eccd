"""A long torch fit, killed with SIGKILL in the middle and resumed: the same bytes as undisturbed, and what it cost?

The pass is bench/fit_torch.py, as a plug-in; the whole build is killed, workers and all, when half of the fit is done.
Prints one table and writes bench/out/checkpoint.json.
    python bench/checkpoint.py --seconds 60
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from own_register import own_register
from sklearn.datasets import load_breast_cancer

from trivet.storage.checkpoints import StoredCheckpoint
from trivet.storage.disk import Storage

PACKAGE = "bench_torch"
TRIALS = (100, 400)  # epochs, by which the number that takes so long is found: starting torch takes seconds, too
LINE = ("prepare-table", "FIT", "fit-temperature")


def write_table(path: Path) -> None:
    """Breast cancer as CSV, a small real table."""
    table = load_breast_cancer()
    head = ",".join([*(name.replace(" ", "_") for name in table.feature_names), "diagnosis"])
    rows = [",".join([*map(repr, row), table.target_names[y]]) for row, y in zip(table.data.tolist(), table.target)]
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")


def write_plugin(folder: Path) -> None:
    """The pass as an installed distribution."""
    (folder / PACKAGE).mkdir(parents=True)
    (folder / PACKAGE / "__init__.py").write_text("", encoding="utf-8")
    shutil.copy(Path(__file__).parent / "fit_torch.py", folder / PACKAGE / "fit_torch.py")
    info = folder / f"{PACKAGE}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(f"[trivet.passes]\nfit-torch = {PACKAGE}.fit_torch\n", encoding="utf-8")


def start(place: Path, store: str, epochs: int) -> "subprocess.Popen[str]":
    """A build in its own process group, so that a kill takes the workers too."""
    words = [sys.executable, "-m", "trivet.cli.main", "compile", "table.csv", "--target", "diagnosis", "--time", "1h"]
    words += ["--out", f"{store}.trivet", "--store", store, "--force", "--quiet", "--json", "--threads", "1"]
    for step in LINE:
        words += ["--steps", step.replace("FIT", f"fit-torch(epochs={epochs}, every={max(epochs // 50, 1)})")]
    env = {**os.environ, "PYTHONPATH": str(place)}
    return subprocess.Popen(words, cwd=place, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True)


def ended(place: Path, store: str, epochs: int) -> tuple[dict[str, Any], float]:
    """(what the build says, seconds of the fit) of a build that nobody kills."""
    found = json.loads(start(place, store, epochs).communicate()[0])
    words = [sys.executable, "-m", "trivet.cli.main", "log", store, "--step", "fit-torch", "--json"]
    log = json.loads(subprocess.run(words, cwd=place, capture_output=True, text=True, check=True).stdout)
    return found, log["entries"][-1]["seconds"]


def kill_at_half(place: Path, store: str, epochs: int) -> tuple[float, int]:
    """Kills a build when half of its fit is done; its age in seconds then, and the epoch of the last checkpoint."""
    began = time.monotonic()
    process = start(place, store, epochs)
    while saved_epoch(place / store) < epochs / 2:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return time.monotonic() - began, saved_epoch(place / store)


def saved_epoch(store: Path) -> int:
    """The epoch of the checkpoint in a store; 0 while there is none."""
    files = list((store / "checkpoints").glob("[0-9a-f]*"))
    return int(StoredCheckpoint(files[0], Storage()).facts.get("epoch", 0)) if files else 0


def main() -> int:
    own_register()
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--seconds", type=float, default=60.0, help="that the fit takes, about")
    words.add_argument("--out", default="bench/out/checkpoint.json")
    options = words.parse_args()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        write_table(place / "table.csv")
        write_plugin(place)
        short, long = (ended(place, f"trial-{count}", count)[1] for count in TRIALS)
        epochs = round(options.seconds * (TRIALS[1] - TRIALS[0]) / (long - short))
        whole, fit_seconds = ended(place, "undisturbed", epochs)
        killed_after, saved = kill_at_half(place, "killed", epochs)
        resumed, rest_seconds = ended(place, "killed", epochs)
        left = [path.name for path in (place / "killed" / "checkpoints").iterdir()]
    is_same = whole["body_digest"] == resumed["body_digest"]
    print(f"epochs {epochs}: undisturbed fit {fit_seconds:.1f} s, body {whole['body_digest'][:16]}")
    print(f"killed {killed_after:.1f} s into the build at epoch {saved}; the fit then took {rest_seconds:.1f} s more")
    print(f"same body: {'yes' if is_same else 'NO'}; checkpoints left: {len(left)}")
    facts = {
        "epochs": epochs, "fit_seconds": fit_seconds, "killed_after": killed_after, "saved_epoch": saved,
        "rest_seconds": rest_seconds,
        "body_digests": [whole["body_digest"], resumed["body_digest"]], "checkpoints_left": left,
    }  # fmt: skip
    out = Path(options.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(facts, indent=1), encoding="utf-8")
    return 0 if is_same and not left and 0.4 < saved / epochs < 0.9 else 1


if __name__ == "__main__":
    sys.exit(main())
