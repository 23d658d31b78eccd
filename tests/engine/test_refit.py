"""What ships was fitted once more, on the rows that compared, too; readings of the search stay as they were."""

from dataclasses import replace

import pytest
from sklearn.datasets import load_breast_cancer

from trivet.core.candidate import Work
from trivet.core.lock import Lock
from trivet.core.recipe import DataSpec, Recipe, parse_recipe
from trivet.core.registry import parse_limit, parse_step
from trivet.data.intake import take_in
from trivet.engine import refit
from trivet.engine.chance import Odds, Point
from trivet.engine.compile import compile_recipe
from trivet.engine.failure import Failure, JobCut, JobFailed
from trivet.engine.refit import shipped
from trivet.runtime.file.container import decode
from trivet.testing.samples import context, tiny_work

pytestmark = pytest.mark.slow  # whole builds

LINE = ("prepare-table", "fit-linear", "fit-temperature")
POINT = Point(route="linear", steps=LINE, candidate="before", readings={}, costs={"size": 1000.0})


def cancer() -> dict[str, list]:
    bunch = load_breast_cancer()
    columns = {name.replace(" ", "_"): bunch.data[:, at].tolist() for at, name in enumerate(bunch.feature_names)}
    return {**columns, "answer": ["malignant" if y == 0 else "benign" for y in bunch.target]}


def recipe(**more) -> Recipe:
    limits = (parse_limit("auroc >= 0.9"),)
    return Recipe(data=DataSpec(source="", target="answer"), limits=limits, steps=LINE, **more)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A build as it is, and one whose lock says that there was no time for the refit."""
    late = Lock(units=5.0, cut=("refit: " + " | ".join(LINE),))
    recipes = {"refit": recipe(), "late": recipe(lock=late)}
    store = tmp_path_factory.mktemp("store")
    return {name: compile_recipe(wanted, cancer(), store=store) for name, wanted in recipes.items()}


def test_the_file_says_on_which_rows_it_was_fitted(built):
    manifests = {name: decode(file.data).manifest for name, file in built.items()}
    assert manifests["refit"]["data"]["fitted_on"] == ["fit", "choose"]
    assert manifests["late"]["data"]["fitted_on"] == ["fit"]
    assert built["refit"].why.endswith("; fitted once more on fit and choose rows")
    assert built["late"].why.endswith("; not fitted once more on fit and choose rows: the time was over")


def test_what_ships_is_what_the_route_makes_of_fit_and_choose_rows(built, tmp_path):
    dataset = take_in(recipe(), cancer()).dataset
    whole = dataset.with_({"fit": dataset.fit.and_(dataset.choose)})
    for name, rows in (("refit", whole), ("late", dataset)):
        parts = decode(built[name].data).parts
        work = Work(candidate=tiny_work("binary").candidate.without("reader", "body"), data=rows)
        work = Work(candidate=replace(work.candidate, task=take_in(recipe(), cancer()).task), data=rows)
        for step in LINE:
            work = parse_step(step).run(work, context(tmp_path))  # nothing in this route is left to chance
        assert work.candidate.parts["body"].digest == parts["body"].digest


def test_the_readings_of_the_search_are_those_from_before_the_refit(built):
    frontiers = [decode(file.data).manifest["frontier"] for file in built.values()]
    assert frontiers[0][0]["readings"] == frontiers[1][0]["readings"]
    lineages = [decode(file.data).manifest["lineage"] for file in built.values()]
    assert [step["readings"] for step in lineages[0]] == [step["readings"] for step in lineages[1]]


@pytest.mark.parametrize("name", ["refit", "late"])
def test_the_lock_makes_the_same_body_again(built, name, tmp_path):
    manifest = decode(built[name].data).manifest
    again = parse_recipe(manifest["recipe"].replace('source = ""', 'source = "x"'))
    again = replace(again, data=recipe().data)
    assert compile_recipe(again, cancer(), store=tmp_path, threads=2).body_digest == built[name].body_digest


class Attempt:
    """The steps of a build whose refit ends in a given way."""

    def __init__(self, end: Exception | None = None) -> None:
        self.end, self.cut = end, set()

    def refit(self, point):
        if self.end is not None:
            raise self.end
        return [({"candidate": "after", "tune": "tune"}, [f"note of {step}"]) for step in point.steps]

    def walk(self, steps, clock):
        return [({"candidate": "before", "tune": "tune"}, []) for _ in steps]

    def candidate(self, digest):
        return digest

    def rows(self, digest):
        return tiny_work("binary").data.tune


@pytest.mark.parametrize(("after", "ships"), [(1500.0, "after"), (2500.0, "before")])
def test_a_refit_that_would_break_a_cost_limit_is_left_out(monkeypatch, after, ships):
    monkeypatch.setattr(refit, "forecast", lambda candidate, overhead: {"size": after})
    odds = Odds(limits=(parse_limit("size <= 2 kB"),), n_vault=100)
    found = shipped(POINT, Attempt(), odds, overhead=0)
    assert found.candidate == ships
    assert found.rows == (("fit", "choose") if ships == "after" else ("fit",))
    assert found.kept_for == ("" if ships == "after" else "size <= 2 kB would not be kept")


def test_a_refit_that_fails_leaves_the_candidate_of_the_search_and_one_that_is_late_is_noted_for_the_lock():
    odds = Odds(limits=(), n_vault=100)
    failed, late = Attempt(JobFailed(Failure(did="fit-linear", kind="raised", why="no"))), Attempt(JobCut())
    without = shipped(POINT, failed, odds, overhead=0)
    assert (without.candidate, without.kept_for) == ("before", "fit-linear failed") and not failed.cut
    without = shipped(POINT, late, odds, overhead=0)
    assert (without.candidate, without.kept_for) == ("before", "the time was over")
    assert late.cut == {"refit: " + " | ".join(LINE)}


def test_rows_of_two_parts_are_the_rows_that_one_choice_would_have_given():
    rows = tiny_work("binary").data.fit
    odd, even = (rows.take([at for at in range(len(rows)) if at % 2 == side]) for side in (1, 0))
    assert odd.and_(even).digest == rows.digest


def test_bags_are_taught_tune_rows_too_and_what_the_vault_sets_is_seen_on_answers_out_of_fold(tmp_path):
    line = ("prepare-table", "fit-bags(members=slow-trees+linear, folds=3)", "fit-temperature", "guard-sets")
    limits = (parse_limit("auroc >= 0.9"), parse_limit("coverage >= 0.8"))
    wanted = Recipe(data=DataSpec(source="", target="answer"), limits=limits, steps=line)
    file = compile_recipe(wanted, cancer(), store=tmp_path / "store")
    manifest = decode(file.data).manifest
    assert manifest["data"]["fitted_on"] == ["fit", "choose", "tune"]
    assert "; fitted once more on fit and choose rows and, in folds, tune rows" in file.why
    assert file.is_proven
    again = compile_recipe(wanted, cancer(), store=tmp_path / "store")
    assert again.body_digest == file.body_digest
