"""What it buys to set sets and the rule of the answer on the vault (Learn then Test), and that no claim is false.

Coverage >= 0.9 of sets over 10 classes, one made model of 80 % accuracy, tables of N rows, many draws of the rows that
are not fitted on.  *Before*: the floor by split conformal on tune rows at the raised coverage, shares of the first
version, Clopper-Pearson on the vault, one-sided at 2.5 %.  *After*: the floor by the exact test on the vault, shares
and first finalist's error of now.  *False* is the share of draws that say HOLDS of sets that cover less, by 400,000
rows.  Then the rule of the answer: a share of false HOLDS for accuracy-when-answered and for two limits at once, by the
same code that the engine runs.  Prints Markdown and writes bench/out/control.json.
    python bench/control.py --draws 4000 --walks 1000
"""

import os

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from trivet.core.candidate import Candidate
from trivet.core.gauges import Trial, plain_trial
from trivet.core.limits import Limit
from trivet.core.registry import find_gauge, parse_limit
from trivet.core.task import Task
from trivet.data.split.splits import usual_shares
from trivet.engine.control import walked
from trivet.kit.conformal.control import proven_floor
from trivet.kit.conformal.decision import Decision
from trivet.kit.conformal.floors import pooled_floor
from trivet.kit.stats.intervals import clopper_pearson
from trivet.runtime.batch import Answers
from trivet.runtime.part import Array, Part
from trivet.testing.tasks import made_task
from trivet.testing.trials import bare_rows

COVERAGE, CLASSES, TRUTH_ROWS = 0.9, 10, 400_000
ALPHA = 0.05 * 6 / np.pi**2 * 0.9  # of the first finalist of a first build
MARGIN = 1.5  # the default of guard-sets
SIZES = (400, 1000, 3000)


def old_shares(rows: int) -> tuple[float, float]:
    """(tune, vault) of the first version."""
    return (0.15, 0.28) if rows < 600 else (0.15, 0.20)


def drawn(rng: np.random.Generator, rows: int, classes: int = CLASSES, lean: float = 2.3) -> tuple[Array, Array]:
    """(probabilities (rows, classes) float32, truth) of a model that is right about its own doubt."""
    scores = lean * rng.normal(size=(rows, classes)) * rng.uniform(0.3, 1.7, (rows, 1))
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    truth = (shares.cumsum(axis=1) < rng.random((rows, 1))).sum(axis=1).clip(max=classes - 1)
    return shares.astype(np.float32), truth


class Sets:
    """How sets of a floor do in truth: coverage and mean size by very many rows."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.shares, truth = drawn(rng, TRUTH_ROWS)
        self.true, self.is_top = true_and_top(self.shares, truth)
        self.missed = np.sort(np.where(self.is_top, np.inf, self.true))
        self.top = np.sort(self.shares.max(axis=1))
        self.flat = np.sort(self.shares.ravel())

    def coverage(self, floor: float) -> float:
        return 1 - float(np.searchsorted(self.missed, floor)) / TRUTH_ROWS

    def size(self, floor: float) -> float:
        inside = len(self.flat) - np.searchsorted(self.flat, floor)
        below = np.searchsorted(self.top, floor)  # rows whose only class is the most probable one
        return float(inside + below) / TRUTH_ROWS


def true_and_top(shares: Array, truth: Array) -> tuple[Array, Array]:
    return shares[np.arange(len(truth)), truth].astype(np.float64), shares.argmax(axis=1) == truth


def before(rng: np.random.Generator, n: int) -> tuple[float, bool]:
    """(floor, whether it is said to hold) of the first version."""
    tune, vault = (int(n * share) for share in old_shares(n))
    floor = pooled_floor(true_and_top(*drawn(rng, tune))[0], COVERAGE, MARGIN)
    true, is_top = true_and_top(*drawn(rng, vault))
    hits = int(((true >= floor) | is_top).sum())
    return floor, clopper_pearson(hits, vault, 0.95)[0] >= COVERAGE


def after(rng: np.random.Generator, n: int) -> tuple[float, bool]:
    """The same of now."""
    true, is_top = true_and_top(*drawn(rng, int(n * usual_shares(n)[3])))
    floor = proven_floor(np.where(is_top, np.inf, true), COVERAGE, ALPHA)
    return (0.0, False) if floor is None else (min(floor, 1.0), True)


def coverage_row(sets: Sets, n: int, draws: int) -> dict[str, Any]:
    row: dict[str, Any] = {"rows": n}
    for name, way in (("before", before), ("after", after)):
        rng = np.random.default_rng([n, len(name)])
        found = [way(rng, n) for _ in range(draws)]
        false = [held and sets.coverage(floor) < COVERAGE for floor, held in found]
        row[name] = {
            "holds": float(np.mean([held for _, held in found])),
            "size": float(np.median([sets.size(floor) for floor, _ in found])),
            "false": float(np.mean(false)),
        }
    return row


def candidate_of(task: Task) -> Candidate:
    """A model with a rule that can be set; its answers are made, not computed."""
    ones = np.ones(len(task.classes), np.float32)
    labels = Part(kind="labels", config={"type": "category"}, arrays={"weights": ones})
    return Candidate(task=task, parts={"decoder": labels, "abstain": Part(kind="abstain", arrays={"floor": 0 * ones})})


def rule_row(texts: tuple[str, ...], n: int, walks: int) -> dict[str, Any]:
    """How often the rule is said to hold, how often falsely, and how useful it is in the median."""
    limits, rng = [parse_limit(text) for text in texts], np.random.default_rng(n)
    task = made_task("classify", ("no", "yes"))
    dial, great = Decision(candidate_of(task), limits), trial_of(task, rng, 100_000)
    shares = usual_shares(n)
    said, use = [], []
    for _ in range(walks):
        tune, vault = trial_of(task, rng, int(n * shares[1])), trial_of(task, rng, int(n * shares[3]))
        setting, is_proven = walked(dial, tune, vault, limits, lambda _: ALPHA)
        turned = dial.turned(great, setting) if is_proven else great
        said.append((is_proven, is_proven and breaks(turned, limits)))
        use.append(dial.use(turned) if is_proven else float("nan"))
    holds_share, false = np.mean(said, axis=0)
    return {"limits": list(texts), "rows": n, "holds": holds_share, "false": false, "use": float(np.nanmedian(use))}


def trial_of(task: Task, rng: np.random.Generator, rows: int) -> Trial:
    shares, truth = drawn(rng, rows, classes=2, lean=1.6)
    chosen = shares.argmax(axis=1)
    answers = Answers(probabilities=shares, chosen=chosen, answered=np.ones(rows, bool), answer=chosen)
    return plain_trial(task, bare_rows(truth), answers)


def breaks(trial: Trial, limits: list[Limit]) -> bool:
    return any(limit.room(find_gauge(limit.gauge).measure(trial).value) < 0 for limit in limits)


RULES = (
    ("accuracy-when-answered >= 0.93",),
    ("false-negatives(positive=yes) <= 0.1",),
    ("false-negatives(positive=yes) <= 0.2", "accuracy-when-answered >= 0.85", "answered-share >= 0.5"),
)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--draws", type=int, default=4000)
    words.add_argument("--walks", type=int, default=1000, help="of the rule, each about 0.3 s")
    words.add_argument("--rows", type=int, default=1000, help="of the tables of the rule")
    asked = words.parse_args()
    sets = Sets(np.random.default_rng(0))
    found = [coverage_row(sets, n, asked.draws) for n in SIZES]
    print(f"coverage >= {COVERAGE}, {CLASSES} classes, {asked.draws:,} draws each\n")
    print(
        "| N | HOLDS before | after | median set size before | after | false before | after |\n"
        "|---|---|---|---|---|---|---|"
    )
    for row in found:
        pairs = [f"{row['before'][key]:.3f} | {row['after'][key]:.3f}" for key in ("holds", "size", "false")]
        print(f"| {row['rows']:,} | " + " | ".join(pairs) + " |", flush=True)
    print(f"\nrule of the answer, {asked.walks:,} draws each, error {ALPHA:.4f}\n")
    print("| limits | N | HOLDS | false | answered and right |\n|---|---|---|---|---|")
    rules = []
    for texts in RULES if asked.walks else ():
        row = rule_row(texts, asked.rows, asked.walks)
        rules.append(row)
        numbers = [f"{row['rows']:,}", f"{row['holds']:.3f}", f"{row['false']:.4f}", f"{row['use']:.3f}"]
        print(f"| {', '.join(texts)} | {' | '.join(numbers)} |", flush=True)
    out = Path(__file__).parent / "out" / "control.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps({"coverage": found, "rules": rules}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
