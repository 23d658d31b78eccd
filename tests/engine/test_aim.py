"""Once limits are likely to hold, the search improves the aim under them; what it picks is not mere luck."""

import dataclasses
import hashlib
import itertools
import math

import pytest

from trivet.core.errors import TrivetError
from trivet.core.passes import Size
from trivet.core.reading import Reading
from trivet.core.recipe import DataSpec, Recipe, parse_recipe
from trivet.core.registry import parse_limit, parse_step
from trivet.core.routes import Route
from trivet.core.task import Field
from trivet.engine.aim import Aim
from trivet.engine.chance import ENOUGH, SURE, Odds, Point
from trivet.engine.course import Course, sentence
from trivet.engine.frontier import finalists, why_this_one
from trivet.engine.plan import aim_of, gauges_of, main_gauge, make_plan
from trivet.engine.routes import routes_for
from trivet.engine.search import Evaluate, Search
from trivet.testing.tasks import made_task

TASK = made_task("classify", ("no", "yes"), inputs=(Field(name="age", type="number"),), modality="table")
SIZE = Size(rows=500, columns=5, scores=1)
AUROC = Aim(gauge="auroc")


def made_point(name: str, auroc: float, kilobytes: float = 20, *, half: float = 0.01, coverage: float = 0.95) -> Point:
    """A point with a given AUROC and size; its intervals are `half` wide on either side."""
    readings = {
        "auroc": Reading(gauge="auroc", value=auroc, low=auroc - half, high=auroc + half, n=400),
        "coverage": Reading(gauge="coverage", value=coverage, low=coverage - 0.02, high=coverage + 0.02, n=400),
    }
    costs = {"size": 1e3 * kilobytes, "p50-latency": 0.01 * kilobytes}
    return Point(route=name, steps=("prepare-table",), candidate=name, readings=readings, costs=costs)


def landscape(route: Route) -> Point | None:
    """Boosted trees get better with leaves and trees, and larger; every other route is as good as its name says."""
    if route.name == "net":
        return None
    luck = int(hashlib.sha256(str(route.steps).encode()).hexdigest()[:6], 16) / 16**6 - 0.5
    reached, kilobytes = {"linear": (0.80, 5.0), "glass-box": (0.85, 40.0)}.get(route.name, (0.82, 30.0))
    if route.name == "trees":
        trees = parse_step(next(step for step in route.steps if step.startswith("fit-trees")))
        grown = math.log(trees.trees / 20) / math.log(30) + math.log(trees.leaves / 4) / math.log(16)  # 0 to 2
        reached, kilobytes = 0.82 + 0.06 * grown, trees.trees * trees.leaves / 50
    point = made_point(route.name, reached + 0.002 * luck, kilobytes)
    return dataclasses.replace(point, candidate=str(route.steps), steps=route.steps)


def searched(
    units: float, *limits: str, aim: Aim = AUROC, evaluate: Evaluate | None = None, **more
) -> tuple[Search, Course]:
    search = Search(
        routes=routes_for(TASK, SIZE)[0],
        odds=Odds(limits=tuple(map(parse_limit, limits)), n_vault=400),
        aim=aim,
        size=SIZE,
        units=units,
        seed=0,
        evaluate=evaluate or (lambda batch: [landscape(route) for route in batch]),
        **more,
    )
    return search, search.run()


def shipped(search: Search) -> Point:
    return finalists(search.points, search.odds, search.aim)[0]


def starters_alone(search: Search) -> list[Point]:
    starters = {route.steps for route in search.routes if route.is_starter}
    return [point for point in search.points if point.steps in starters]


def test_exploring_beats_every_starter_by_more_than_noise():
    search, story = searched(200, "auroc >= 0.75", "size <= 1 MB")
    best = AUROC.best(starters_alone(search))
    assert AUROC.height(shipped(search)) > AUROC.height(best) + AUROC.noise(best)
    assert story.first is not None and story.first.trial == 1 and story.first.route == "linear"
    assert story.as_json(shipped(search))["final"]["value"] > story.first.number


def test_the_aim_is_improved_under_the_limits_and_never_over_them():
    search, _ = searched(200, "auroc >= 0.75", "size <= 60 kB")
    assert max(point.costs["size"] for point in search.points) > 60e3  # the better ones are too large
    ships = shipped(search)
    assert ships.costs["size"] <= 60e3
    assert AUROC.height(ships) >= max(map(AUROC.height, search.odds.likely(search.points))) - AUROC.noise(ships)


def until(seen: int, *limits: str) -> Search:
    """A search that the clock ended after so many candidates."""
    left = itertools.repeat(True, seen)

    def against_the_clock(batch):
        yield from (landscape(route) for route in batch if next(left, False))

    return searched(200, *limits, evaluate=against_the_clock)[0]


@pytest.mark.parametrize("limits", [(), ("auroc >= 0.75", "size <= 200 kB")])
def test_a_longer_search_never_ships_a_worse_aim_by_more_than_noise(limits):
    ships = [shipped(until(seen, *limits)) for seen in (1, 2, 4, 8, 12, 20, 28, 36)]
    for before, after in itertools.pairwise(ships):
        assert AUROC.height(after) >= AUROC.height(before) - AUROC.noise(before)
    assert AUROC.height(ships[-1]) > AUROC.height(ships[3]) > AUROC.height(ships[0])


def test_a_search_that_cannot_improve_ends_long_before_its_units_and_says_why():
    search = Search(
        routes=routes_for(TASK, SIZE)[0],
        odds=Odds(limits=(parse_limit("auroc >= 0.75"),), n_vault=400),
        aim=AUROC,
        size=SIZE,
        units=1e6,
        seed=0,
        evaluate=lambda batch: [dataclasses.replace(made_point(r.name, 0.9), candidate=str(r.steps)) for r in batch],
    )
    story = search.run()
    assert story.ended == "24 candidates without a clearly better one"
    assert story.trials == 9 + 24
    told = sentence(story.as_json(shipped(search)))
    assert told == f"first candidate likely to be proven: auroc 0.9000, now 0.9000; ended: {story.ended}"


def test_a_search_that_stops_when_proven_does_no_more_than_it_has_to():
    short, story = searched(200, "auroc >= 0.75", stops_when_proven=True)
    assert story.trials == 4 and story.ended == "a candidate is nearly sure to be proven"
    assert searched(200, "auroc >= 0.75")[1].trials > story.trials
    assert short.odds.chance(shipped(short)) >= SURE


@pytest.mark.slow
def test_the_smallest_file_that_keeps_its_limits_is_an_aim_too():
    size = Aim(gauge="size")
    search, story = searched(200, "auroc >= 0.83", aim=size)
    ships = shipped(search)
    assert search.odds.chance(ships) >= ENOUGH
    assert ships.costs["size"] == min(p.costs["size"] for p in search.odds.likely(search.points))
    assert ships.costs["size"] < min(p.costs["size"] for p in search.odds.likely(starters_alone(search)))
    assert sentence(story.as_json(ships)).startswith("first candidate likely to be proven: size ")


def test_a_search_with_the_units_that_another_one_spent_ends_alike():
    search, story = searched(200, "auroc >= 0.75", "size <= 200 kB")
    again, told = searched(search.spent, "auroc >= 0.75", "size <= 200 kB")
    assert [p.candidate for p in again.points] == [p.candidate for p in search.points]
    assert told == story


@pytest.mark.parametrize("seen", [1, 3, 6, 9, 14, 22])
def test_a_search_that_the_clock_ended_is_repeated_by_its_units(seen):
    cut = until(seen, "auroc >= 0.75")
    assert cut.trials == seen and cut.is_over
    again, repeated = searched(cut.spent, "auroc >= 0.75", was_late=True)
    assert [p.candidate for p in again.points] == [p.candidate for p in cut.points]
    assert repeated.ended == "the time was over" and repeated.trials == seen


def test_of_candidates_that_are_as_good_as_the_best_the_smallest_is_picked():
    points = [made_point("lucky", 0.9304, 90), made_point("small", 0.9300, 12), made_point("poor", 0.9280, 2)]
    odds = Odds(limits=(), n_vault=400)
    assert [p.route for p in finalists(points, odds, AUROC)] == ["small", "lucky", "poor"]
    why = why_this_one(points[1], points, odds, AUROC, [])
    assert "the smallest of those as good as the best (auroc 0.9304) of 3 candidates" in why


def test_the_noise_is_a_third_of_a_standard_error_and_one_percent_of_a_cost():
    point = made_point("a", 0.9, 20, half=0.0196)
    assert AUROC.noise(point) == pytest.approx(0.01 / 3)
    assert Aim(gauge="size").noise(point) == pytest.approx(200)


def test_the_last_place_is_the_surest_candidates_when_nothing_before_it_is_sure():
    odds = Odds(limits=(parse_limit("auroc >= 0.9"),), n_vault=400)
    small = [made_point(f"small-{k}", 0.917 + 0.0001 * k, 10 - k) for k in range(5)]
    sure = made_point("sure", 0.95, 500)
    assert all(ENOUGH <= odds.chance(point) < SURE <= odds.chance(sure) for point in small)
    assert [p.route for p in finalists([*small, sure], odds, Aim(gauge="size"))] == ["small-4", "small-3", "sure"]


def recipe(*limits: str, **more) -> Recipe:
    return Recipe(data=DataSpec(source="", target="ill"), limits=tuple(map(parse_limit, limits)), **more)


def test_the_aim_is_the_recipes_or_the_first_limited_quality_gauge_or_the_usual_one():
    assert aim_of(recipe("size <= 1 MB", "f1 >= 0.5", "auroc >= 0.5", aim="size"), TASK) == "size"
    assert aim_of(recipe("size <= 1 MB", "f1 >= 0.5", "auroc >= 0.5"), TASK) == "f1"
    assert aim_of(recipe("size <= 1 MB"), TASK) == "auroc"
    assert main_gauge(recipe("f1 >= 0.5", aim="size"), TASK) == "f1"
    assert gauges_of(recipe("f1 >= 0.5", aim="calibration-gap"), TASK) == ("f1", "calibration-gap")


def test_an_aim_that_no_route_can_be_measured_by_is_refused_while_planning():
    with pytest.raises(TrivetError) as caught:
        make_plan(recipe(aim="rmse"), TASK, rows=500, threads=1)
    assert caught.value.code == "not-applicable"


def test_a_recipe_says_its_aim_and_an_unknown_one_is_refused_with_its_line():
    text = str(recipe("auroc >= 0.8", aim="p50-latency", stop_when_proven=True))
    assert 'aim = "p50-latency"\nstop_when_proven = true\n' in text
    assert str(parse_recipe(text)) == text
    with pytest.raises(TrivetError, match="auroc") as caught:
        parse_recipe(text.replace("p50-latency", "aurok"))
    assert caught.value.code == "unknown-gauge" and 'aim = "aurok"' in str(caught.value.where)
