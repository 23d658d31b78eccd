"""The frontier against a search of all pairs; the order of finalists and the words for it, worked by hand."""

from itertools import product

import numpy as np
import pytest

from trivet.core.reading import Reading
from trivet.core.registry import parse_limit
from trivet.engine.aim import Aim
from trivet.engine.chance import ENOUGH, SURE, Odds, Point
from trivet.engine.frontier import FINALISTS, dominates, finalists, frontier, place

AUROC = Aim(gauge="auroc")
GAUGES = ("auroc", "size")


def made(name: str, auroc: float, size: float, half: float = 0.01) -> Point:
    reading = Reading(gauge="auroc", value=auroc, low=auroc - half, high=auroc + half, n=400)
    return Point(route=name, steps=(), candidate=name, readings={"auroc": reading}, costs={"size": size})


def routes(points) -> list[str]:
    return [point.route for point in points]


def test_one_dominates_another_that_is_nowhere_better_and_somewhere_worse():
    base = made("base", 0.9, 100)
    better, equal, traded = made("b", 0.9, 99), made("e", 0.9, 100), made("t", 0.91, 101)
    assert dominates(better, base, GAUGES) and not dominates(base, better, GAUGES)
    assert not dominates(equal, base, GAUGES) and not dominates(traded, base, GAUGES)
    assert not dominates(base, traded, GAUGES) and dominates(traded, base, ("auroc",))


def test_the_frontier_is_what_a_search_of_all_pairs_leaves():
    rng = np.random.default_rng(0)
    pairs = zip(rng.integers(0, 6, 40) / 10 + 0.4, rng.integers(1, 7, 40) * 10.0)
    points = [made(str(at), auroc, size) for at, (auroc, size) in enumerate(pairs)]
    beaten = {
        q.route
        for p, q in product(points, points)
        if p.number("auroc") >= q.number("auroc") and p.costs["size"] <= q.costs["size"]
        and (p.number("auroc"), p.costs["size"]) != (q.number("auroc"), q.costs["size"])
    }  # fmt: skip
    assert routes(frontier(points, GAUGES)) == [p.route for p in points if p.route not in beaten]
    assert 0 < len(beaten) < len(points)


def test_a_candidate_that_surely_breaks_a_limit_is_no_finalist():
    odds = Odds(limits=(parse_limit("auroc >= 0.9"), parse_limit("size <= 1 kB")), n_vault=400)
    points = [made("broken", 0.8, 10), made("large", 0.99, 2000), made("open", 0.895, 500), made("good", 0.95, 500)]
    assert routes(finalists(points, odds, AUROC)) == ["good", "open"]
    assert finalists(points[:2], odds, AUROC) == [] and finalists([], odds, AUROC) == []


def test_without_limits_the_aim_alone_decides_and_three_are_enough():
    points = [made("a", 0.90, 30), made("b", 0.95, 30), made("c", 0.80, 30), made("d", 0.85, 30)]
    assert routes(finalists(points, Odds(limits=(), n_vault=400), AUROC)) == ["b", "a", "d"]
    assert FINALISTS == 3


def test_where_none_is_likely_enough_chances_near_the_best_count_as_equal():
    odds = Odds(limits=(parse_limit("auroc >= 0.9"),), n_vault=400)
    best, near, far = made("best", 0.910, 900), made("near", 0.9098, 10), made("far", 0.905, 1)
    chances = {point.route: odds.chance(point) for point in (best, near, far)}
    assert chances["best"] < ENOUGH
    assert chances["near"] > 0.9 * chances["best"] > chances["far"]
    # Near is as good as the best and smaller; far is not near enough to be chosen for its size.
    assert routes(finalists([best, far, near], odds, Aim(gauge="size"))) == ["near", "best", "far"]


def test_the_surest_takes_the_last_place_only_where_none_before_it_is_as_good_as_sure():
    odds, size = Odds(limits=(parse_limit("auroc >= 0.9"),), n_vault=400), Aim(gauge="size")
    likely = [made(f"likely-{at}", 0.9205, 10.0 + at) for at in range(4)]
    assert all(ENOUGH <= odds.chance(point) < SURE for point in likely)
    sure, surer = made("sure", 0.94, 500), made("surer", 0.95, 900)
    assert SURE <= odds.chance(sure) < odds.chance(surer)
    assert routes(finalists([*likely, sure, surer], odds, size)) == ["likely-0", "likely-1", "surer"]
    # One of the first three is as good as sure: nothing is exchanged.
    small_and_sure = made("small", 0.94, 1)
    assert routes(finalists([*likely, small_and_sure, surer], odds, size)) == ["small", "likely-0", "likely-1"]
    # Nobody is surer than those chosen.
    assert routes(finalists(likely, odds, size)) == ["likely-0", "likely-1", "likely-2"]


def test_of_candidates_that_are_as_sure_the_better_then_the_smaller_comes_first():
    odds = Odds(limits=(parse_limit("size <= 100 B"),), n_vault=400)
    hopeless = [made("big", 0.9, 90), made("small", 0.9, 80), made("better", 0.95, 95)]
    unlikely = Odds(limits=(parse_limit("size <= 100 B"), parse_limit("auroc >= 0.5")), n_vault=400)
    assert routes(finalists(hopeless, odds, AUROC)) == ["better", "small", "big"]
    assert routes(finalists(hopeless, unlikely, AUROC)) == ["better", "small", "big"]


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ("top", "the best of 3 candidates"),
        ("close", "the smallest of those as good as the best (auroc 0.9300) of 3 candidates"),
        ("low", "one of 3 candidates, the best of which has auroc 0.9300"),
    ],
)
def test_where_a_candidate_stands_is_told(chosen, words):
    points = {name: made(name, auroc, size) for name, auroc, size in
              (("top", 0.93, 100), ("close", 0.9297, 10), ("low", 0.8, 1))}  # fmt: skip
    assert place(points[chosen], list(points.values()), AUROC) == words
    assert place(points[chosen], [points[chosen]], AUROC) == "the only candidate"
