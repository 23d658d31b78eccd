"""The search visits the same candidates every time, spends no more than its units, and aims at what is violated."""

import hashlib
from dataclasses import replace

import pytest

from trivet.core.passes import Size
from trivet.core.reading import Reading
from trivet.core.registry import parse_limit
from trivet.core.routes import Route
from trivet.core.task import Field
from trivet.engine.aim import Aim
from trivet.engine.chance import Odds, Point
from trivet.engine.frontier import dominates, finalists, frontier
from trivet.engine.routes import routes_for
from trivet.engine.sampler import helps
from trivet.engine.search import Search
from trivet.testing.tasks import made_task

TASK = made_task("classify", ("no", "yes"), inputs=(Field(name="age", type="number"),), modality="table")
SIZE = Size(rows=500, columns=5, scores=1)


def made_point(name: str, auroc: float, kilobytes: float, *, n: int = 400, half: float = 0.01) -> Point:
    """A point with a given AUROC, interval and size."""
    reading = Reading(gauge="auroc", value=auroc, low=auroc - half, high=auroc + half, n=n)
    return Point(
        route=name,
        steps=("prepare-table",),
        candidate=name,
        readings={"auroc": reading},
        costs={"size": 1e3 * kilobytes},
    )


def by_hash(route: Route) -> Point | None:
    """A made-up outcome that depends on the steps alone; one route always fails."""
    if route.name == "net":
        return None
    share = int(hashlib.sha256(str(route.steps).encode()).hexdigest()[:6], 16) / 16**6
    return replace(made_point(route.name, 0.8 + 0.15 * share, 10 + 100 * share), candidate=str(route.steps))


def searched(
    units: float, limits: tuple[str, ...] = ("auroc >= 0.97", "size <= 100 kB"), **more
) -> tuple[list[str], Search]:
    visited: list[str] = []

    def evaluate(batch):
        visited.extend(str(route.steps) for route in batch)
        return [by_hash(route) for route in batch]

    search = Search(
        routes=routes_for(TASK, SIZE)[0],
        odds=Odds(limits=tuple(map(parse_limit, limits)), n_vault=400),
        aim=Aim(gauge="auroc"),
        size=SIZE,
        units=units,
        seed=0,
        evaluate=evaluate,
        **more,
    )
    search.run()
    return visited, search


def test_the_same_seed_visits_the_same_candidates():
    assert searched(20)[0] == searched(20)[0]


@pytest.mark.parametrize("units", [2, 5, 20])
def test_a_search_never_spends_more_than_its_units_but_for_the_first_route(units):
    visited, search = searched(units)
    assert visited
    assert search.spent <= max(units, search.cost(search.routes[0], begun=set()))


def test_a_search_that_stops_when_proven_ends_with_the_first_batch_that_holds_a_sure_candidate():
    visited, search = searched(50, limits=("auroc >= 0.6",), stops_when_proven=True)
    assert len(visited) == 4  # one batch
    assert search.is_done()


def test_beginnings_that_routes_share_are_paid_once():
    _, search = searched(50)
    route = search.routes[0]
    assert search.cost(route, begun=set()) > search.cost(route)


def test_every_starter_runs_when_nothing_is_limited():
    visited, search = searched(50, limits=())
    starters = {str(route.steps) for route in search.routes if route.is_starter}
    assert starters <= set(visited)


def test_a_route_helps_a_limit_when_one_of_its_passes_says_so():
    limit = parse_limit("size <= 100 kB")
    assert helps(Route(name="a", steps=("prepare-table", "fit-linear")), limit)
    assert not helps(Route(name="b", steps=("prepare-table", "fit-temperature")), limit)


@pytest.mark.parametrize(
    ("steps", "limit", "expected"),
    [
        (("prepare-table", "fit-trees"), "size <= 100 kB", False),  # trees cost size
        (("prepare-table", "fit-trees", "prune-trees"), "size <= 100 kB", True),  # and pruning wins it back
        (("prepare-table", "fit-trees", "prune-trees"), "auroc >= 0.9", False),  # at the cost of quality
        (("prepare-table", "fit-trees"), "auroc >= 0.9", True),
        (("prepare-table", "fit-vote"), "p99-latency <= 1 ms", False),
        (("prepare-table", "fit-linear", "fit-isotonic"), "auroc >= 0.9", False),
        (("prepare-table", "fit-linear", "fit-isotonic"), "brier <= 0.1", True),
    ],
)
def test_a_route_is_not_sought_for_a_limit_whose_gauge_its_last_word_costs(steps, limit, expected):
    assert helps(Route(name="a", steps=steps), parse_limit(limit)) is expected


def test_the_chance_of_a_proof_grows_with_room_and_with_rows():
    limits = (parse_limit("auroc >= 0.9"),)
    near, far = made_point("near", 0.905, 10), made_point("far", 0.93, 10)
    small, large = Odds(limits=limits, n_vault=100), Odds(limits=limits, n_vault=10_000)
    assert small.chance(near) < small.chance(far) <= 1
    assert small.chance(near) < large.chance(near)


def test_a_value_on_the_wrong_side_is_the_violated_limit():
    odds = Odds(limits=(parse_limit("auroc >= 0.9"), parse_limit("size <= 20 kB")), n_vault=400)
    assert str(odds.violated([made_point("big", 0.95, 90)])) == "size <= 20 kB"
    assert odds.violated([made_point("fine", 0.95, 10)]) is None


def test_the_frontier_is_what_no_other_point_beats():
    points = [made_point("a", 0.9, 10), made_point("b", 0.95, 50), made_point("c", 0.89, 60), made_point("d", 0.9, 10)]
    kept = frontier(points, ["auroc", "size"])
    assert [point.route for point in kept] == ["a", "b", "d"]
    assert not any(dominates(one, other, ["auroc", "size"]) for one in kept for other in kept)


def test_finalists_are_at_most_three_and_keep_every_limit():
    odds = Odds(limits=(parse_limit("auroc >= 0.9"),), n_vault=400)
    points = [made_point(str(k), 0.88 + 0.01 * k, 10 + k) for k in range(8)]
    chosen = finalists(points, odds, Aim(gauge="auroc"))
    assert [point.route for point in chosen] == ["7", "6", "5"]
    assert finalists([made_point("low", 0.7, 1)], odds, Aim(gauge="auroc")) == []
