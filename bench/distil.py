"""Does distillation pay?  The same student on labels alone, on a teacher's answers to unseen rows, and to seen rows.

    python bench/distil.py            # prints one table, writes bench/out/distil.json; about a minute on one core

Every student gets the same rows to stop on, the same number of steps and the same penalty.  The teacher is fit-vote of
trees, linear and net.  nll: log loss on held-out rows in nats, as it comes and after a temperature fitted on the tune
rows, as every shipped model has one; the mean over seeds, with its standard error.  Source of the bars: Hinton 2015;
Bucila 2006; breast cancer (16 leaves, 60 % to train on) and digits (449 rows to train on, 8 or 16 units).
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path
from tempfile import gettempdir

os.environ.setdefault("OMP_NUM_THREADS", "1")  # read once by the libraries below, when they are first imported

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits

from trivet.core.candidate import Candidate, Work
from trivet.core.context import Context
from trivet.core.registry import parse_step
from trivet.core.rows import Dataset, Rows
from trivet.core.task import Field
from trivet.kit.conformal.calibrate import best_temperature, mean_log_loss, probabilities_of, smooth_targets
from trivet.kit.lesson import Lesson
from trivet.kit.scores import scores_of
from trivet.testing.tasks import made_task

OUT = Path(__file__).parent / "out" / "distil.json"
TEACHER = "fit-vote(members=trees+linear+net)"
CASES = (
    ("breast cancer", load_breast_cancer, 0.6, "distil(into=tree)"),
    ("breast cancer", load_breast_cancer, 0.3, "distil(into=net, size=0.25)"),
    ("digits", load_digits, 0.25, "distil(into=net, size=0.5)"),
    ("digits", load_digits, 0.25, "distil(into=net)"),
    ("digits", load_digits, 0.25, "distil(into=tree, size=4.0)"),
)
ARMS = ("labels alone", "unseen answers", "seen answers", "seen + made rows")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    seeds = range(parser.parse_args().seeds)
    began, results = time.perf_counter(), []
    teachers: dict[tuple[str, float, int], Work] = {}
    print(f"{'data':14} {'student':22} {'taught by':17} {'accuracy':>15} {'nll':>15} {'nll scaled':>15} {'agrees':>7}")
    for name, load, share, step in CASES:
        runs = []
        for seed in seeds:
            key = (name, share, seed)
            if key not in teachers:
                teachers[key] = taught_work(work_of(load(), share, seed), seed)
            runs.append(one_run(teachers[key], step, seed))
            print(f"  {name}, {step}, seed {seed}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
        for arm in ("teacher", *ARMS):
            row = {"data": name, "train": share, "student": step, "arm": arm, **summary([run[arm] for run in runs])}
            results.append(row)
            print(line_of(row))
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps({"teacher": TEACHER, "seeds": len(seeds), "results": results}, indent=1) + "\n")
    print(f"{time.perf_counter() - began:.0f} s; written: {OUT}")


def work_of(source, share: float, seed: int) -> Work:
    """Rows to fit (`share` of all), to tune (15 %) and to test (the rest, as `choose`)."""
    names = [f"c{at}" for at in range(source.data.shape[1])]
    fields = tuple(Field(name=name, type="number") for name in names)
    columns = {name: source.data[:, at].astype(np.float64) for at, name in enumerate(names)}
    answer, n = source.target.astype(np.int32), len(source.target)
    rows = Rows(fields=fields, columns=columns, words={}, truth=answer, ids=np.arange(n))
    order = np.random.default_rng(seed).permutation(n)
    fit, tune, test = np.split(order, [round(share * n), round((share + 0.15) * n)])
    classes = tuple(str(c) for c in range(len(source.target_names)))
    task = made_task("classify", classes, inputs=fields, answer=Field(name="y", type="number"), modality="table")
    return Work(
        candidate=Candidate(task=task, parts={}),
        data=Dataset(splits={"fit": rows.take(fit), "tune": rows.take(tune), "choose": rows.take(test)}),
    )


def taught_work(work: Work, seed: int) -> Work:
    """The work after the teacher."""
    for step in ("prepare-table", TEACHER):
        work = parse_step(step).run(work, context(seed))
    return work


def context(seed: int) -> Context:
    return Context(rng=np.random.default_rng(seed), seed=seed, scratch=Path(gettempdir()))


def one_run(work: Work, step: str, seed: int) -> dict[str, dict[str, float]]:
    """The figures of the teacher and of one student per arm."""
    distil, lesson = parse_step(step), Lesson.of(work, seed=seed, for_="bench")
    lessons = dict(zip(ARMS, distil.lessons(work, lesson, context(seed)).values(), strict=True))
    students = {arm: work.candidate.with_(body=distil.student.learn(one)) for arm, one in lessons.items()}
    teacher = scores_of(work.candidate, work.data.choose)
    return {arm: figures(c, work, teacher) for arm, c in {"teacher": work.candidate, **students}.items()}


def figures(candidate: Candidate, work: Work, teacher: np.ndarray) -> dict[str, float]:
    """Accuracy, log loss as it comes and scaled, and agreement with the teacher, on the held-out rows."""
    tune, test, n = work.data.tune, work.data.choose, len(candidate.task.classes)
    scores = scores_of(candidate, test)
    temperature = best_temperature(scores_of(candidate, tune), smooth_targets(tune.truth, n))
    plain, scaled, targets = probabilities_of(scores), probabilities_of(scores, temperature), np.eye(n)[test.truth]
    chosen = plain.argmax(axis=1)
    return {
        "accuracy": float((chosen == test.truth).mean()),
        "nll": mean_log_loss(plain, targets),
        "nll scaled": mean_log_loss(scaled, targets),
        "agrees": float((chosen == probabilities_of(teacher).argmax(axis=1)).mean()),
    }


def summary(runs: list[dict[str, float]]) -> dict[str, list[float]]:
    """name -> [mean, standard error] over seeds."""
    table = {name: np.array([run[name] for run in runs]) for name in runs[0]}
    return {name: [float(v.mean()), float(v.std(ddof=1) / len(v) ** 0.5)] for name, v in table.items()}


def line_of(row: dict) -> str:
    student = row["student"].removeprefix("distil(into=").rstrip(")") if row["arm"] != "teacher" else "-"
    cells = [f"{row[name][0]:.3f} ± {row[name][1]:.3f}" for name in ("accuracy", "nll", "nll scaled")]
    return (
        f"{row['data']:14} {student:22} {row['arm']:17} "
        + " ".join(f"{c:>15}" for c in cells)
        + f" {row['agrees'][0]:7.3f}"
    )


if __name__ == "__main__":
    main()
