"""The 95 % intervals keep their word on ordinary and hostile rows: misses are counted on each side.

The short form of bench/certificates.py: its shapes, its bar of 3.5 % on either side or `approximate`, fewer draws, and
the allowance that so few need.  Truths are what the gauges read on 6,000,000 rows (3,000,000 for `calibration-gap`);
the bench made them.
"""

import functools
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trivet.core.gauges import Trial
from trivet.core.registry import find_gauge
from trivet.kit.stats.quantiles import binomial_share
from trivet.testing.shapes import CLASS_GAUGES, CLASS_SHAPES, VALUE_GAUGES, VALUE_SHAPES

TRUTHS = json.loads((Path(__file__).parent / "truths.json").read_text())
KINDS = {"classes": (CLASS_SHAPES, CLASS_GAUGES), "numbers": (VALUE_SHAPES, VALUE_GAUGES)}
CASES = [(kind, shape) for kind, (shapes, _) in KINDS.items() for shape in shapes]
BAR = 0.035
BY_LUCK = 1e-4  # chance that one count of a gauge that just keeps the bar is above what is allowed


def allowed(draws):
    """The most misses that a gauge with misses of 3.5 % has, but for luck.

    40 draws: 7 misses, of 1,000: 58.
    """
    return next(k for k in range(draws + 1) if binomial_share(k, draws, BAR) >= 1 - BY_LUCK)


@functools.cache
def trials_of(kind, shape, rows, draws):
    rng = np.random.default_rng(rows)
    return [KINDS[kind][0][shape](rng, rows) for _ in range(draws)]


def misses(gauge, kind, shape, rows, draws):
    """(draws that end too well, that end too badly), of those that do not say `approximate`."""
    reads = [find_gauge(gauge).measure(trial) for trial in trials_of(kind, shape, rows, draws)]
    sure, truth = [read for read in reads if not read.approximate], TRUTHS[kind][shape][gauge]
    above, below = sum(read.low > truth for read in sure), sum(read.high < truth for read in sure)
    return (above, below) if find_gauge(gauge).better == ">=" else (below, above)


@pytest.mark.parametrize(("kind", "shape"), CASES)
def test_few_intervals_miss(kind, shape):
    """All gauges at once: their rows are the same."""
    rows, draws = (400, 40) if shape in ("normal", "bounded", "rare, 3 %") else (120, 40)
    for gauge in KINDS[kind][1]:
        assert max(misses(gauge, kind, shape, rows, draws)) <= allowed(draws), gauge


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "shape"), CASES)
def test_intervals_keep_the_bar(kind, shape):
    """More draws of 300 rows; 1,000 draws of every size take hours, and are the bench's."""
    for gauge in KINDS[kind][1]:
        assert max(misses(gauge, kind, shape, 300, 200)) <= allowed(200), gauge
    trials_of.cache_clear()


@pytest.mark.parametrize(("kind", "shape"), CASES)
def test_rows_that_occur_twice_in_their_unit_are_no_more_evidence(kind, shape):
    """Each row twice in one unit: the same interval, to the tie-breaking of a few parts in a thousand."""
    trial = KINDS[kind][0][shape](np.random.default_rng(3), 200)
    if trial.rows.group is None:
        trial = with_groups(trial, np.arange(200))
    twice = trial.take(np.repeat(np.arange(200), 2))
    for gauge in KINDS[kind][1]:
        if gauge == "calibration-gap":  # cuts its bins at every so many rows, so doubles fall into others
            continue
        once, again = (find_gauge(gauge).measure(one) for one in (trial, twice))
        assert again.value == pytest.approx(once.value, rel=1e-9), gauge
        width = max(once.high - once.low, 1e-9) if np.isfinite(once.high - once.low) else 1.0
        assert again.low == pytest.approx(once.low, abs=0.02 * width), gauge
        assert again.high == pytest.approx(once.high, abs=0.02 * width), gauge
        assert again.approximate == once.approximate, gauge


def with_groups(trial: Trial, group) -> Trial:
    return replace(trial, rows=replace(trial.rows, roles={**trial.rows.roles, "group": group}))


@pytest.mark.parametrize("kind", KINDS)
def test_a_group_of_alike_rows_counts_as_far_fewer(kind):
    """What is proven by rows that stand alone is not proven by groups of twenty."""
    trial = KINDS[kind][0]["groups"](np.random.default_rng(1), 400)
    alone = replace(trial, rows=replace(trial.rows, roles={}))
    for gauge in KINDS[kind][1]:
        if gauge in ("worst-class-coverage", "set-size"):  # where next to nothing differs, twenty are as sure as one
            continue
        in_groups, one_by_one = (find_gauge(gauge).measure(one) for one in (trial, alone))
        assert in_groups.high - in_groups.low > 1.3 * (one_by_one.high - one_by_one.low), gauge


@pytest.mark.parametrize(
    ("gauge", "limit"),
    [("accuracy", 0.7), ("auroc", 0.7), ("log-loss", 0.8), ("brier", 0.3), ("coverage", 0.8), ("set-size", 1.9)],
)
def test_ordinary_rows_of_bounded_losses_can_be_proven(gauge, limit):
    read = find_gauge(gauge).measure(CLASS_SHAPES["good"](np.random.default_rng(0), 300))
    assert not read.approximate and (read.low > limit if read.low > limit else read.high < limit)


@pytest.mark.parametrize("gauge", ["mae", "rmse", "r2"])
@pytest.mark.parametrize(
    ("shape", "rows", "says"), [("normal", 1000, False), ("normal", 300, True), ("1 % gross", 1000, True)]
)
def test_an_open_ended_mean_says_that_it_is_approximate(gauge, shape, rows, says):
    assert find_gauge(gauge).measure(VALUE_SHAPES[shape](np.random.default_rng(0), rows)).approximate is says


@pytest.mark.slow
@pytest.mark.parametrize("gauge", ["accuracy", "balanced-accuracy", "log-loss"])
def test_interval_of_the_worst_group_covers(gauge):
    """Of three equal groups the worst reading errs to the bad side by nature; no end may be wrong more often."""
    rng, truth = np.random.default_rng(5), TRUTHS["classes"]["weak"][gauge]
    read = [find_gauge(f"{gauge}(among=site)").measure(in_sites(rng)) for _ in range(1000)]
    assert max(sum(one.low > truth for one in read), sum(one.high < truth for one in read)) <= allowed(1000)


def in_sites(rng):
    """A trial with three sites that are alike, so that each is truly the worst."""
    trial = CLASS_SHAPES["weak"](rng, 600)
    task = replace(trial.task, roles={"site": "clinic"})
    return replace(trial, task=task, rows=replace(trial.rows, roles={"site": rng.integers(0, 3, 600)}))
