"""Compiles a real clinical table (breast cancer, 569 patients, from scikit-learn) under limits, and reports.

Each row gets the number that its patient would have, as tables from a clinic do: the data doctor finds it.
"""

import csv
import subprocess
import sys
from pathlib import Path

from sklearn.datasets import load_breast_cancer

LIMITS = ("auroc >= 0.95", "coverage >= 0.85", "size <= 100 kB", "p99-latency <= 1 ms")
FOLDER = Path("build/demo")


def write_table(path: Path) -> None:
    """The table as a CSV file, the diagnosis as a word."""
    table = load_breast_cancer()
    names = [name.replace(" ", "_") for name in table.feature_names]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(["patient_id", *names, "diagnosis"])
        for at, (measured, answer) in enumerate(zip(table.data.tolist(), table.target.tolist())):
            rows.writerow([84000 + 17 * at, *measured, table.target_names[answer]])


def trivet(*words: str) -> None:
    """Runs one command as a user would type it, and shows it."""
    shown = " ".join(f"'{word}'" if " " in word else word for word in words)
    print(f"$ trivet {shown}", flush=True)
    subprocess.run([sys.executable, "-m", "trivet.cli.main", *words], check=True)


def main() -> None:
    data = FOLDER / "breast_cancer.csv"
    write_table(data)
    limits = [word for limit in LIMITS for word in ("--limit", limit)]
    trivet("compile", str(data), "--target", "diagnosis", *limits, "--time", "60s", "--out", "demo.trivet", "--force")
    trivet("report", "demo.trivet", "--out", "demo.html", "--force")
    print("\nwrote demo.trivet and demo.html. What to type next:")
    print("  .venv/bin/trivet show demo.trivet")
    print(f"  .venv/bin/trivet predict demo.trivet {data} | head")
    print("  .venv/bin/trivet verify demo.trivet")
    print("  .venv/bin/trivet init YOUR.csv --target COLUMN > recipe.toml && .venv/bin/trivet compile recipe.toml")


if __name__ == "__main__":
    main()
