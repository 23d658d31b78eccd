"""Two cheap models and what they say about rows that they were not fitted on."""

from typing import Any

import numpy as np

from trivet.core.extras import need
from trivet.core.fieldtypes import is_plain
from trivet.core.folds import folds_of
from trivet.core.rows import Rows
from trivet.core.scores import log_losses
from trivet.runtime.part import Array

from .exam import missing_in

_WHO = "the data doctor"
_LEVELS = 30  # words of a category that get a column of their own in the logistic model
_LEAST_SHARE = 1e-6  # no smaller probability counts: one sure mistake shall not decide between two models
_TREES = {
    "num_leaves": 15,
    "learning_rate": 0.15,
    "min_data_in_leaf": 20,
    "max_bin": 63,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}


def out_of_fold_probabilities(rows: Rows, labels: Array, *, seed: int) -> tuple[Array, str]:
    """(rows, classes) probabilities of the better of two models by log loss, and its name in the plural.

    labels: (rows,) int, 0..classes-1, every class present.
    """
    folds = folds_of(rows, n_folds(rows), seed)
    said = {
        "logistic models": logistic_probabilities(logistic_matrix(rows), labels, folds),
        "boosted trees": tree_probabilities(tree_matrix(rows), labels, folds, seed),
    }
    at = np.arange(len(labels)), labels
    chosen = min(said, key=lambda name: float(log_losses(said[name][at], least=_LEAST_SHARE).mean()))
    return said[chosen], chosen


def out_of_fold_values(rows: Rows, *, seed: int) -> Array:
    """(rows,) float64 values that boosted trees expect."""
    folds = folds_of(rows, n_folds(rows), seed)
    matrix, values = tree_matrix(rows), np.zeros(len(rows))
    for held, rest in halves(folds):
        booster = booster_on(matrix[rest], rows.truth[rest], {"objective": "regression_l1"}, 150, seed)
        values[held] = booster.predict(matrix[held], num_threads=1)
    return values


def n_folds(rows: Rows) -> int:
    return 5 if len(rows) <= 5000 else 3


def halves(folds: Array) -> list[tuple[Array, Array]]:
    """For each fold: the rows held out, and the rest."""
    return [(np.flatnonzero(folds == f), np.flatnonzero(folds != f)) for f in np.unique(folds)]


def logistic_probabilities(matrix: Any, labels: Array, folds: Array) -> Array:
    linear = need("sklearn.linear_model", for_=_WHO)
    said = np.zeros((len(labels), int(labels.max()) + 1))
    # One thread: sums in another order would change the last digits, and with them ties.
    with need("threadpoolctl", for_=_WHO).threadpool_limits(1):
        for held, rest in halves(folds):
            model = linear.LogisticRegression(max_iter=100, tol=1e-3).fit(matrix[rest], labels[rest])
            said[np.ix_(held, model.classes_)] = model.predict_proba(matrix[held])
    return said


def tree_probabilities(matrix: Array, labels: Array, folds: Array, seed: int) -> Array:
    n_classes = int(labels.max()) + 1
    said = np.zeros((len(labels), n_classes))
    aim = {"objective": "binary"} if n_classes == 2 else {"objective": "multiclass", "num_class": n_classes}
    rounds = max(10, min(60, 600 // n_classes))
    for held, rest in halves(folds):
        answer = booster_on(matrix[rest], labels[rest], aim, rounds, seed).predict(matrix[held], num_threads=1)
        said[held] = np.column_stack([1 - answer, answer]) if n_classes == 2 else answer
    return said


def booster_on(matrix: Array, answer: Array, aim: dict[str, Any], rounds: int, seed: int) -> Any:
    lightgbm = need("lightgbm", for_=_WHO)
    return lightgbm.train({**_TREES, **aim, "seed": seed % 2**31}, lightgbm.Dataset(matrix, answer), rounds)


def tree_matrix(rows: Rows) -> Array:
    """(rows, d) float64, NaN = missing: numbers as they are, categories by their frequency rank; texts left out."""
    columns = []
    for field in filter(is_plain, rows.fields):
        column = rows.columns[field.name]
        if field.type == "category":
            frequent = np.argsort(np.argsort(-np.bincount(column[column >= 0], minlength=1), kind="stable"))
            columns.append(np.where(column < 0, np.nan, frequent[column]))
        elif field.type != "text":
            columns.append(column)
    return np.column_stack(columns) if columns else np.zeros((len(rows), 1))


def logistic_matrix(rows: Rows) -> Any:
    """(rows, d) finite: standardised numbers, flags of missing values, frequent words, hashed texts (then sparse)."""
    blocks = [np.zeros((len(rows), 1))]
    texts = []
    for field in filter(is_plain, rows.fields):
        column = rows.columns[field.name]
        if field.type == "text":
            texts.append(hashed_text(column, rows.words[field.name]))
        elif field.type == "category":
            frequent = np.argsort(-np.bincount(column + 1), kind="stable")[:_LEVELS]
            blocks.append((column[:, None] + 1 == frequent).astype(float))
        else:
            blocks.append(standardised(column, missing_in(field, column)))
    dense = np.hstack(blocks)
    return need("scipy.sparse", for_=_WHO).hstack([dense, *texts]).tocsr() if texts else dense


def standardised(column: Array, missing: Array) -> Array:
    """(rows, 1 or 2): mean 0 and spread 1, at most 10 away from it, 0 where missing; and a flag if any is missing."""
    mean, spread = (column[~missing].mean(), column[~missing].std()) if not missing.all() else (0.0, 1.0)
    scaled = np.where(missing, 0.0, np.clip((column - mean) / (spread or 1.0), -10, 10))
    return np.column_stack([scaled, missing]) if missing.any() else scaled[:, None]


def hashed_text(column: Array, words: tuple[str, ...]) -> Any:
    vectoriser = need("sklearn.feature_extraction.text", for_=_WHO).HashingVectorizer(n_features=2**14)
    return vectoriser.transform(["" if code < 0 else words[code] for code in column])
