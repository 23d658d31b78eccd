"""Which samples tell of a busy machine, and which of a slow file."""

from dataclasses import replace

import numpy as np
import pytest

from trivet.core.gauges import Samples
from trivet.kit.stats.contention import contention, held_up

PROCESSES, CALLS = 20, 100


def samples(wall=0.1, cpu=0.1, forced=0, load=0.5):
    """Calls of 20 processes; each given as a number or as (processes, calls), load for each process."""
    full = [np.broadcast_to(np.asarray(of, float), (PROCESSES, CALLS)).ravel() for of in (wall, cpu, forced)]
    return Samples(numbers=full[0], unit="ms", process=np.repeat(np.arange(PROCESSES), CALLS), wall=full[0],
                   cpu=full[1], forced=full[2], load=np.broadcast_to(float(load), PROCESSES))  # fmt: skip


def slow_calls(processes, calls=5, ms=8.0):
    """(processes, calls) of .1 ms, with so many slow calls in so many processes."""
    wall = np.full((PROCESSES, CALLS), 0.1)
    wall[:processes, :calls] = ms
    return wall


def test_a_calm_machine_says_nothing():
    assert contention(samples(), 0.99) == ""


def test_calls_that_had_the_cpu_taken_away_say_that_the_machine_was_busy():
    wall = slow_calls(20)
    said = contention(samples(wall, forced=wall > 1), 0.99)
    assert said == "this machine was busy: CPU p99 100 µs, wall 8 ms"


def test_the_same_waits_without_a_switch_are_the_files_own():
    wall = slow_calls(20)
    assert contention(samples(wall), 0.99) == ""
    assert contention(samples(wall, forced=wall < 1), 0.99) == ""  # switches, but in the quick calls


def test_slow_calls_that_worked_all_the_time_are_the_files_own():
    wall = slow_calls(20)
    assert contention(samples(wall, cpu=wall, forced=wall > 1), 0.99) == ""


def test_one_process_in_twenty_may_be_held_up():
    one, two = slow_calls(1), slow_calls(2)
    assert held_up(samples(one, forced=one > 1), 0.99).sum() == 1
    assert contention(samples(one, forced=one > 1), 0.99) == ""
    assert contention(samples(two, forced=two > 1), 0.99) != ""


def test_the_median_is_not_moved_by_a_few_slow_calls():
    wall = slow_calls(20)
    assert contention(samples(wall, forced=wall > 1), 0.5) == ""


def test_a_queue_longer_than_the_cores_is_enough():
    assert contention(samples(load=1.0), 0.99) == ""
    assert contention(samples(load=1.5), 0.5).endswith("1.5 threads for each core")


@pytest.mark.parametrize("of", ["wall", "cpu"])
def test_what_has_no_clocks_is_never_contended(of):
    bare = {"wall": np.ones(3), "cpu": np.ones(3), of: None}
    assert contention(Samples(numbers=np.ones(3), load=np.full(3, 9.0), **bare), 0.99) == ""


def test_calls_of_a_single_process_need_no_numbers():
    wall = np.r_[np.full(95, 0.1), np.full(5, 8.0)]
    alone = Samples(numbers=wall, unit="ms", wall=wall, cpu=np.full(100, 0.1), forced=(wall > 1).astype(float))
    assert held_up(alone, 0.99).tolist() == [True] and contention(alone, 0.99) != ""
    assert held_up(replace(alone, forced=None), 0.99).tolist() == [False]


def test_a_call_is_held_up_when_its_wall_is_more_than_twice_its_work():
    cpu = np.full(100, 0.1)
    for times, is_so in ((2.0, False), (2.01, True)):
        alone = Samples(numbers=cpu, unit="ms", wall=times * cpu, cpu=cpu, forced=np.ones(100))
        assert held_up(alone, 0.99).tolist() == [is_so]


def test_without_a_calm_queue_nobody_looked_and_a_mixed_one_is_read_in_the_middle():
    wall = np.full(100, 0.1)
    bare = Samples(numbers=wall, unit="ms", wall=wall, cpu=wall)
    assert contention(bare, 0.99) == "" and contention(replace(bare, wall=wall[:0]), 0.5) == ""
    assert contention(replace(bare, load=np.array([0.5, 0.5, 9.0])), 0.99) == ""
    assert contention(replace(bare, load=np.array([0.5, 1.5, 9.0])), 0.99).endswith("1.5 threads for each core")
    slow = replace(bare, wall=np.full(100, 3.0), forced=np.ones(100), load=np.array([0.2]))
    assert contention(slow, 0.5) == "this machine was busy: CPU p50 100 µs, wall 3 ms"


def test_one_slow_call_that_had_the_cpu_taken_away_is_enough():
    wall = np.r_[np.full(95, 0.1), np.full(5, 8.0)]
    forced = np.zeros(100)
    forced[97] = 1
    made = Samples(numbers=wall, unit="ms", wall=wall, cpu=np.full(100, 0.1), forced=forced)
    assert held_up(made, 0.99).tolist() == [True]


def test_a_queue_that_is_as_long_as_the_cores_is_not_told():
    wall = slow_calls(20)
    assert (
        contention(samples(wall, forced=wall > 1, load=1.0), 0.99) == "this machine was busy: CPU p99 100 µs, wall 8 ms"
    )
