"""What a file costs, in real processes: one after another, again on a busy machine, few where no limit hangs."""

import time
from contextlib import contextmanager

import numpy as np
import pytest

from trivet.core.gauges import Samples, Trial
from trivet.core.limits import Limit, Verdict
from trivet.core.registry import find_gauge
from trivet.engine import costs
from trivet.engine.machine import this_machine
from trivet.engine.outcome import Judged, outcome_of, shown
from trivet.runtime.file.container import encode
from trivet.runtime.probes import PROBES
from trivet.runtime.probes.stopwatch import Taken
from trivet.storage.disk import Storage
from trivet.testing.neighbours import neighbours
from trivet.testing.samples import tiny_work

LINE = ("prepare-table", "fit-linear")
P99 = find_gauge("p99-latency")


@pytest.fixture
def quick(monkeypatch):
    """Few short processes, and no waiting."""
    monkeypatch.setattr(PROBES["latency"], "processes", 4)
    monkeypatch.setattr(PROBES["latency"], "times", 120)
    monkeypatch.setattr(costs, "PAUSES", (0.0, 0.0))


def measured(folder, gauges=(P99,), **settings):
    work = tiny_work("binary", LINE)
    data = encode({}, work.candidate.parts, {})
    return costs.costs_of(data, work.data.choose, gauges, folder, Storage(), **settings)


def reading_of(gauge, found, sure=0.95):
    work = tiny_work("binary", LINE)
    return gauge.measure(Trial(task=work.candidate.task, rows=work.data.choose, answers={}, costs=found), sure=sure)


@contextmanager
def scripted(monkeypatch, *tries):
    """Processes that take what is written here, a try after the other; gives the list of processes that were asked."""
    asked, script = [], iter(tries)

    def measure(stand, counts):
        asked.append(dict(counts))
        return {name: next(script) for name in counts}

    monkeypatch.setattr(costs.Stand, "measure", measure)
    yield asked


def made(wall, *, load):
    """Twenty processes of ten calls that all took so long and worked for .1 ms."""
    calls = np.full(200, float(wall))
    forced = np.full(200, int(wall > 1))
    return Samples(numbers=calls, unit="ms", where=this_machine(), process=np.repeat(np.arange(20), 10), wall=calls,
                   cpu=np.full(200, 0.1), forced=forced, load=np.full(20, float(load)))  # fmt: skip


def test_every_number_has_its_process_its_clocks_and_the_load(quick, tmp_path):
    found = measured(tmp_path)["latency"]
    assert len(found.numbers) == 4 * 120 and found.process.tolist() == np.repeat(np.arange(4), 120).tolist()
    assert np.array_equal(found.wall, found.numbers) and (found.cpu > 0).all() and (found.forced >= 0).all()
    assert found.load.shape == (4,) and (found.load > 0).all()  # we run ourselves
    assert found.where == this_machine()
    assert list(tmp_path.iterdir()) == []  # nothing is left lying about


def test_a_file_without_timed_limits_starts_few_processes_and_waits_for_no_calm(monkeypatch, tmp_path):
    with scripted(monkeypatch, made(8.3, load=5)) as asked:
        measured(tmp_path, limited=["accuracy"])
    assert asked == [{"latency": costs.FEW}]
    with scripted(monkeypatch, made(0.1, load=0.5)) as asked:
        measured(tmp_path, limited=["p99-latency"])
    assert asked == [{"latency": PROBES["latency"].processes}] and asked[0]["latency"] >= 20


def test_a_gauge_that_asks_for_no_probe_starts_no_process(monkeypatch, tmp_path):
    with scripted(monkeypatch) as asked:
        found = measured(tmp_path, [find_gauge("size"), find_gauge("accuracy")])
    assert asked == [] and set(found) == {"size"}


def test_a_busy_machine_is_measured_again_and_the_calm_try_is_read(monkeypatch, quick, tmp_path):
    with scripted(monkeypatch, made(8.3, load=4.5), made(0.12, load=0.5)) as asked:
        reading = reading_of(P99, measured(tmp_path))
    assert len(asked) == 2
    assert reading.value == pytest.approx(0.12) and not reading.contended


def test_a_machine_that_stays_busy_is_left_after_three_tries_and_its_reading_breaks_nothing(
    monkeypatch, quick, tmp_path
):
    with scripted(monkeypatch, *[made(8.3, load=4.5)] * 3) as asked:
        reading = reading_of(P99, measured(tmp_path))
    assert len(asked) == 1 + len(costs.PAUSES)
    assert reading.notes == ("this machine was busy: CPU p99 100 µs, wall 8.3 ms; 4.5 threads for each core",)
    limit = Limit(gauge="p99-latency", must="<=", bound=1.0, unit="ms")
    assert reading.contended and limit.judge(reading) is Verdict.UNPROVEN


def test_no_try_is_begun_when_the_time_is_over(monkeypatch, quick, tmp_path):
    with scripted(monkeypatch, *[made(8.3, load=4.5)] * 3) as asked:
        assert reading_of(P99, measured(tmp_path, until=time.monotonic() - 1)).contended
    assert len(asked) == 1


def test_only_what_was_disturbed_is_measured_again(monkeypatch, quick, tmp_path):
    gauges, memory = [P99, find_gauge("peak-memory")], Samples(numbers=np.array([9e7]), unit="B")
    with scripted(monkeypatch, made(8.3, load=4.5), memory, made(0.1, load=0.5)) as asked:
        measured(tmp_path, gauges)
    assert [list(each) for each in asked] == [["latency", "memory"], ["latency"]]


def test_probes_share_processes_and_each_has_as_many_as_it_wants(monkeypatch, quick, tmp_path):
    monkeypatch.setattr(PROBES["memory"], "processes", 2)
    monkeypatch.setattr(PROBES["throughput"], "processes", 3)
    started = []
    run = costs.run_probe
    monkeypatch.setattr(costs, "run_probe", lambda words: (started.append(words), run(words))[1])
    monkeypatch.setattr(costs, "disturbed", lambda *_: [])
    found = measured(tmp_path, [P99, find_gauge("peak-memory"), find_gauge("rows-per-second")])
    assert len(started) == 4 and [words.count("--probe") for words in started] == [3, 3, 2, 1]
    assert {name: len(np.unique(one.process)) for name, one in found.items() if name != "size"} == {
        "latency": 4, "memory": 2, "throughput": 3,
    }  # fmt: skip
    assert found["memory"].cpu is None and (found["memory"].numbers > 1e7).all()


def test_processes_take_other_rows_in_turn(monkeypatch, tmp_path):
    monkeypatch.setattr(PROBES["latency"], "times", 30)
    rows = []
    monkeypatch.setattr(costs, "run_probe", lambda words: rows.append(words[words.index("--rows") + 1]))
    monkeypatch.setattr(Storage, "read", lambda *_: b'{"costs": {"latency": {"numbers": [1.0]}}, "load": 1.0}')
    monkeypatch.setattr(Storage, "remove", lambda *_: None)
    stand = costs.Stand(file=tmp_path / "f", sent=tmp_path / "s", n_rows=100, storage=Storage(), until=np.inf)
    stand.measure({"latency": 4})
    assert rows == ["0:30", "30:30", "60:30", "19:30"]


def test_a_stopwatch_tells_work_from_waiting():
    taken = Taken()
    taken.time(time.sleep, 0.02)
    taken.time(lambda: sum(range(400_000)))
    assert taken.wall[0] >= 20 > 5 > taken.cpu[0]
    assert taken.cpu[1] > 1 and taken.wall[1] >= 0.9 * taken.cpu[1]


@pytest.mark.slow
def test_under_real_load_the_wall_leaves_the_cpu_behind_and_the_reading_says_so(quick, tmp_path):
    """Four busy processes for each core: a cold start waits for its turns, and no limit is broken by that."""
    gauge = find_gauge("cold-start")
    with pytest.MonkeyPatch.context() as patch, neighbours(4 * this_machine().cores):
        patch.setattr(PROBES["cold-start"], "processes", 3)
        patch.setattr(type(gauge), "enough", 3)
        patch.setattr(costs, "PAUSES", ())
        found = measured(tmp_path, [gauge])
        reading = reading_of(gauge, found)
    starts = found["cold-start"]
    assert (starts.wall > 2 * starts.cpu).all() and (starts.forced > 0).all() and np.median(starts.load) > 2
    assert reading.contended and reading.notes[0].startswith("this machine was busy: CPU p50 ")
    limit = Limit(gauge="cold-start", must="<=", bound=reading.low / 2, unit="ms")
    assert limit.judge(reading) is Verdict.UNPROVEN
    assert Limit(gauge="cold-start", must="<=", bound=2 * reading.high, unit="ms").judge(reading) is Verdict.HOLDS


def test_a_verdict_on_a_busy_machine_says_why_and_asks_for_no_rows(monkeypatch, quick, tmp_path):
    with scripted(monkeypatch, *[made(8.3, load=4.5)] * 3):
        reading = reading_of(P99, measured(tmp_path))
    limit = Limit(gauge="p99-latency", must="<=", bound=1.0, unit="ms")
    one = Judged(limit=limit, reading=reading, verdict=limit.judge(reading))
    assert outcome_of([one.verdict]) == "UNPROVEN"
    assert one.note == "this machine was busy: CPU p99 100 µs, wall 8.3 ms; 4.5 threads for each core"
    assert "machine was busy" in shown(one.reading)
