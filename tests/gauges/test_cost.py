"""Cost gauges: what was measured of the shipped file, with the machine."""

import math

import numpy as np
import pytest
from made_trials import CPU, classes, costs

from trivet.core.errors import NotApplicable
from trivet.core.registry import find_gauge


def read(name, trial, sure=0.95):
    return find_gauge(name).measure(trial, sure=sure)


def test_size_is_exact_and_belongs_to_no_machine():
    reading = read("size", costs(size=214_000))
    assert (reading.low, reading.value, reading.high, reading.unit) == (214_000, 214_000, 214_000, "B")
    assert reading.where is None


def test_latency_quantiles_come_with_order_statistics_and_machine():
    reading = read("p99-latency", costs(latency=np.arange(1.0, 2001.0)))
    assert reading.value == pytest.approx(np.quantile(np.arange(1.0, 2001.0), 0.99))
    assert 1965 <= reading.low < 1980 < reading.high <= 1992
    assert (reading.unit, reading.n, reading.where) == ("ms", 2000, CPU)


def test_a_hundred_calls_bound_no_99th_percentile():
    reading = read("p99-latency", costs(latency=np.linspace(1, 2, 100)))
    assert reading.high == math.inf


@pytest.mark.parametrize(("name", "enough"), [("p50-latency", 6), ("p99-latency", 368)])
def test_documented_number_of_calls_is_the_smallest_that_bounds(name, enough):
    ends = [read(name, costs(latency=np.linspace(1, 2, calls))).high for calls in (enough - 1, enough)]
    assert ends == [math.inf, 2.0]


def test_few_repeats_give_lowest_to_highest_and_say_so():
    reading = read("rows-per-second", costs(throughput=[5e4, 7e4, 6e4]))
    assert (reading.low, reading.value, reading.high, reading.unit) == (5e4, 6e4, 7e4, "rows/s")
    assert reading.notes == ("3 repeats: lowest to highest holds the median with probability 0.75",)


def test_many_repeats_give_an_interval_inside_them():
    reading = read("cold-start", costs(cold_start=np.arange(20.0)))
    assert 0 < reading.low < reading.value == 9.5 < reading.high < 19
    assert reading.notes == ()


def test_peak_memory_is_one_measurement():
    reading = read("peak-memory", costs(memory=[9e7]))
    assert (reading.value, reading.n, reading.unit, reading.where) == (9e7, 1, "B", CPU)


@pytest.mark.parametrize("name", ["p50-latency", "p99-latency", "rows-per-second", "cold-start", "peak-memory"])
def test_what_was_not_measured_is_not_made_up(name):
    with pytest.raises(NotApplicable, match="the judge measures costs"):
        read(name, costs())


def test_a_trial_of_the_search_has_no_costs():
    with pytest.raises(NotApplicable, match="no cost was measured"):
        read("size", classes([0, 1], [0.2, 0.7]))
