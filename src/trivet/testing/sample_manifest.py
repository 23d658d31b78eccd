"""What a made file says about itself, with every entry that a build writes: for tests of whatever reads it."""

from typing import Any


def reading(gauge: str, number: float, width: float = 0.02, **more: Any) -> dict[str, Any]:
    plain = {"unit": "", "n": 1409, "sure": 0.95, "how": "DeLong", "where": None, "notes": []}
    return {**plain, "gauge": gauge, "value": number, "low": number - width, "high": number + width, **more}


MACHINE = {"cpu": "AMD EPYC", "cores": 2, "system": "Linux x86_64", "python": "3.11.7"}
SIZE = reading("size", 37912.0, 0, unit="B", n=1, how="exact")
LATENCY = reading("p99-latency", 0.0172, 0.001, unit="ms", n=2000, how="order statistics", where=MACHINE)
AUROC, ACCURACY = reading("auroc", 0.826, baseline=0.5), reading("accuracy", 0.793, baseline=0.73)


def verdict(limit: str, word: str, found: dict[str, Any], rows: int | None = None) -> dict[str, Any]:
    """One that was given in the third build on the rows."""
    number = {"gauge": found["gauge"], "rows_needed": rows, "note": "", "confidence": 0.99696}
    return {"limit": limit, "verdict": word, **number, "reading": {**found, "sure": 0.99392}}


EVIDENCE: dict[str, Any] = {
    "made": "2026-11-24T01:50:56+00:00",
    "seconds": 250.0,
    "machine": MACHINE,
    "why": "of two candidates that keep auroc >= 0.8 the smaller one",
    "outcome": "UNPROVEN",
    "look": {"build": 3, "finalist": 1, "id": "a" * 64, "vault": "0123456789abcdef"},
    "verdicts": [
        verdict("auroc >= 0.8", "HOLDS", AUROC),
        verdict("accuracy >= 0.79", "UNPROVEN", ACCURACY, 3211),
        verdict("size <= 200 kB", "HOLDS", SIZE),
        verdict("p99-latency <= 5 ms", "HOLDS", LATENCY),
    ],
    "readings": [SIZE, LATENCY],
}
MANIFEST: dict[str, Any] = {
    "task": {
        "modality": "table",
        "goal": "classify",
        "inputs": [["tenure", "number"], ["Contract", "category"]],
        "answer": ["Churn", "category"],
        "link": "sigmoid",
        "n_scores": 1,
        "details": {"classes": ["No", "Yes"]},
    },
    "limits": [
        {"gauge": "auroc", "must": ">=", "bound": 0.8, "unit": "", "sure": 0.95},
        {"gauge": "accuracy", "must": ">=", "bound": 0.79, "unit": "", "sure": 0.95},
        {"gauge": "size", "must": "<=", "bound": 200_000.0, "unit": "B", "sure": 0.95},
        {"gauge": "p99-latency", "must": "<=", "bound": 5.0, "unit": "ms", "sure": 0.95},
    ],
    "alerts": [],
    "constant": {"probabilities": [0.73, 0.27]},
    "readings": [AUROC, ACCURACY],
    "recipe": '[data]\nsource = "churn.csv"\n',
    "lineage": [
        {"step": "prepare-table", "readings": {}, "notes": []},
        {"step": "fit-trees", "readings": {"auroc": 0.84}, "notes": ["40 trees"]},
        {"step": "prune-trees", "readings": {"auroc": 0.83}, "notes": []},
    ],
    "frontier": [
        {"route": "linear", "steps": ["fit-linear"], "readings": {"auroc": [0.79, 0.76, 0.82]}, "keeps": False,
         "bytes": 11_924, "shipped": False},
        {"route": "trees", "steps": ["fit-trees"], "readings": {"auroc": [0.844, 0.81, 0.87]}, "keeps": True,
         "bytes": 33_800, "shipped": True},
    ],
    "doctor": [
        {"code": "id-column", "severity": "warn", "column": "customerID", "rows": [], "n_rows": 0,
         "evidence": "100.0% of its values occur once", "fix": "leave the column out",
         "accepted": False},
    ],
    "data": {"source": "churn.csv", "rows": 7043, "dropped": [["no answer", 3]], "left_out": [["customerID", "id"]],
             "notices": ["tenure: 12 cells read as numbers"], "splits": {
        "vault": {"rows": 1409, "digest": "f" * 64}, "fit": {"rows": 3874, "digest": "e" * 64}}},
    "tables": {
        "calibration": {"said": [0.1, 0.5, 0.9], "came": [0.12, 0.48, 0.7], "count": [100, 100, 100]},
        "confusion": {"classes": ["No", "Yes"], "counts": [[920, 110], [180, 199]], "others": 0},
        "per_class": [
            {"class": "No", "rows": 1030, "precision": 0.836, "recall": 0.893, "f1": 0.864,
             "recall_low": 0.873, "recall_high": 0.911},
            {"class": "Yes", "rows": 379, "precision": 0.644, "recall": 0.525, "f1": 0.578,
             "recall_low": 0.473, "recall_high": 0.576},
        ],
        "roc": {"fpr": [0, 0.05, 0.3, 1], "tpr": [0, 0.4, 0.8, 1], "shipped": [0.107, 0.525]},
        "baseline": {"class": "No", "accuracy": 0.731},
    },
    "importance": [["Contract", 0.058, 0.052, 0.068], ["tenure", 0.028, 0.022, 0.031]],
    "search": {"aim": "auroc", "main": "auroc", "units": 10.5, "trials": 14, "first": None, "final": None,
               "ended": "the work units were spent"},
    "build": {"trivet": "0.1.0", "seed": 7, "libraries": {"numpy": "2.4.6"}},
}  # fmt: skip
