"""AutoGluon, for bench/speed.py.  Runs in AutoGluon's own environment; knows nothing of trivet.

python speed_autogluon.py fit|predict FOLDER SECONDS     the folder holds train.csv, rows.jsonl and case.json
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
from autogluon.tabular import TabularPredictor
from stopwatch import timed

CALLS = 100  # each takes tens of milliseconds
METRICS = {"auroc": "roc_auc", "accuracy": "accuracy", "r2": "r2"}


def main(what: str, folder: Path, budget: float) -> None:
    case = json.loads((folder / "case.json").read_text())
    (fit if what == "fit" else predict)(folder, case, budget)


def fit(folder: Path, case: dict[str, Any], budget: float) -> None:
    """Preset medium_quality on one core; the deployment clone is what is measured and weighed."""
    start = time.perf_counter()
    predictor = TabularPredictor(
        label=case["target"], path=str(folder / "autogluon-fit"), eval_metric=METRICS[case["gauge"]], verbosity=1
    )
    predictor.fit(pd.read_csv(folder / "train.csv"), time_limit=budget, presets="medium_quality", num_cpus=1)
    taken = time.perf_counter() - start
    predictor.clone_for_deployment(str(folder / "autogluon"))
    n_bytes = sum(path.stat().st_size for path in (folder / "autogluon").rglob("*") if path.is_file())
    card = {"fit_seconds": taken, "bytes": n_bytes, "best": predictor.model_best}
    (folder / "autogluon-fit.json").write_text(json.dumps(card))


def predict(folder: Path, case: dict[str, Any], _: float) -> None:
    """Raw dict -> one-row frame -> predict_proba (predict for values), models kept in memory."""
    rows = [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]
    predictor = TabularPredictor.load(str(folder / "autogluon"))
    predictor.persist()
    ask = predictor.predict if case["gauge"] == "r2" else predictor.predict_proba
    found = timed(lambda row: ask(pd.DataFrame([row])), rows, lambda: ask(pd.DataFrame(rows)), CALLS)
    said = ask(pd.DataFrame(rows))
    classes = [] if case["gauge"] == "r2" else [str(c) for c in said.columns]
    found = {**found, "classes": classes, "answers": said.to_numpy().tolist()}
    (folder / "autogluon-predict.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]))
