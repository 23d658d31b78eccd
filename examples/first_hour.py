"""A first hour with trivet on three jobs: a bank's credit cards, a clinic's tumours, an optical sensor.

Every command is shown as a user would type it, with what it prints and the exit code that it ends with.  The tables
come with scikit-learn and statsmodels; nothing is fetched.  `--short` takes one plain model each time, as the tests do.
    python examples/first_hour.py
"""

import csv
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sklearn.datasets import load_breast_cancer, load_digits

FOLDER = Path("build/first-hour")
SHORT = ("--steps", "prepare-table", "--steps", "fit-linear", "--steps", "fit-temperature")
MEANS = {
    0: "done, and nothing contradicts",
    2: "wrong input",
    3: "limits cannot be kept, or are missed",
    5: "unproven: too few rows to say, or not fresh ones",
    6: "the file is damaged",
}


class Shell:
    """Runs commands in one folder, shows them, and minds their exit codes."""

    def __init__(self, folder: Path, more: Sequence[str]) -> None:
        self.folder, self.more = folder, more
        self.surprises: list[str] = []

    def trivet(self, *words: str, ends: int) -> None:
        """Shows a command, what it prints, and how it ends; remembers an end that was not expected."""
        more = self.more if words[0] == "compile" else ()
        shown = " ".join(f"'{word}'" if " " in word or "'" in word else word for word in words)
        print(f"\n$ trivet {shown}", flush=True)
        ended = subprocess.run(
            [sys.executable, "-m", "trivet.cli.main", *words, *more],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        lines = ended.stdout.rstrip().splitlines()
        print("\n".join([*lines[:40], *([f"... {len(lines) - 40} lines more"] if len(lines) > 40 else [])]))
        print(f"[exit code {ended.returncode}: {MEANS.get(ended.returncode, 'see the guide')}]", flush=True)
        if ended.returncode != ends:
            self.surprises.append(f"`trivet {shown}` ended with {ended.returncode}, not {ends}")


def write(path: Path, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([head, *rows])


def credit(shell: Shell) -> None:
    """72 credit card accounts (statsmodels), as a German bank would export them; who owns a home?"""
    from statsmodels.datasets import ccard

    table = ccard.load_pandas().data
    rows = [
        [f"DE{1000 + 7 * at}", euros(one.AVGEXP), euros(1000 * one.INCOME), int(one.AGE), int(one.OWNRENT)]
        for at, one in enumerate(table.itertuples())
    ]
    write(shell.folder / "credit.csv", ["account", "spent", "income", "age", "owns_home"], rows)
    target = ("--target", "owns_home")
    print("\n== Credit: amounts with decimal commas, an id, a 0/1 answer, and only 72 rows")
    shell.trivet("init", "credit.csv", *target, ends=0)
    shell.trivet("compile", "credit.csv", *target, "--limit", "auroc >= 0.9", "--limit", "auroc <= 0.8", ends=2)
    limits = ("--limit", "auroc >= 0.55", "--limit", "coverage >= 0.6")
    shell.trivet("compile", "credit.csv", *target, *limits, "--time", "20s", "--force", ends=5)
    answers = ("--keep", "account", "--out", "answers.csv", "--force")
    shell.trivet("predict", "credit.trivet", "credit.csv", *answers, ends=0)
    shell.trivet("explain", "UNPROVEN", ends=0)


def euros(amount: float) -> str:
    """1234.5 as "1.234,50 €"."""
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,")) + " €"


def clinical(shell: Shell) -> None:
    """569 tumours (scikit-learn), with a column that tells the diagnosis under another name."""
    table = load_breast_cancer()
    head = [*(name.replace(" ", "_") for name in table.feature_names), "pathology_code", "diagnosis"]
    rows = [
        [*measured, ("M8500", "M8000")[answer], table.target_names[answer]]
        for measured, answer in zip(table.data.tolist(), table.target)
    ]
    write(shell.folder / "tumours.csv", head, rows[:420])
    write(shell.folder / "fresh.csv", head, rows[420:])
    write(shell.folder / "renamed.csv", head, [[*row[:-1], row[-1].upper()] for row in rows[420:]])
    target = ("--target", "diagnosis")
    limits = ("--limit", "auroc >= 0.9", "--limit", "coverage >= 0.8", "--limit", "size <= 100 kB")
    print("\n== Clinic: a leak that is found, a proof, and what verify says on rows of different kinds")
    shell.trivet("compile", "tumours.csv", *target, *limits, "--strict", ends=2)
    known = ("--drop", "pathology_code")
    shell.trivet("compile", "tumours.csv", *target, *known, *limits, "--time", "30s", "--force", ends=0)
    shell.trivet("verify", "tumours.trivet", ends=0)
    shell.trivet("verify", "tumours.trivet", "--data", "fresh.csv", ends=0)
    shell.trivet("verify", "tumours.trivet", "--data", "tumours.csv", ends=5)
    shell.trivet("verify", "tumours.trivet", "--data", "renamed.csv", ends=2)
    data = bytearray((shell.folder / "tumours.trivet").read_bytes())
    data[len(data) // 2] ^= 1
    (shell.folder / "altered.trivet").write_bytes(data)
    shell.trivet("verify", "altered.trivet", ends=6)


def sensor(shell: Shell) -> None:
    """An 8 x 8 optical sensor that reads digits (scikit-learn), for a device with little room."""
    table = load_digits()
    head = [*(f"cell_{at}" for at in range(64)), "digit"]
    write(shell.folder / "digits.csv", head, [[*x, y] for x, y in zip(table.data.tolist(), table.target.tolist())])
    target = ("--target", "digit", "--goal", "classify")
    print("\n== Sensor: wishes that cannot be had are answered at once; what can be had is proven")
    shell.trivet("compile", "digits.csv", *target, "--limit", "peak-memory <= 256 kB", ends=3)
    shell.trivet("compile", "digits.csv", *target, "--limit", "size <= 500 B", ends=3)
    tight = ("--limit", "accuracy >= 0.999", "--limit", "size <= 30 kB")
    shell.trivet("compile", "digits.csv", *target, *tight, "--time", "20s", "--best-effort", "--force", ends=3)
    fair = ("--limit", "accuracy >= 0.9", "--limit", "size <= 100 kB", "--limit", "p99-latency <= 20 ms")
    shell.trivet("compile", "digits.csv", *target, *fair, "--time", "40s", "--force", ends=0)
    shell.trivet("show", "digits.trivet", ends=0)
    shell.trivet("predict", "digits.trivet", "no-such-table.csv", ends=2)


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    shell = Shell(FOLDER, SHORT if "--short" in sys.argv[1:] else ())
    for job in (credit, clinical, sensor):
        job(shell)
    print("\n" + ("\n".join(shell.surprises) or f"every command ended as documented; files are in {FOLDER}"))
    return 1 if shell.surprises else 0


if __name__ == "__main__":
    sys.exit(main())
