"""Samples of several processes put together, and which probes a busy machine disturbed, without any process."""

import json
import time
from types import SimpleNamespace

import numpy as np
import pytest

from trivet.core.gauges import Samples
from trivet.core.registry import find_gauge
from trivet.engine import costs
from trivet.engine.machine import this_machine
from trivet.runtime.probes.stopwatch import Taken
from trivet.storage.disk import Storage
from trivet.testing.trials import made_rows

P99, SIZE = find_gauge("p99-latency"), find_gauge("size")


def test_numbers_of_processes_stand_one_after_the_other_with_their_clocks_and_loads():
    one = Taken(numbers=[1.0, 2.0], wall=[3.0, 4.0], cpu=[5.0, 6.0], forced=[0, 7])
    two = Taken(numbers=[8.0], wall=[9.0], cpu=[10.0], forced=[11])
    found = costs.samples_of("ms", [(one, 0.5), (two, 1.5)])
    assert found.numbers.tolist() == [1, 2, 8] and found.process.tolist() == [0, 0, 1]
    assert (found.wall.tolist(), found.cpu.tolist(), found.forced.tolist()) == ([3, 4, 9], [5, 6, 10], [0, 7, 11])
    assert found.load.tolist() == [0.5, 1.5] and found.unit == "ms" and found.where == this_machine()
    counted = costs.samples_of("B", [(Taken(numbers=[1.0]), 0.5), (two, 1.5)])
    assert counted.wall is None and counted.cpu is None and counted.forced is None
    assert counted.numbers.dtype == np.float64 and counted.load.tolist() == [0.5, 1.5]


def samples(is_busy):
    wall = np.full(40, 8.0 if is_busy else 0.1)
    return Samples(numbers=wall, unit="ms", process=np.arange(40) // 20, wall=wall, cpu=np.full(40, 0.1),
                   forced=np.ones(40), load=np.array([0.1, 0.1]))  # fmt: skip


def test_only_gauges_of_processes_are_disturbed_and_each_probe_is_named_once():
    busy = {"latency": samples(True), "size": Samples(numbers=np.ones(1))}
    plain = SimpleNamespace(needs_probes=("latency",))  # no gauge of a process's cost: it cannot say that it was busy
    assert costs.disturbed(busy, [P99, find_gauge("p50-latency"), SIZE, plain]) == ["latency"]
    assert costs.disturbed({"latency": samples(False)}, [P99]) == []
    assert costs.disturbed(busy, []) == []


def test_rows_are_one_json_object_a_line():
    rows = made_rows("binary", "good", 3)
    lines = costs.lines_of(rows).decode().splitlines()
    assert [json.loads(line) for line in lines] == rows.dicts() and len(lines) == 3


@pytest.fixture
def stand(monkeypatch, tmp_path):
    """A stand whose processes write down what they were asked, on a clock that stands still; (stand, asked, clock)."""
    asked, clock = [], SimpleNamespace(now=10.0)

    def run_probe(words):
        asked.append(words)
        names = [words[at + 1].partition("=")[0] for at, word in enumerate(words) if word == "--probe"]
        taken = {name: {"numbers": [1.0], "wall": [1.0], "cpu": [1.0], "forced": [0]} for name in names}
        Storage().publish(tmp_path / "costs.jsonl", json.dumps({"costs": taken, "load": 0.25}).encode(), private=True)
        return {}

    monkeypatch.setattr(costs, "run_probe", run_probe)
    monkeypatch.setattr(time, "monotonic", lambda: clock.now)
    made = costs.Stand(file=tmp_path / "f", sent=tmp_path / "s", n_rows=100, storage=Storage(), until=20.0)
    return made, asked, clock


def test_a_probe_has_as_many_processes_as_it_wants_and_after_its_time_only_a_few(stand):
    made, asked, clock = stand
    found = made.measure({"latency": 5})
    assert len(asked) == 5 and found["latency"].process.tolist() == [0, 1, 2, 3, 4]
    assert found["latency"].load.tolist() == [0.25] * 5
    clock.now = 20.0
    assert len(made.measure({"latency": 5})["latency"].load) == 5
    clock.now = 20.1
    assert len(made.measure({"latency": 5})["latency"].load) == costs.FEW == 3
    assert len(made.measure({"latency": 2})["latency"].load) == 2
    assert not (made.got).exists() and made.got.name == "costs.jsonl"


def test_processes_take_rows_in_turn_and_all_of_them_where_a_probe_wants_all(stand):
    made, asked, _ = stand
    made.measure({"latency": 4})
    times, rows = costs.PROBES["latency"].times, costs.PROBES["latency"]().rows
    most = min(100, rows)
    for turn, words in enumerate(asked):
        first = turn * most % (100 - most + 1)
        assert words[3:] == ["--probe", f"latency={times}", "--rows", f"{first}:{most}", "--silent"]
        assert words[:3] == [str(made.file), str(made.sent), str(made.got)]
    asked.clear()
    made.within({"throughput": costs.PROBES["throughput"]()}, 3)
    wanted = costs.PROBES["throughput"]().rows
    assert asked[0][-2] == (
        "0:100" if wanted is None else f"{3 * min(100, wanted) % (101 - min(100, wanted))}:{wanted}"
    )


def test_a_file_without_gauges_of_time_has_its_size_alone(stand, tmp_path):
    _, asked, _ = stand
    rows = made_rows("binary", "good", 5)
    found = costs.costs_of(b"12345", rows, [SIZE], tmp_path, Storage())
    assert set(found) == {"size"} and found["size"].numbers.tolist() == [5.0] and found["size"].unit == "B"
    assert asked == []


@pytest.mark.parametrize(("limited", "processes"), [(None, 20), (["p99-latency"], 20), ([], 3), (["size"], 3)])
def test_what_no_limit_names_is_told_from_a_few_processes(stand, tmp_path, limited, processes):
    _, asked, _ = stand
    found = costs.costs_of(b"1", made_rows("binary", "good", 5), [P99, SIZE], tmp_path, Storage(), limited=limited)
    assert (
        len(asked) == len(found["latency"].load) == processes == (costs.PROBES["latency"].processes, 3)[processes < 9]
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("until", "busy", "tries"),
    [(float("inf"), 9, 3), (float("inf"), 1, 2), (float("inf"), 0, 1), (12.0, 9, 2), (10.5, 9, 1), (11.0, 9, 2)],
)
def test_a_disturbed_cost_is_tried_again_while_there_is_time(stand, tmp_path, monkeypatch, until, busy, tries):
    _, asked, clock = stand
    left = iter([["latency"]] * busy + [[]] * 9)
    monkeypatch.setattr(costs, "disturbed", lambda *_: next(left))
    slept = []

    def sleep(seconds):
        slept.append(seconds)
        clock.now += seconds

    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(costs.PROBES["latency"], "processes", 1)
    costs.costs_of(b"1", made_rows("binary", "good", 5), [P99], tmp_path, Storage(), until=until)
    assert len(asked) == tries and slept == [1.0, 4.0][: tries - 1]


def test_a_start_is_watched_from_outside_with_the_load_before_and_after(stand, monkeypatch):
    made, asked, _ = stand
    loads = iter([0.5, 1.5])
    monkeypatch.setattr(costs, "runnable_per_core", lambda: next(loads))
    probes = {"cold-start": costs.PROBES["cold-start"](), "latency": costs.PROBES["latency"]()}
    found = made.turn(probes, 0)
    assert set(found) == {"cold-start", "latency"} and len(asked) == 2
    assert found["cold-start"][1] == 1.0 and found["latency"][1] == 0.25
    assert asked[1] == [*made.words, "--first"] and "--probe" in asked[0]
    assert not any("cold-start" in word for word in asked[0])
    assert len(found["cold-start"][0].numbers) == len(found["cold-start"][0].cpu) == 1
