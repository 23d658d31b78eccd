"""Gauges equal scikit-learn, intervals equal scipy and statsmodels, DeLong's variance equals its definition."""

import numpy as np
import pytest

from trivet.core.gauges import plain_trial
from trivet.core.registry import find_gauge
from trivet.core.scores import area_under_roc
from trivet.kit.stats.intervals import clopper_pearson, wilson
from trivet.kit.stats.quantiles import beta_quantile, beta_share, binomial_share, normal_quantile, student_quantile
from trivet.kit.stats.ranking import auroc_influence, precision_influence
from trivet.runtime.batch import Answers
from trivet.testing.tasks import made_task
from trivet.testing.trials import bare_rows

pytestmark = pytest.mark.reference
metrics = pytest.importorskip("sklearn.metrics")
stats = pytest.importorskip("scipy.stats")
proportion = pytest.importorskip("statsmodels.stats.proportion")


def class_trial(n_classes, seed, weighted, rows=240):
    rng = np.random.default_rng(seed)
    truth = rng.permutation(np.arange(rows) % n_classes)
    odds = np.round(rng.exponential(size=(rows, n_classes)), 1) + 0.1  # rounded: ties
    odds[np.arange(rows), truth] *= 2
    probabilities = odds / odds.sum(axis=1, keepdims=True)
    answers = Answers(probabilities=probabilities, chosen=probabilities.argmax(axis=1))
    task = made_task("classify", tuple("abcde"[:n_classes]))
    return plain_trial(task, bare_rows(truth, rng.uniform(0.2, 3, rows) if weighted else None), answers)


def average(n_classes):
    return "binary" if n_classes == 2 else "macro"


def one_or_all(probabilities):
    return probabilities[:, 1] if probabilities.shape[1] == 2 else probabilities


def one_hot(truth, n_classes):
    return truth if n_classes == 2 else np.eye(n_classes)[truth]


CLASS_METRICS = {
    "auroc": lambda t, p, c, w: metrics.roc_auc_score(one_hot(t, p.shape[1]), one_or_all(p), sample_weight=w),
    "average-precision": lambda t, p, c, w: metrics.average_precision_score(
        one_hot(t, p.shape[1]), one_or_all(p), sample_weight=w
    ),
    "accuracy": lambda t, p, c, w: metrics.accuracy_score(t, c, sample_weight=w),
    "balanced-accuracy": lambda t, p, c, w: metrics.balanced_accuracy_score(t, c, sample_weight=w),
    "f1": lambda t, p, c, w: metrics.f1_score(t, c, average=average(p.shape[1]), sample_weight=w),
    "log-loss": lambda t, p, c, w: metrics.log_loss(t, p, sample_weight=w),
    "brier": lambda t, p, c, w: metrics.brier_score_loss(
        t, one_or_all(p), sample_weight=w, scale_by_half=p.shape[1] == 2
    ),
}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("name", CLASS_METRICS)
def test_class_gauges_equal_sklearn(name, n_classes, weighted):
    for seed in range(5):
        trial = class_trial(n_classes, seed, weighted)
        theirs = CLASS_METRICS[name](trial.truth, trial.plain["probabilities"], trial.plain["chosen"], trial.weight)
        assert find_gauge(name).measure(trial).value == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", ["auroc", "average-precision", "f1"])
def test_a_class_alone_is_the_metric_of_that_class_against_the_rest(name, weighted):
    trial = class_trial(4, 3, weighted)
    ones, share, said = trial.truth == 2, trial.plain["probabilities"][:, 2], trial.plain["chosen"] == 2
    theirs = {
        "auroc": lambda: metrics.roc_auc_score(ones, share, sample_weight=trial.weight),
        "average-precision": lambda: metrics.average_precision_score(ones, share, sample_weight=trial.weight),
        "f1": lambda: metrics.f1_score(ones, said, sample_weight=trial.weight),
    }[name]()
    assert find_gauge(f"{name}(positive=c)").measure(trial).value == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("weighted", [False, True])
def test_the_area_of_the_doctor_and_of_the_gauge_is_sklearns(weighted):
    rng = np.random.default_rng(7)
    positive, scores = rng.random(300) < 0.3, np.round(rng.normal(size=300), 1)
    weight = rng.uniform(0.1, 2, 300) if weighted else None
    theirs = metrics.roc_auc_score(positive, scores, sample_weight=weight)
    assert area_under_roc(scores, positive, weight) == pytest.approx(theirs, abs=1e-12)


VALUE_METRICS = {
    "rmse": metrics.root_mean_squared_error,
    "mae": metrics.mean_absolute_error,
    "r2": metrics.r2_score,
}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", VALUE_METRICS)
def test_value_gauges_equal_sklearn(name, weighted):
    rng = np.random.default_rng(4)
    truth, noise = rng.normal(size=(2, 300))
    weight = rng.uniform(0.1, 2, 300) if weighted else None
    task = made_task("regress")
    trial = plain_trial(task, bare_rows(truth, weight), Answers(values=truth + noise))
    theirs = VALUE_METRICS[name](truth, truth + noise, sample_weight=weight)
    assert find_gauge(name).measure(trial).value == pytest.approx(theirs, abs=1e-12)


def test_calibration_gap_has_the_bins_of_sklearns_quantile_strategy():
    calibration_curve = pytest.importorskip("sklearn.calibration").calibration_curve
    rng = np.random.default_rng(2)
    stated = rng.uniform(size=1500)  # no ties: 100 rows in each bin, so that bins weigh alike
    truth = (rng.uniform(size=1500) < stated**2).astype(int)
    trial = class_trial(2, 0, False)
    answers = Answers(probabilities=np.stack([1 - stated, stated], axis=1), chosen=truth)
    seen, said = calibration_curve(truth, stated, n_bins=15, strategy="quantile")
    ours = find_gauge("calibration-gap").measure(plain_trial(trial.task, bare_rows(truth), answers)).value
    assert ours == pytest.approx(np.abs(seen - said).mean(), abs=1e-12)


@pytest.mark.parametrize("of", [1, 2, 10, 37, 500, 20_000, 1_000_000])
@pytest.mark.parametrize("sure", [0.8, 0.95, 0.999])
def test_share_intervals_equal_statsmodels(of, sure):
    for hits in sorted({0, 1, of // 100, of // 3, of - 1, of}):
        theirs = proportion.proportion_confint(hits, of, alpha=1 - sure, method="beta")
        assert clopper_pearson(hits, of, sure) == pytest.approx(theirs, abs=1e-10)
        theirs = proportion.proportion_confint(hits, of, alpha=1 - sure, method="wilson")
        assert wilson(hits / of, of, sure) == pytest.approx(theirs, abs=1e-12)


def test_quantiles_equal_scipy():
    shares = (0.0005, 0.025, 0.3, 0.5, 0.8, 0.975, 0.9995)
    for share in shares:
        assert normal_quantile(share) == pytest.approx(stats.norm.ppf(share), abs=1e-10)
        for freedom in (1, 2.5, 9, 99, 10_000):
            assert student_quantile(share, freedom) == pytest.approx(stats.t.ppf(share, freedom), rel=1e-9, abs=1e-10)
        for a, b in ((0.5, 0.5), (1, 7), (3.3, 2), (40, 4000), (90_000, 12)):
            assert beta_quantile(share, a, b) == pytest.approx(stats.beta.ppf(share, a, b), abs=1e-10)
            assert beta_share(share, a, b) == pytest.approx(stats.beta.cdf(share, a, b), abs=1e-10)


def test_binomial_share_equals_scipy():
    for n, p in ((1, 0.5), (30, 0.99), (2000, 0.99), (2000, 0.5)):
        for k in {-1, 0, 1, n // 2, n - 1, n}:
            assert binomial_share(k, n, p) == pytest.approx(stats.binom.cdf(k, n, p), abs=1e-10)


@pytest.mark.parametrize("seed", range(10))
def test_delong_variance_equals_its_definition_over_all_pairs(seed):
    rng = np.random.default_rng(seed)
    positive = rng.permutation(np.arange(70) % 3 == 0)
    scores = np.round(rng.normal(size=70) + positive, 1)
    above = np.subtract.outer(scores[positive], scores[~positive])
    wins = (above > 0) + 0.5 * (above == 0)  # (positives, negatives)
    by_positive, by_negative = wins.mean(axis=1), wins.mean(axis=0)
    variance = by_positive.var(ddof=1) / len(by_positive) + by_negative.var(ddof=1) / len(by_negative)
    area, influence = auroc_influence(scores, positive, np.ones(70))
    assert area == pytest.approx(wins.mean(), abs=1e-15)
    assert (influence**2).sum() == pytest.approx(variance, rel=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_influence_of_precision_is_its_derivative_by_weight(seed):
    rng = np.random.default_rng(seed)
    positive = np.arange(40) % 4 == 0
    scores, weight = np.round(rng.normal(size=40) + positive, 1), rng.uniform(0.5, 2, 40)
    _, influence = precision_influence(scores, positive, weight)
    for row in range(40):
        more, less = weight.copy(), weight.copy()
        more[row] *= 1 + 1e-5
        less[row] *= 1 - 1e-5
        ends = [precision_influence(scores, positive, w)[0] for w in (more, less)]
        assert (ends[0] - ends[1]) / 2e-5 == pytest.approx(influence[row], abs=1e-9)
