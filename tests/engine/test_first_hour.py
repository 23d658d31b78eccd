"""What a build says and keeps in a user's first hour; each test carries the number of the promise it stands for."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes

from trivet.core.errors import BadLimit, TrivetError
from trivet.core.limits import Verdict
from trivet.core.lock import Lock
from trivet.core.reading import Reading
from trivet.core.recipe import DataSpec, Recipe, parse_recipe
from trivet.core.registry import parse_limit
from trivet.engine.aim import Aim
from trivet.engine.chance import ENOUGH, Odds, Point
from trivet.engine.compile import compile_recipe
from trivet.engine.deadline import Deadline
from trivet.engine.failure import JobCut, JobFailed
from trivet.engine.frontier import finalists, why_this_one
from trivet.engine.outcome import Certified, Infeasible
from trivet.engine.prepare import prepare
from trivet.engine.progress import Progress
from trivet.engine.worker_process import Worker
from trivet.runtime.file.container import decode

LINE = ("prepare-table", "fit-linear", "fit-temperature")


def cancer() -> dict[str, list]:
    bunch = load_breast_cancer()
    columns = {name.replace(" ", "_"): bunch.data[:, at].tolist() for at, name in enumerate(bunch.feature_names)}
    return {**columns, "answer": ["malignant" if y == 0 else "benign" for y in bunch.target]}


def diabetes() -> dict[str, list]:
    bunch = load_diabetes()
    columns = {name: bunch.data[:, at].tolist() for at, name in enumerate(bunch.feature_names)}
    return {**columns, "answer": bunch.target.tolist()}


def recipe(*limits: str, **more) -> Recipe:
    settings = {"seconds": 300.0, "steps": LINE, **more}
    return Recipe(data=DataSpec(source="", target="answer"), limits=tuple(map(parse_limit, limits)), **settings)


def made_point(name: str, mae: float, coverage: float, *, kilobytes: float = 20, n: int = 400) -> Point:
    """A candidate with a given error and coverage, whose intervals are as wide as 400 rows make them."""
    half = 1.96 * np.sqrt(coverage * (1 - coverage) / n)
    readings = {
        "mae": Reading(gauge="mae", value=mae, low=0.9 * mae, high=1.1 * mae, n=n),
        "coverage": Reading(gauge="coverage", value=coverage, low=coverage - half, high=min(coverage + half, 1), n=n),
    }
    steps = ("prepare-table", "fit-linear", f"guard-interval(coverage={coverage})")
    return Point(route=name, steps=steps, candidate=name, readings=readings, costs={"size": 1e3 * kilobytes})


def test_05_5_among_candidates_likely_enough_to_be_proven_the_main_gauge_decides():
    odds = Odds(limits=(parse_limit("mae <= 1.5"), parse_limit("coverage >= 0.9")), n_vault=800)
    better, surer = made_point("linear", 0.052, 0.936), made_point("glass-box", 0.095, 0.97, kilobytes=84)
    assert odds.chance(better) > ENOUGH  # the judge sets its intervals, so that it is not passed over for its coverage
    assert [point.route for point in finalists([surer, better], odds, Aim(gauge="mae"))] == ["linear", "glass-box"]
    why = why_this_one(better, [surer, better], odds, Aim(gauge="mae"), [])
    assert "linear has mae 0.0520" in why and "the best of 2 candidates, out of 2 tried" in why


@pytest.mark.slow
def test_05_5_the_file_says_why_it_is_this_candidate(tmp_path):
    outcome = compile_recipe(recipe("auroc >= 0.7"), cancer(), store=tmp_path)
    assert outcome.why == decode(outcome.data).evidence["why"]
    assert outcome.why.startswith("recipe has auroc 0.9")


class Heard(Progress):
    """Remembers what was said, and during which stage."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, str]] = []

    def note(self, text: str) -> None:
        self.heard.append((self.stages[-1][0], text))


def leaking() -> dict[str, list]:
    """The target in other words, and a column that nearly gives it away."""
    table = cancer()
    rng = np.random.default_rng(0)
    ill = np.array([answer == "malignant" for answer in table["answer"]])
    nearly = np.where(rng.random(len(ill)) < 0.002, ~ill, ill) + rng.normal(0, 0.01, len(ill))
    return {"copy": np.where(ill, "yes", "no").tolist(), "nearly": nearly.tolist(), **table}


@pytest.mark.slow
def test_05_6_findings_are_told_once_before_the_search_and_stand_beside_the_verdict(tmp_path):
    progress = Heard()
    outcome = compile_recipe(recipe("auroc >= 0.9"), leaking(), store=tmp_path, progress=progress)
    told = [(stage, text) for stage, text in progress.heard if "target-copy(copy)" in text]
    assert [stage for stage, _ in told] == ["reading"]
    assert sum("leaking-column(nearly)" in text for _, text in progress.heard) == 1
    assert outcome.told.alerts == ("target-copy(copy)",)
    assert {"target-copy", "leaking-column"} <= {finding.code for finding in outcome.told.grave}
    manifest = decode(outcome.data).manifest
    assert manifest["alerts"] == ["target-copy(copy)"]


@pytest.mark.slow
@pytest.mark.parametrize(("table", "limit", "gauge"), [
    (cancer, "accuracy >= 0.7", "accuracy"), (cancer, "auroc >= 0.7", "auroc"), (diabetes, "r2 >= 0.1", "r2"),
    (diabetes, "mae <= 60", "mae"),
])  # fmt: skip
def test_05_7_every_quality_reading_stands_beside_the_constant_answer(table, limit, gauge, tmp_path):
    data = table()
    steps = LINE if table is cancer else LINE[:2]
    outcome = compile_recipe(recipe(limit, steps=steps), data, store=tmp_path)
    readings = {reading.gauge: reading for reading in outcome.readings}
    answers = data["answer"]
    majority = max(answers.count(word) for word in set(answers)) / len(answers) if table is cancer else 0.0
    expected = {"accuracy": majority, "auroc": 0.5, "r2": 0.0}.get(gauge)
    if expected is not None:
        assert readings[gauge].baseline == pytest.approx(expected, abs=0.05)  # shares of fit and vault differ a little
    else:
        spread = np.abs(np.array(answers) - np.median(answers)).mean()
        assert readings[gauge].baseline == pytest.approx(spread, rel=0.15)
    assert readings["size"].baseline is None


@pytest.mark.slow
def test_05_7_a_limit_that_the_constant_answer_keeps_is_told_as_asking_nothing(tmp_path):
    progress = Heard()
    outcome = compile_recipe(recipe("accuracy >= 0.5"), cancer(), store=tmp_path, progress=progress)
    assert any("asks nothing of a model: always 'benign'" in text for _, text in progress.heard)
    assert outcome.judged[0].note == "so does the constant answer"


@pytest.mark.slow
def test_05_7_a_build_without_limits_still_has_a_main_gauge_and_a_baseline(tmp_path):
    outcome = compile_recipe(recipe(), cancer(), store=tmp_path)
    (main,) = [reading for reading in outcome.readings if reading.gauge == outcome.main]
    assert main.gauge == "auroc" and main.baseline == 0.5


@pytest.mark.slow
def test_05_10_a_deadline_ends_the_search_and_the_lock_makes_the_same_body_again(tmp_path):
    """The clock is set so that the search has time for its first candidate only."""
    hurried = recipe("auroc >= 0.9999", steps=("auto",), seconds=2.0)
    first = compile_recipe(hurried, cancer(), store=tmp_path / "hurried")
    file = first if isinstance(first, Certified) else None
    first = first if file else compile_recipe(hurried, cancer(), store=tmp_path / "hurried", best_effort=True).file
    again = parse_recipe(decode(first.data).manifest["recipe"].replace('source = ""', 'source = "x"'))
    again = replace(again, data=hurried.data)
    assert again.lock is not None and 0 < again.lock.units < 2.0
    second = compile_recipe(again, cancer(), store=tmp_path / "again", threads=2, best_effort=file is None)
    second = second if isinstance(second, Certified) else second.file
    assert second.body_digest == first.body_digest


@pytest.mark.slow
def test_05_10_with_a_lock_the_clock_ends_nothing(tmp_path):
    locked = recipe("auroc >= 0.5", seconds=0.01, lock=Lock(units=5.0))
    outcome = compile_recipe(locked, cancer(), store=tmp_path)
    assert isinstance(outcome, Certified) and not outcome.told.notices[1:]


def test_05_10_a_long_step_is_stopped_and_a_late_one_too(tmp_path):
    sleeper = Worker(tmp_path)
    sleeper.start = lambda: subprocess.Popen(  # type: ignore[method-assign]
        [sys.executable, "-c", "import time; time.sleep(60)"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    start = time.monotonic()
    with pytest.raises(JobFailed, match=r"longer than its share of the time, 0\.2 s") as caught:
        sleeper.ask({"do": "step"}, longest=0.2)
    assert caught.value.failure.again  # another machine may be faster
    with pytest.raises(JobCut):
        sleeper.ask({"do": "step"}, until=time.monotonic() + 0.5)
    assert time.monotonic() - start < 10


def test_05_10_a_step_that_was_cut_is_named_in_the_lock_and_cut_again_from_it(tmp_path):
    lock = Lock(units=5.0, cut=("prepare-table | fit-linear",))
    outcome = compile_recipe(recipe("auroc >= 0.5", lock=lock), cancer(), store=tmp_path)
    assert isinstance(outcome, Infeasible)  # the only route there is was given up
    assert "none of 1 candidates" in outcome.why


def test_05_10_a_search_is_over_before_the_build_is():
    deadline = Deadline.after(60.0, began=100.0, judging=10.0)
    assert (deadline.search_ends, deadline.gives_up, deadline.ends) == (145.0, 151.0, 160.0)
    assert deadline.refit_ends == 150.0  # a tenth of the 50 s to search is kept for it
    assert deadline.longest_step == 25.0
    assert not Deadline().is_over()


@pytest.mark.parametrize(("limits", "code"), [
    (("auroc >= 0.9", "auroc <= 0.8"), "limit-contradiction"), (("auroc <= 0.8",), "limit-vacuous"),
    (("size >= 10 kB",), "limit-vacuous"), (("accuracy >= 0",), "limit-vacuous"),
])  # fmt: skip
def test_05_11_contradictory_and_vacuous_limits_are_refused_before_any_row_is_read(limits, code, tmp_path):
    unread = replace(recipe(*limits), data=DataSpec(source=str(tmp_path / "absent.csv"), target="answer"))
    with pytest.raises(BadLimit) as caught:
        prepare(unread, threads=1)
    assert caught.value.code == code


def test_05_11_all_wishes_that_are_wrong_are_told_at_once():
    with pytest.raises(TrivetError) as caught:
        prepare(recipe("auroc >= 0.9", "auroc <= 0.8", "size >= 10 kB"), cancer(), threads=1)
    assert [error.code for error in caught.value.errors] == ["limit-contradiction", "limit-vacuous"]


@pytest.mark.parametrize("limit", ["peak-memory <= 256 kB", "size <= 10 B", "size <= 600 B", "cold-start <= 1 us"])
def test_05_11_impossible_limits_are_answered_without_a_search(limit, tmp_path):
    outcome = compile_recipe(recipe(limit), cancer(), store=tmp_path / "store")
    assert isinstance(outcome, Infeasible)
    assert "cannot be kept" in outcome.why and "allow about" in outcome.next_step
    assert not (tmp_path / "store").exists()  # nothing was begun


def test_05_11_no_advice_lies_below_what_a_constant_answer_reaches(tmp_path):
    rng = np.random.default_rng(1)
    noise = {"x": rng.normal(size=400).tolist(), "answer": rng.choice(["a", "b"], 400, p=[0.9, 0.1]).tolist()}
    outcome = compile_recipe(recipe("accuracy >= 0.99"), noise, store=tmp_path)
    assert isinstance(outcome, Infeasible)
    assert "allow accuracy" not in outcome.next_step
    assert "no bound on accuracy that asks more than a constant answer" in outcome.next_step


@pytest.mark.slow
def test_05_12_a_best_effort_brings_the_nearest_file_along_marked_broken(tmp_path):
    wish = recipe("auroc >= 0.99999", "size <= 6 kB")
    assert compile_recipe(wish, cancer(), store=tmp_path).file is None
    outcome = compile_recipe(wish, cancer(), store=tmp_path, best_effort=True)
    assert isinstance(outcome, Infeasible) and outcome.file is not None
    assert decode(outcome.file.data).evidence["outcome"] == outcome.file.outcome == "BROKEN"
    assert Verdict.BROKEN in {one.verdict for one in outcome.file.judged}


def test_a_verdict_is_broken_only_when_the_whole_interval_breaks_the_limit():
    limit = parse_limit("accuracy >= 0.9")
    readings = [Reading(gauge="accuracy", value=v, low=v - 0.02, high=v + 0.02) for v in (0.95, 0.91, 0.89, 0.85)]
    assert [str(limit.judge(reading)) for reading in readings] == ["HOLDS", "UNPROVEN", "UNPROVEN", "BROKEN"]


def test_the_store_of_a_path_is_not_made_by_a_refusal(tmp_path: Path):
    with pytest.raises(TrivetError):
        compile_recipe(recipe("auroc <= 0.8"), cancer(), store=tmp_path / "store")
    assert not (tmp_path / "store").exists()
