"""Conformal floors and pads equal MAPIE's."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

from trivet.kit.conformal.floors import interval_pad, pooled_floor

pytestmark = pytest.mark.reference
pytest.importorskip("mapie")


class GivenProbabilities(ClassifierMixin, BaseEstimator):
    """A fitted classifier whose input rows are its probabilities."""

    def __init__(self, classes=3):
        self.classes = classes
        self.classes_ = np.arange(classes)

    def fit(self, x, y):
        return self

    def predict_proba(self, x):
        return x

    def predict(self, x):
        return x.argmax(axis=1)


class GivenColumn(RegressorMixin, BaseEstimator):
    """A fitted regressor that answers one of its input columns."""

    def __init__(self, column=0):
        self.column = column
        self.fitted_ = True

    def fit(self, x, y):
        return self

    def predict(self, x):
        return x[:, self.column]


def made_values(rows, seed=0):
    rng = np.random.default_rng(seed)
    mid = rng.normal(size=rows)
    scores = np.column_stack([mid, mid - rng.uniform(0.2, 1.5, rows), mid + rng.uniform(0.2, 1.5, rows)])
    return scores, mid + rng.normal(size=rows)


@pytest.mark.parametrize("coverage", [0.8, 0.9, 0.95])
@pytest.mark.parametrize("rows", [57, 400])
def test_sets_equal_the_least_ambiguous_rule(coverage, rows):
    from mapie.classification import SplitConformalClassifier

    rng = np.random.default_rng(rows)
    probabilities, fresh = rng.dirichlet([1, 2, 3], rows), rng.dirichlet([1, 2, 3], 300)
    answer = np.array([rng.choice(3, p=p) for p in probabilities])
    theirs = SplitConformalClassifier(GivenProbabilities(), coverage, "lac", prefit=True)
    theirs.conformalize(probabilities, answer)
    _, sets = theirs.predict_set(fresh)
    floor = pooled_floor(probabilities[np.arange(rows), answer], coverage)
    np.testing.assert_array_equal(fresh >= floor, sets[:, :, 0])


@pytest.mark.parametrize("coverage", [0.8, 0.9, 0.95])
def test_pads_equal_split_conformal(coverage):
    from mapie.regression import SplitConformalRegressor

    scores, truth = made_values(401)
    theirs = SplitConformalRegressor(GivenColumn(), coverage, "absolute", prefit=True)
    theirs.conformalize(scores, truth)
    _, intervals = theirs.predict_interval(scores[:5])
    pad = interval_pad(scores[:, :1], truth, coverage)
    np.testing.assert_allclose(intervals[:, 1, 0] - scores[:5, 0], pad, rtol=0, atol=1e-12)


@pytest.mark.parametrize("coverage", [0.8, 0.9])
def test_quantile_pads_equal_conformalized_quantiles(coverage):
    from mapie.regression import ConformalizedQuantileRegressor

    scores, truth = made_values(401, seed=1)
    models = [GivenColumn(1), GivenColumn(2), GivenColumn(0)]
    theirs = ConformalizedQuantileRegressor(models, coverage, prefit=True)
    theirs.conformalize(scores, truth)
    _, intervals = theirs.predict_interval(scores[:5], symmetric_correction=True)
    pad = interval_pad(scores, truth, coverage)
    np.testing.assert_allclose(intervals[:, 1, 0], scores[:5, 2] + pad, rtol=0, atol=1e-12)
    np.testing.assert_allclose(intervals[:, 0, 0], scores[:5, 1] - pad, rtol=0, atol=1e-12)
