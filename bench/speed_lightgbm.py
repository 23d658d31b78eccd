"""LightGBM with its own predict, for bench/speed.py.  Runs alone in a process; knows nothing of trivet.

python speed_lightgbm.py wrapper|booster FOLDER     the folder holds train.csv, rows.jsonl and case.json
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
from stopwatch import timed

CALLS = 500


def main(what: str, folder: Path) -> None:
    """Fits with default settings on one thread (seconds), then answers and is timed."""
    case = json.loads((folder / "case.json").read_text())
    table = pd.read_csv(folder / "train.csv")
    x, y = table.drop(columns=case["target"]), table[case["target"]]
    types = {name: pd.CategoricalDtype(sorted(x[name].dropna().unique())) for name in case["categories"]}
    types |= {name: np.dtype(float) for name in x if name not in types}
    kind = lightgbm.LGBMRegressor if case["gauge"] == "r2" else lightgbm.LGBMClassifier
    start = time.perf_counter()
    model = kind(n_jobs=1, verbose=-1, random_state=0).fit(x.astype(types), y)
    card = {"fit_seconds": time.perf_counter() - start, "bytes": bytes_of(model, folder)}
    rows = [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]
    found = (wrapper if what == "wrapper" else booster)(model, types, rows)
    frame = pd.DataFrame(rows).astype(types)
    (folder / f"lightgbm-{what}.json").write_text(json.dumps({**card, **found, **answers(model, frame)}))


def bytes_of(model: Any, folder: Path) -> int:
    """Size of its own text format, which leaves out the encoding of the rows."""
    path = folder / "lightgbm.txt"
    model.booster_.save_model(path)
    return path.stat().st_size


def wrapper(model: Any, types: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Raw dict -> frame with category columns -> predict of the scikit-learn wrapper."""
    return timed(
        lambda row: model.predict(pd.DataFrame([row]).astype(types)),
        rows,
        lambda: model.predict(pd.DataFrame(rows).astype(types)),
        CALLS,
    )


def booster(model: Any, types: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Rows that are encoded already -> Booster.predict: neither reading nor answer texts are in the time."""
    frame = pd.DataFrame(rows).astype(types)
    for name in frame.select_dtypes("category"):
        frame[name] = frame[name].cat.codes.astype(float).replace(-1, np.nan)
    matrix, inner = frame.to_numpy(np.float64), model.booster_
    return timed(lambda at: inner.predict(matrix[at : at + 1]), range(len(rows)), lambda: inner.predict(matrix), CALLS)


def answers(model: Any, frame: pd.DataFrame) -> dict[str, Any]:
    if not hasattr(model, "classes_"):
        return {"classes": [], "answers": model.predict(frame).tolist()}
    return {"classes": [str(c) for c in model.classes_], "answers": model.predict_proba(frame).tolist()}


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
