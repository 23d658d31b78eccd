"""What is measured of a file, and that the judge and the search ask the same and read alike."""

from importlib.metadata import EntryPoint

import pytest

from trivet.core import registry
from trivet.core.errors import NotApplicable
from trivet.core.registry import find_gauge
from trivet.engine import costs
from trivet.engine.costs import costs_of
from trivet.engine.judge import try_file
from trivet.engine.measure import Here, gauges_for, probes_for, readings_of, standard_gauges
from trivet.kit.constant import baselines
from trivet.runtime.file.container import encode
from trivet.storage.disk import Storage
from trivet.testing.samples import tiny_work
from trivet.testing.trials import sketch_of

LINE = ("prepare-table", "fit-linear")


@pytest.fixture
def steadiness(monkeypatch):
    """The made gauge, as if another distribution had registered it."""
    point = EntryPoint(name="steadiness", value="steadiness", group="trivet.gauges")
    caches = (registry.places, registry.find, registry.why_unusable)
    monkeypatch.setattr(registry, "outside", lambda group: [point] if group == point.group else [])
    for cached in caches:
        cached.cache_clear()
    yield "steadiness(noise=0.5)"
    monkeypatch.undo()
    for cached in caches:
        cached.cache_clear()


def seen_of(work, gauges, folder, **settings):
    data = encode({}, work.candidate.parts, {})
    return try_file(data, work.candidate.task, work.data.choose, gauges, folder, Storage(), **settings)


def test_the_judge_and_the_search_ask_the_same_and_read_alike(steadiness, tmp_path):
    work = tiny_work("binary", LINE)
    task, rows = work.candidate.task, work.data.choose
    gauges = [find_gauge(text) for text in (steadiness, "accuracy", "steadiness(noise=3.0)", "auroc(positive=ill)")]
    seen = seen_of(work, gauges, tmp_path)
    judged = readings_of(gauges, task, rows, seen.answers, sure=0.95)
    here = Here(work.candidate, rows)
    assert judged == tuple(here.reading(gauge, sure=0.95) for gauge in gauges)
    assert [one.gauge for one in judged] == [str(gauge) for gauge in gauges]
    values = {one.gauge: one.value for one in judged}
    assert values["steadiness(noise=3.0)"] < values["steadiness(noise=0.5)"] < 1
    assert list(tmp_path.iterdir()) == []  # rows and answers are not left lying about


def test_a_constant_answer_is_steady_whatever_is_asked(steadiness):
    work = tiny_work("binary")
    rows = work.data.choose
    constant = registry.find_goal("classify").constant(work.candidate.task, work.data.fit)
    assert baselines(work.candidate.task, constant, rows, [steadiness]) == {steadiness: 1.0}


def test_only_probes_that_a_gauge_needs_are_run_and_quantiles_share_their_samples(tmp_path, monkeypatch):
    asked = []
    run = costs.run_probe
    monkeypatch.setattr(costs, "run_probe", lambda words: (asked.append(words), run(words))[1])
    work = tiny_work("binary", LINE)
    monkeypatch.setattr(costs.PROBES["latency"], "times", 30)
    gauges = [*map(find_gauge, ("p50-latency", "p99-latency", "size", "accuracy"))]
    seen = seen_of(work, gauges, tmp_path, limited=())
    assert set(seen.costs) == {"latency", "size"} and len(seen.costs["latency"].numbers) == costs.FEW * 30
    assert len(asked) == costs.FEW and all(words.count("--probe") == 1 for words in asked)
    with pytest.raises(NotApplicable, match="the probe cold-start measured nothing"):
        readings_of([find_gauge("cold-start")], work.candidate.task, work.data.choose, seen.answers, sure=0.95,
                    costs=seen.costs, wanted=["cold-start"])  # fmt: skip


def test_starts_that_are_watched_are_processes_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr(costs.PROBES["cold-start"], "processes", costs.FEW + 1)
    monkeypatch.setattr(costs, "PATIENCE", 0.0)
    work, gauges = tiny_work("binary", LINE), [find_gauge("cold-start")]
    found = costs_of(encode({}, work.candidate.parts, {}), work.data.choose, gauges, tmp_path, Storage(), until=0.0)
    starts = found["cold-start"]
    assert len(starts.numbers) == costs.FEW and starts.where is not None  # no more were begun: the time was over
    assert starts.process.tolist() == [0, 1, 2] and (starts.cpu > 30).all()  # of the child, which imports numpy


def test_the_standard_set_follows_the_goal_and_the_guard():
    plain, guarded = sketch_of("binary", guard=False), sketch_of("binary")
    assert [*dict.fromkeys(standard_gauges(plain))] == ["auroc", "accuracy", "balanced-accuracy", "size", "p50-latency"]
    assert {"coverage", "set-size"} == set(standard_gauges(guarded)) - set(standard_gauges(plain))
    numbers = standard_gauges(sketch_of("regression"))
    assert [*dict.fromkeys(numbers)] == ["r2", "mae", "coverage", "interval-width", "size", "p50-latency"]


def test_what_cannot_be_measured_is_left_out_and_nothing_comes_twice():
    gauges = gauges_for(sketch_of("regression"), ["mae", "auroc", "mae", "mae(among=site)"])
    assert [str(gauge) for gauge in gauges] == ["mae", "mae(among=site)"]
    assert probes_for(map(find_gauge, ("p50-latency", "p99-latency", "auroc"))) == ("latency",)
