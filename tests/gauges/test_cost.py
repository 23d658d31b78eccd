"""Cost gauges: what was measured of the shipped file in fresh processes, with the machine."""

import math
from dataclasses import replace

import numpy as np
import pytest
from made_trials import CPU, classes, costs

from trivet.core.errors import NotApplicable
from trivet.core.limits import Limit, Verdict
from trivet.core.registry import find_gauge

TIMED = ["p50-latency", "p99-latency", "p99-cpu-time", "rows-per-second", "cold-start", "peak-memory"]


def read(name, trial, sure=0.95):
    return find_gauge(name).measure(trial, sure=sure)


def with_clocks(trial, *, cpu, forced, load):
    """The trial with what the clocks of its calls and the queue of the machine said."""
    timed = trial.costs["latency"]
    calls = np.ones(len(timed.numbers))
    seen = replace(timed, wall=timed.numbers, cpu=cpu * calls, forced=forced * calls, load=np.array([load] * 20))
    return replace(trial, costs={**trial.costs, "latency": seen})


def test_size_is_exact_and_belongs_to_no_machine():
    reading = read("size", costs(size=214_000))
    assert (reading.low, reading.value, reading.high, reading.unit) == (214_000, 214_000, 214_000, "B")
    assert reading.where is None


def test_latency_is_a_quantile_within_each_process_and_the_middle_of_them():
    calls = np.outer(np.arange(1.0, 22.0), np.linspace(0, 1, 101))  # process k: 0 to k, evenly
    fast, slow = (read(name, costs(latency=calls)) for name in ("p50-latency", "p99-latency"))
    assert fast.value == pytest.approx(11 * 0.5) and slow.value == pytest.approx(11 * 0.99)
    assert slow.low <= 0.99 and slow.high >= 21 * 0.99  # as long as the slowest process, at least
    assert (slow.unit, slow.n, slow.where) == ("ms", 21, CPU)
    assert not slow.contended and slow.notes == ()


def test_more_calls_of_one_process_bound_nothing_of_the_next():
    for name in TIMED[:2]:
        reading = read(name, costs(latency=np.linspace(1, 2, 10_000)))
        assert (reading.low, reading.high, reading.n) == (0, math.inf, 1)


def test_twenty_processes_that_agree_bound_the_next_tightly():
    reading = read("p99-latency", costs(latency=np.full((20, 500), 0.25)))
    assert (reading.low, reading.value, reading.high) == pytest.approx((0.25, 0.25, 0.25))


def test_one_slow_process_of_twenty_lifts_the_high_end_and_not_the_value():
    calls = np.full((20, 500), 0.25)
    calls[7] = 5.0
    reading = read("p99-latency", costs(latency=calls))
    assert reading.value == 0.25 and reading.high >= 5.0


def test_a_busy_machine_breaks_no_latency_and_says_so():
    """The words of the issue: CPU p99 .11 ms, wall 8.3 ms."""
    calls = np.full((20, 500), 0.1)
    calls[:, ::40] = 8.3  # one call in forty waited for its turn
    trial = with_clocks(costs(latency=calls), cpu=0.11, forced=(calls > 1).ravel(), load=4.5)
    reading, limit = read("p99-latency", trial), Limit(gauge="p99-latency", must="<=", bound=1.0, unit="ms")
    assert reading.contended and reading.low > limit.bound
    assert reading.notes == ("this machine was busy: CPU p99 110 µs, wall 8.3 ms; 4.5 threads for each core",)
    assert limit.judge(reading) is Verdict.UNPROVEN
    assert replace(limit, bound=10.0).judge(reading) is Verdict.HOLDS  # kept even so
    work = read("p99-cpu-time", trial)
    assert work.value == pytest.approx(0.11) and replace(limit, gauge="p99-cpu-time").judge(work) is Verdict.HOLDS


def test_a_slow_file_on_a_calm_machine_is_broken():
    calls = np.full((20, 500), 8.3)
    limit = Limit(gauge="p99-latency", must="<=", bound=1.0, unit="ms")
    for cpu, forced in ((8.2, 0), (8.2, 3), (0.1, 0)):  # it works long, with a switch or without; it waits by itself
        reading = read("p99-latency", with_clocks(costs(latency=calls), cpu=cpu, forced=forced, load=0.5))
        assert not reading.contended and limit.judge(reading) is Verdict.BROKEN


def test_cpu_time_is_read_of_the_other_clock():
    calls = np.full((20, 500), 2.0)
    reading = read("p99-cpu-time", with_clocks(costs(latency=calls), cpu=1.5, forced=0, load=0.5))
    assert (reading.value, reading.unit, reading.gauge) == (1.5, "ms", "p99-cpu-time")


def test_throughput_of_the_next_process_may_be_lower_than_any_seen():
    reading = read("rows-per-second", costs(throughput=[[5e4], [7e4], [6e4]]))
    assert (reading.value, reading.n, reading.unit) == (6e4, 3, "rows/s")
    assert reading.low < 5e4 and reading.high > 7e4


def test_starts_and_memory_are_bounded_alike():
    starts = read("cold-start", costs(cold_start=np.linspace(190, 210, 20)[:, None]))
    assert starts.value == pytest.approx(200) and 170 < starts.low < 190 and 210 < starts.high < 230
    memory = read("peak-memory", costs(memory=[[9e7], [9e7], [9e7]]))
    assert (memory.low, memory.value, memory.high, memory.n) == pytest.approx((9e7, 9e7, 9e7, 3))
    assert (memory.unit, memory.where) == ("B", CPU)


@pytest.mark.parametrize(("name", "probe"), [("p50-latency", "latency"), ("cold-start", "cold_start")])
def test_eighteen_processes_are_too_few_to_prove_a_limit(name, probe):
    limit = Limit(gauge=name, must="<=", bound=1.0, unit="ms")
    for processes, verdict in ((18, Verdict.UNPROVEN), (19, Verdict.HOLDS)):
        assert limit.judge(read(name, costs(**{probe: np.full((processes, 2), 0.1)}))) is verdict


@pytest.mark.parametrize("name", TIMED)
def test_what_was_not_measured_is_not_made_up(name):
    with pytest.raises(NotApplicable, match="the judge measures costs"):
        read(name, costs())


def test_a_trial_of_the_search_has_no_costs():
    with pytest.raises(NotApplicable, match="no cost was measured"):
        read("size", classes([0, 1], [0.2, 0.7]))
