"""Weights of hashed n-grams, fitted on the very features that the runtime will make."""

from typing import Any

import numpy as np

from trivet.core.extras import need
from trivet.core.value import value
from trivet.kit.target import Target
from trivet.runtime.batch import Batch
from trivet.runtime.kinds import Flow, load_body
from trivet.runtime.part import Array, Part

SURE = 5.0  # the score of a model that has seen one class alone
NEVER = -20.0  # the score of a class without rows
_WHO = "n-gram weights"


@value
class Grams:
    """Which n-grams are counted.  column: of the text columns, from 0.  low, high: letters or words in a gram."""

    column: int
    analyser: str
    low: int
    high: int
    buckets: int

    @property
    def is_valid(self) -> bool:
        """Whether the runtime reads such grams."""
        return self.analyser in ("char", "word") and 1 <= self.low <= self.high <= 16 and 1 <= self.buckets <= 2**24

    def part(self, weights: Array, bias: Array) -> Part:
        """A part of kind `ngrams` with these weights (buckets, scores) and biases (scores,)."""
        arrays = {"weights": np.asarray(weights, np.float32), "bias": np.asarray(bias, np.float32)}
        return Part(kind="ngrams", config=dict(vars(self)), arrays=arrays)

    def features(self, batch: Batch) -> Any:
        """(rows, buckets) sparse values, made by the very code that will make them at prediction."""
        sparse = need("scipy.sparse", for_=_WHO)
        empty = self.part(np.zeros((self.buckets, 1)), np.zeros(1))
        body: Any = load_body(empty, Flow(int(batch.numbers.shape[1]), len(batch.texts)))
        own = batch.texts[self.column]
        place = {text: at for at, text in enumerate(dict.fromkeys(own))}  # texts that come again are counted once
        texts = tuple(tuple(place) if at == self.column else () for at in range(len(batch.texts)))
        buckets, rows, values = body.features(Batch(numbers=batch.numbers[:0], texts=texts))
        distinct = sparse.csr_matrix((values.astype(float), (rows, buckets)), shape=(len(place), self.buckets))
        return distinct[[place[text] for text in own]]


def gram_weights(x: Any, target: Target, *, strength: float) -> tuple[Array, Array]:
    """(weights (buckets, scores), bias (scores,)) of logistic or ridge regression on sparse x (rows, buckets).

    strength: of the L2 penalty, above 0.  A class without rows gets a score that is never likely.
    """
    linear = need("sklearn.linear_model", for_=_WHO)
    if target.link == "identity":
        ridge = linear.Ridge(alpha=strength, solver="sparse_cg").fit(x, target.hard, sample_weight=target.weight)
        return ridge.coef_[:, None], np.array([ridge.intercept_])
    found = np.unique(np.asarray(target.hard))
    n_classes = max(target.n_scores, 2)
    if len(found) < 2:
        return np.zeros((x.shape[1], target.n_scores)), bias_of_one_class(int(found[0]), target.n_scores)
    model = linear.LogisticRegression(C=1.0 / strength, max_iter=300).fit(x, target.hard, sample_weight=target.weight)
    if target.n_scores == 1:
        return model.coef_.T, model.intercept_
    weights, bias = np.zeros((n_classes, x.shape[1])), np.full(n_classes, NEVER)
    if len(found) == 2:  # scikit-learn keeps one row of weights when only two classes are there
        weights[found], bias[found] = np.vstack([-model.coef_, model.coef_]) / 2, np.r_[-1, 1] * model.intercept_ / 2
    else:
        weights[found], bias[found] = model.coef_, model.intercept_
    return weights.T, bias


def bias_of_one_class(only: int, n_scores: int) -> Array:
    """Biases of a model that has seen one class alone."""
    if n_scores == 1:
        return np.array([SURE if only else -SURE])
    return np.where(np.arange(n_scores) == only, SURE, 0.0)
