"""Twenty builds on one table, each with another seed and another limit that its file does not keep: does one HOLD?

Small made tables of laws that are known.  Each build's limit is moved to just above what its packed file is worth on
rows without end (here 20,000 of the same law), after the file is made and before the vault is opened, so that every
HOLDS is false.  A limit on coverage stays: its sets are set on the vault, and HOLDS is false where they cover less.
The build folder is deleted after every build; the register of openings stays.  *At 2.5 % each* judges the same answers
on the same vault as if each build were the first that ever looked, with the error of the first version (which also
drew another vault for every seed).  Appends each table to bench/out/reseeding.jsonl, where an interrupted run goes on.
    python bench/reseeding.py --tables 160
"""

import os

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from in_process import in_this_process

from trivet.core.gauges import Trial, plain_trial
from trivet.core.limits import Limit, Verdict
from trivet.core.recipe import DataSpec, Recipe
from trivet.core.registry import find_gauge
from trivet.core.rows import Rows
from trivet.data.fresh_rows import fresh_rows
from trivet.engine.certify import Certifier
from trivet.engine.compile import compile_recipe
from trivet.engine.file_trial import FileTrial
from trivet.engine.outcome import Infeasible
from trivet.runtime.file.container import decode
from trivet.runtime.program import Program
from trivet.storage.objects import task_from_json

LINE = ("prepare-table", "fit-linear", "fit-temperature")
NUMBER_LINE = ("prepare-table", "fit-linear")
BUILDS, TRUTH = 20, 20_000
ABOVE = 1e-6  # of a gauge: far below what any table can tell, above what rounding changes
FIRST_VERSION = 0.95  # two-sided level of each look, whichever it was
COVERAGES = (0.8, 0.85, 0.9)
EASY = {  # bounds to have a file at all; each build's differ a little, as its recipe has to
    "auroc": 0.55, "average-precision": 0.1, "accuracy": 0.4, "balanced-accuracy": 0.35, "f1": 0.05, "brier": 0.9,
    "log-loss": 2.0, "r2": 0.02, "median-error": 50.0, "p90-error": 90.0,
}  # fmt: skip

Columns = dict[str, list[Any]]
Draw = Callable[[int, np.random.Generator], Columns]


def named(inputs: np.ndarray, answer: Sequence[Any], **more: Any) -> Columns:
    return {**{f"x{at}": column.tolist() for at, column in enumerate(inputs.T)}, **more, "y": list(answer)}


def even(rng: np.random.Generator) -> Draw:
    """Two classes as common as each other, a linear law with noise."""
    slope, noise = rng.normal(size=4), rng.uniform(0.7, 2.0)

    def draw(n: int, rng: np.random.Generator) -> Columns:
        x = rng.normal(size=(n, 4))
        return named(x, np.where(x @ slope + noise * rng.normal(size=n) > 0, "yes", "no").tolist())

    return draw


def rare(rng: np.random.Generator) -> Draw:
    """One row in eight is the class asked for; skewed inputs, most of them idle."""
    slope = rng.normal(size=8) * (np.arange(8) < 3)
    probe = np.exp(0.5 * rng.normal(size=(20_000, 8))) @ slope + rng.normal(size=20_000)
    cut = float(np.quantile(probe, 0.875))

    def draw(n: int, rng: np.random.Generator) -> Columns:
        x = np.exp(0.5 * rng.normal(size=(n, 8)))
        return named(x, np.where(x @ slope + rng.normal(size=n) > cut, "ill", "well").tolist())

    return draw


def words(rng: np.random.Generator) -> Draw:
    """Words and numbers that act together, so that the model is wrong about the law; 5 % of the answers flipped."""
    effect, turn = rng.normal(size=5), rng.choice([-1.0, 1.0], 5)

    def draw(n: int, rng: np.random.Generator) -> Columns:
        x, word = rng.normal(size=(n, 3)), rng.integers(0, 5, n)
        is_yes = effect[word] + turn[word] * x[:, 0] + x[:, 1] + rng.normal(size=n) > 0
        is_yes ^= rng.random(n) < 0.05
        return named(x, np.where(is_yes, "yes", "no").tolist(), word=[f"w{one}" for one in word])

    return draw


def three(rng: np.random.Generator) -> Draw:
    """Three classes of unlike size."""
    slopes, shift = 1.2 * rng.normal(size=(4, 3)), np.array([0.8, 0.0, -0.5])

    def draw(n: int, rng: np.random.Generator) -> Columns:
        x = rng.normal(size=(n, 4))
        best = (x @ slopes + shift + rng.gumbel(size=(n, 3))).argmax(axis=1)
        return named(x, np.array(["low", "middle", "high"])[best].tolist())

    return draw


def number(rng: np.random.Generator) -> Draw:
    """A number; the noise grows with an input."""
    slope = rng.normal(size=4)

    def draw(n: int, rng: np.random.Generator) -> Columns:
        x = rng.normal(size=(n, 4))
        noise = (0.5 + 0.5 * np.abs(x[:, 0])) * rng.normal(size=n)
        return named(x, (20 + x @ slope + noise).tolist())

    return draw


LAWS = {"even": even, "rare": rare, "words": words, "three": three, "number": number}
TWO = ("auroc", "accuracy", "balanced-accuracy", "f1", "brier", "log-loss", "average-precision", "coverage")
GAUGES = {
    "even": TWO, "rare": TWO, "words": TWO, "three": ("accuracy", "balanced-accuracy", "log-loss", "brier", "coverage"),
    "number": ("r2", "median-error", "p90-error", "coverage"),
}  # fmt: skip


class Judge:
    """Moves limits to just above what a file is worth, and judges its answers a second time as ever before."""

    def __init__(self, fresh: Columns) -> None:
        self.fresh, self.rows = fresh, None
        self.moving: dict[str, float] = {}  # what the last file is worth, so far as that moved its limits
        self.once: list[bool] = []  # for each file that was judged: a false HOLDS at the level of the first version

    def worth(self, data: Any, gauges: Sequence[str]) -> dict[str, float]:
        """{gauge: value on rows of the law}."""
        contents = decode(data)
        task = task_from_json(contents.manifest["task"])
        if self.rows is None:
            self.rows = fresh_rows(self.fresh, contents.manifest, task, header=True, encoding="utf-8").rows
        program = Program(contents.parts)
        trial = plain_trial(task, self.rows, program.answers(program.read(self.rows.raw())))
        return {name: find_gauge(name).measure(trial).value for name in gauges}

    def moved(self, trial: FileTrial) -> FileTrial:
        """The trial with its limits out of the file's reach; coverage excepted."""
        worth = self.moving = self.worth(trial.data, [limit.gauge for limit in trial.limits if limit.gauge in EASY])
        return replace(trial, limits=tuple(
            replace(limit, bound=worth[limit.gauge] + (ABOVE if limit.must == ">=" else -ABOVE))
            if limit.gauge in worth else limit
            for limit in trial.limits
        ))  # fmt: skip

    def seen(self, trial: FileTrial, rows: Rows, answers: Any) -> None:
        """Notes what the first version's level would have said to the limits that were moved."""
        seen = Trial(task=trial.task, rows=rows, answers={"plain": next(iter(answers.values()))})
        moved = [limit for limit in trial.limits if limit.gauge in EASY]
        said = [limit.judge(find_gauge(limit.gauge).measure(seen, sure=FIRST_VERSION)) for limit in moved]
        self.once.append(bool(said) and all(one is Verdict.HOLDS for one in said))


@contextmanager
def watched(judge: Judge) -> Iterator[None]:
    """Builds within the `with` block are judged so."""
    made, judged = Certifier.trial_of, FileTrial.judged

    def trial_of(self: Certifier, *given: Any) -> FileTrial:
        return judge.moved(made(self, *given))

    def judged_too(self: FileTrial, rows: Rows, answers: Any, look: Any) -> Any:
        judge.seen(self, rows, answers)
        return judged(self, rows, answers, look)

    Certifier.trial_of, FileTrial.judged = trial_of, judged_too  # type: ignore[method-assign]
    try:
        yield
    finally:
        Certifier.trial_of, FileTrial.judged = made, judged  # type: ignore[method-assign]


def one_table(number: int) -> dict[str, Any]:
    """Twenty builds on one table."""
    law, began = list(LAWS)[number % len(LAWS)], time.monotonic()
    draw = LAWS[law](np.random.default_rng([number, 0]))
    rng = np.random.default_rng([number, 1])
    table, fresh = draw(int(rng.integers(400, 701)), rng), draw(TRUTH, np.random.default_rng([number, 2]))
    with tempfile.TemporaryDirectory(prefix="trivet-reseeding-") as folder:
        judge = Judge(fresh)
        with in_this_process(), watched(judge):
            builds = [one_build(law, table, seed, rng, judge, Path(folder)) for seed in range(BUILDS)]
    record = {"table": number, "law": law, "rows": len(table["y"]), "builds": builds}
    return {**record, "seconds": round(time.monotonic() - began, 1)}


def one_build(
    law: str, table: Columns, seed: int, rng: np.random.Generator, judge: Judge, folder: Path
) -> dict[str, Any]:
    """One build that looks at the table's vault, whose register lies in the folder; its own folder is deleted."""
    limits = drawn_limits(law, rng)
    steps = NUMBER_LINE if law == "number" else LINE
    recipe = Recipe(data=DataSpec(source="", target="y"), limits=limits, steps=steps, seconds=600.0, seed=seed)
    before = len(judge.once)
    with tempfile.TemporaryDirectory(dir=folder) as store:
        ended = compile_recipe(
            recipe, table, store=Path(store) / "b", threads=1, best_effort=True, state=folder / "state"
        )
    file = ended.file if isinstance(ended, Infeasible) else ended
    if file is None:
        return {"said": "no file", "false": False, "once": False}
    left = [one.limit.gauge for one in file.judged if one.limit.gauge not in judge.moving]
    worth = {**judge.moving, **(judge.worth(file.data, left) if left else {})}
    said = [one.verdict for one in file.judged]
    is_kept = all(one.limit.room(worth[one.limit.gauge]) >= 0 for one in file.judged)
    return {
        "look": file.look.build,
        "limits": [str(one.limit) for one in file.judged],
        "said": [str(one) for one in said],
        "false": all(one is Verdict.HOLDS for one in said) and not is_kept,
        "once": any(judge.once[before:]),
    }


def drawn_limits(law: str, rng: np.random.Generator) -> tuple[Limit, ...]:
    """One limit, or two in one of five builds; no two builds ask for the same."""
    chosen = rng.choice(GAUGES[law], size=1 if rng.random() < 0.8 else 2, replace=False).tolist()
    limits = []
    for name in chosen:
        gauge = find_gauge(name)
        bound = EASY[name] * rng.uniform(0.98, 1.0) if name in EASY else float(rng.choice(COVERAGES))
        limits.append(Limit(gauge=name, must=gauge.better if name in EASY else ">=", bound=bound, unit=gauge.unit))
    return tuple(limits)


def summary(records: Sequence[dict[str, Any]]) -> str:
    """One line for each law, in Markdown."""
    lines = [
        "| law | tables | builds | false HOLDS somewhere | of tables | false builds | at 2.5 % each, of tables |",
        "|---|---|---|---|---|---|---|",
    ]
    for law in (*LAWS, "all"):
        some = [one for one in records if law in (one["law"], "all")]
        if some:
            builds = [build for one in some for build in one["builds"]]
            tables = sum(any(build["false"] for build in one["builds"]) for one in some)
            once = sum(any(build["once"] for build in one["builds"]) for one in some)
            false = sum(build["false"] for build in builds)
            lines.append(
                f"| {law} | {len(some)} | {len(builds):,} | {tables} | {tables / len(some):.1%} | {false} "
                f"| {once / len(some):.1%} |"
            )
    return "\n".join(lines)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--tables", type=int, default=160)
    asked.add_argument("--out", default="bench/out/reseeding.jsonl")
    options = asked.parse_args()
    out = Path(options.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    records = [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
    done = {record["table"] for record in records}
    for number in range(options.tables):
        if number not in done:
            records.append(one_table(number))
            with out.open("a") as sink:
                sink.write(json.dumps(records[-1]) + "\n")
    print(summary(records))


if __name__ == "__main__":
    main()
