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

from sklearn.datasets import load_breast_cancer

PACKAGE = "bench_torch"
TRIAL_EPOCHS = 100  # by which the number of epochs that takes so long is found
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


def kill_after_half(place: Path, store: str, epochs: int, seconds: float) -> float:
    """Kills a build when half of its fit's seconds have passed since its first checkpoint; returns its age then."""
    began = time.monotonic()
    process = start(place, store, epochs)
    while not list((place / store).glob("checkpoints/*")):
        time.sleep(0.05)
    time.sleep(seconds / 2)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return time.monotonic() - began


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--seconds", type=float, default=60.0, help="that the fit takes, about")
    words.add_argument("--out", default="bench/out/checkpoint.json")
    options = words.parse_args()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        write_table(place / "table.csv")
        write_plugin(place)
        _, trial = ended(place, "trial", TRIAL_EPOCHS)
        epochs = round(TRIAL_EPOCHS * options.seconds / trial)
        whole, fit_seconds = ended(place, "undisturbed", epochs)
        killed_after = kill_after_half(place, "killed", epochs, fit_seconds)
        resumed, rest_seconds = ended(place, "killed", epochs)
        left = [path.name for path in (place / "killed" / "checkpoints").iterdir()]
    is_same = whole["body_digest"] == resumed["body_digest"]
    print(f"epochs {epochs}: undisturbed fit {fit_seconds:.1f} s, body {whole['body_digest'][:16]}")
    print(f"killed {killed_after:.1f} s into the build; the fit went on for {rest_seconds:.1f} s")
    print(f"same body: {'yes' if is_same else 'NO'}; checkpoints left: {len(left)}")
    facts = {
        "epochs": epochs, "fit_seconds": fit_seconds, "killed_after": killed_after, "rest_seconds": rest_seconds,
        "body_digests": [whole["body_digest"], resumed["body_digest"]], "checkpoints_left": left,
    }  # fmt: skip
    out = Path(options.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(facts, indent=1), encoding="utf-8")
    return 0 if is_same and not left and rest_seconds < 0.8 * fit_seconds else 1


if __name__ == "__main__":
    sys.exit(main())
