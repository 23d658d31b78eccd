"""One system for bench/tables.py, in whichever python has it; knows nothing of the others.

python rivals.py SYSTEM FOLDER SECONDS THREADS     the folder holds train.csv, rows.jsonl and case.json
Writes FOLDER/SYSTEM.json: answers to the rows, classes in their order, what it took.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

CALLS = 100
Json = dict[str, Any]


def main(system: str, folder: Path, seconds: float, threads: int) -> None:
    case = json.loads((folder / "case.json").read_text())
    rows = [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]
    own = system.partition("-")[0]
    found = {"trivet": trivet, "lightgbm": lightgbm, "autogluon": autogluon}[own](
        system, case, folder, rows, seconds, threads
    )
    (folder / f"{system}.json").write_text(json.dumps(found))


def median_ms(one: Callable[[Mapping[str, Any]], object], rows: list[Json]) -> float:
    """Of single raw rows, the first few left out."""
    times = []
    for row in rows[: CALLS + 10]:
        started = time.perf_counter()
        one(row)
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times[10:] or times)


def trivet(_: str, case: Json, folder: Path, rows: list[Json], seconds: float, threads: int) -> Json:
    """The answers of model.trivet, which is there."""
    from trivet.runtime import Specialist

    model = Specialist.load(folder / "model.trivet")
    said = model.answers(rows)
    route = next((row["route"] for row in model.manifest.get("frontier", []) if row["shipped"]), "?")
    told = {"p50_ms": median_ms(model.predict, rows), "route": route}
    if case["kind"] == "value":
        return {**told, "answers": said["values"].tolist()}
    return {**told, "answers": said["probabilities"].tolist(), "classes": list(model.class_texts)}


def framed(rows: pd.DataFrame, numbers: list[str], words: Mapping[str, Any]) -> pd.DataFrame:
    """Numbers as float, everything else as categories that were there to fit."""
    types = {name: float if name in numbers else words[name] for name in rows}
    return rows.astype(types)


def lightgbm(system: str, case: Json, folder: Path, rows: list[Json], seconds: float, threads: int) -> Json:
    """Its scikit-learn wrapper with default settings; `tuned` tries settings by early stopping on a fifth until half of
    the time is over, and fits the best once more on all rows."""
    import lightgbm as library

    texts = {} if case["kind"] == "value" else {case["target"]: str}
    table = pd.read_csv(folder / "train.csv", dtype=texts, keep_default_na=False, na_values=[""])
    x, y = table.drop(columns=case["target"]), table[case["target"]]
    words = {
        name: pd.CategoricalDtype(sorted(x[name].dropna().astype(str).unique()))
        for name in x
        if name not in case["numbers"]
    }
    x = framed(x.astype(dict.fromkeys(words, object)), case["numbers"], words)
    kind = library.LGBMRegressor if case["kind"] == "value" else library.LGBMClassifier
    began = time.perf_counter()
    settings = tuned(library, kind, x, y, seconds / 2, threads) if system.endswith("tuned") else {}
    model = kind(n_jobs=threads, verbose=-1, random_state=0, **settings).fit(x, y)
    taken = time.perf_counter() - began
    model.booster_.save_model(folder / "lightgbm.txt")

    def encoded(rows: list[Json]) -> pd.DataFrame:
        return framed(pd.DataFrame(rows)[list(x)], case["numbers"], words)

    asked = encoded(rows)
    told = {
        "fit_seconds": taken,
        "bytes": (folder / "lightgbm.txt").stat().st_size,
        "p50_ms": median_ms(
            lambda row: model.predict(framed(pd.DataFrame([row])[list(x)], case["numbers"], words)), rows
        ),
    }
    if case["kind"] == "value":
        return {**told, "answers": model.predict(asked).tolist()}
    return {**told, "answers": model.predict_proba(asked).tolist(), "classes": [str(c) for c in model.classes_]}


def tuned(library: Any, kind: Any, x: pd.DataFrame, y: pd.Series, seconds: float, threads: int) -> Json:
    """Settings with the least loss on a fifth of the rows, by random search."""
    import numpy as np
    from sklearn.model_selection import train_test_split

    spread = None if kind is library.LGBMRegressor else y
    fit_x, stop_x, fit_y, stop_y = train_test_split(x, y, test_size=0.2, random_state=0, stratify=spread)
    rng, until, best = np.random.default_rng(0), time.monotonic() + seconds, (np.inf, {})
    while time.monotonic() < until:
        settings = {
            "learning_rate": float(np.exp(rng.uniform(np.log(0.02), np.log(0.2)))),
            "num_leaves": int(np.exp(rng.uniform(np.log(8), np.log(128)))),
            "min_child_samples": int(np.exp(rng.uniform(np.log(5), np.log(100)))),
            "colsample_bytree": float(rng.uniform(0.4, 1)),
            "subsample": float(rng.uniform(0.6, 1)),
            "subsample_freq": 1,
            "reg_lambda": float(np.exp(rng.uniform(np.log(0.1), np.log(30)))),
        }
        model = kind(n_jobs=threads, verbose=-1, random_state=0, n_estimators=2000, **settings)
        model.fit(fit_x, fit_y, eval_set=[(stop_x, stop_y)], callbacks=[library.early_stopping(50, verbose=False)])
        loss = next(iter(model.best_score_["valid_0"].values()))
        if loss < best[0]:
            best = (loss, {**settings, "n_estimators": model.best_iteration_})
    return dict(best[1])


def autogluon(system: str, case: Json, folder: Path, rows: list[Json], seconds: float, threads: int) -> Json:
    """A preset with the same seconds; what a deployment needs is what is weighed and asked."""
    from autogluon.tabular import TabularPredictor

    metric = {"two": "roc_auc", "more": "log_loss", "value": "root_mean_squared_error"}[case["kind"]]
    problem = {"two": "binary", "more": "multiclass", "value": "regression"}[case["kind"]]
    texts = {} if case["kind"] == "value" else {case["target"]: str}
    table = pd.read_csv(folder / "train.csv", dtype=texts, keep_default_na=False, na_values=[""])
    began = time.perf_counter()
    predictor = TabularPredictor(
        label=case["target"], problem_type=problem, path=str(folder / system), eval_metric=metric, verbosity=0
    )
    preset = system.partition("-")[2] + "_quality"
    predictor.fit(table, time_limit=seconds, presets=preset, num_cpus=threads)
    taken = time.perf_counter() - began
    small = predictor.clone_for_deployment(str(folder / f"{system}-deployed"), return_clone=True)
    n_bytes = sum(path.stat().st_size for path in (folder / f"{system}-deployed").rglob("*") if path.is_file())
    small.persist()
    ask = small.predict if case["kind"] == "value" else small.predict_proba
    said = ask(pd.DataFrame(rows))
    told = {
        "fit_seconds": taken, "bytes": n_bytes, "route": small.model_best,
        "p50_ms": median_ms(lambda row: ask(pd.DataFrame([row])), rows[:30]),
    }  # fmt: skip
    if case["kind"] == "value":
        return {**told, "answers": said.tolist()}
    return {**told, "answers": said.to_numpy().tolist(), "classes": [str(c) for c in said.columns]}


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
