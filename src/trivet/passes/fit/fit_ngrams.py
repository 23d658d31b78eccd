"""Fit a weight for every bucket of hashed n-grams of one text column: small, fast and hard to beat on short texts.

Helps: quality on texts, and size and latency.  Costs: order and meaning of words beyond a few letters or words.
Needs: scikit-learn, and a reader with a text column.
Source: Weinberger et al. 2009 (feature hashing); Wang and Manning 2012 (linear models on n-grams).
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from trivet.core.candidate import Sketch, Work
from trivet.core.context import Context
from trivet.core.errors import Refused
from trivet.core.extras import need
from trivet.core.passes import Pass, Range, Size
from trivet.core.value import value
from trivet.kit.goal import Goal
from trivet.runtime.batch import Batch
from trivet.runtime.kinds import Flow, load_body
from trivet.runtime.part import Array, Part
from trivet.runtime.program import read_batch


@value
class FitNgrams(Pass):
    """column: which of the text columns, from 0.  analyser: "char" or "word".  low, high: letters or words in a gram.

    buckets: weights per score; two grams may share one.  strength: of the L2 penalty, smaller fits closer.
    """

    needs: ClassVar[tuple[str, ...]] = ("sklearn.linear_model", "scipy.sparse")
    helps: ClassVar[tuple[str, ...]] = ("quality", "size", "latency")

    column: int = 0
    analyser: str = "char"
    low: int = 2
    high: int = 4
    buckets: int = 32768
    strength: float = 0.1

    def check(self, sketch: Sketch) -> Sketch:
        reader = sketch.expect(has="reader", for_=self).kinds["reader"]
        if "columns" not in reader:
            raise Refused(self.name, f"a reader of kind {reader}", do="put prepare-table first")
        n_texts = sum(field.type == "text" for field in sketch.task.inputs)
        if self.column >= n_texts:
            raise Refused(self.name, f"{n_texts} text columns, no number {self.column}", do="use a route for tables")
        if self.analyser not in ("char", "word") or not 1 <= self.low <= self.high <= 16 or self.buckets < 1:
            raise Refused(self.name, str(self), do="take analyser char or word, and 1 <= low <= high <= 16")
        return sketch.without("scale", "guard").with_kind(body="ngrams")

    def run(self, work: Work, ctx: Context) -> Work:
        need("sklearn.linear_model", for_=self)
        rows = work.data.fit.at_least(1, for_=self.name)
        goal = Goal.of(rows, work.candidate.task)
        batch = read_batch(work.candidate.parts["reader"], rows.raw())
        weights, bias = fitted(self.features(batch), goal, strength=self.strength)
        return work.without("scale", "guard").with_(body=self.part(weights, bias))

    def part(self, weights: Array, bias: Array) -> Part:
        """The body with these weights (buckets, scores) and biases (scores,)."""
        config = {name: getattr(self, name) for name in ("column", "analyser", "low", "high", "buckets")}
        arrays = {"weights": np.asarray(weights, np.float32), "bias": np.asarray(bias, np.float32)}
        return Part(kind="ngrams", config=config, arrays=arrays)

    def features(self, batch: Batch) -> Any:
        """(rows, buckets) sparse values, made by the very code that will make them at prediction."""
        sparse = need("scipy.sparse", for_=self)
        empty = self.part(np.zeros((self.buckets, 1)), np.zeros(1))
        body: Any = load_body(empty, Flow(int(batch.numbers.shape[1]), len(batch.texts)))
        buckets, rows, values = body.features(batch)
        return sparse.csr_matrix((values.astype(float), (rows, buckets)), shape=(len(batch), self.buckets))

    def ranges(self) -> Mapping[str, Range]:
        return {
            "analyser": Range(among=("char", "word")),
            "high": Range(low=2, high=5, whole=True),
            "buckets": Range(among=(4096, 8192, 16384, 32768, 65536)),
            "strength": Range(low=1e-3, high=10.0, log=True),
        }

    def units(self, size: Size) -> float:
        return 0.1 + 6e-4 * size.rows * size.scores  # 1.8 s for 3,000 messages (2026-11)


def fitted(x: Any, goal: Goal, *, strength: float) -> tuple[Array, Array]:
    """(weights (buckets, scores), bias (scores,)) of logistic or ridge regression."""
    linear = need("sklearn.linear_model", for_="fit-ngrams")
    if goal.link == "identity":
        ridge = linear.Ridge(alpha=strength, solver="sparse_cg").fit(x, goal.hard, sample_weight=goal.weight)
        return ridge.coef_[:, None], np.array([ridge.intercept_])
    found = np.unique(np.asarray(goal.hard))
    n_classes = max(goal.n_scores, 2)
    if len(found) < 2:
        return np.zeros((x.shape[1], goal.n_scores)), sure_of(int(found[0]), goal.n_scores)
    model = linear.LogisticRegression(C=1.0 / strength, max_iter=300).fit(x, goal.hard, sample_weight=goal.weight)
    if goal.n_scores == 1:
        return model.coef_.T, model.intercept_
    weights, bias = np.zeros((n_classes, x.shape[1])), np.full(n_classes, -20.0)  # a class without rows: never likely
    if len(found) == 2:  # scikit-learn keeps one row of weights when only two classes are there
        weights[found], bias[found] = np.vstack([-model.coef_, model.coef_]) / 2, np.r_[-1, 1] * model.intercept_ / 2
    else:
        weights[found], bias[found] = model.coef_, model.intercept_
    return weights.T, bias


def sure_of(only: int, n_scores: int) -> Array:
    """Biases of a model that has seen one class alone."""
    if n_scores == 1:
        return np.array([5.0 if only else -5.0])
    return np.where(np.arange(n_scores) == only, 5.0, 0.0)
