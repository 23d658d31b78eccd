"""The advice of an honest no beats a constant answer and would probably be kept, or is not given."""

import pytest

from trivet.core.levels import Look
from trivet.core.reading import Reading
from trivet.core.registry import parse_limit
from trivet.engine.chance import ENOUGH, Odds, Point
from trivet.engine.infeasible import Advice, Wish, in_words, what_gives, wish_after
from trivet.engine.outcome import Judged


def judged(limit: str, value: float, low: float, high: float, baseline: float | None) -> Judged:
    asked = parse_limit(limit)
    reading = Reading(gauge=asked.gauge, value=value, low=low, high=high, n=16, baseline=baseline)
    return Judged(limit=asked, reading=reading, verdict=asked.judge(reading))


def test_a_class_of_one_row_is_not_answered_with_a_bound_below_the_constant_answer():
    one = judged("auroc >= 0.9", 0.2, 0.084, 0.7, baseline=0.5)
    assert in_words([wish_after(one, Look())]) == (
        "no bound on auroc that asks more than a constant answer (0.5000) would probably be kept; "
        "give more time, more rows or better columns"
    )


@pytest.mark.parametrize(
    ("limit", "reached", "constant"),
    [
        ("auroc >= 0.9", 0.5, 0.5),  # at the constant answer
        ("auroc >= 0.9", 0.5004, 0.5),  # above it, but not as it would be written
        ("auroc >= 0.9", 0.84, None),  # rows of one class say nothing of the constant answer
        ("accuracy >= 0.9", float("-inf"), 0.7),
        ("mae <= 10", 12.0, 12.0),
        ("mae <= 10", float("inf"), 12.0),
        ("coverage >= 0.9", 0.0, None),  # every file keeps it
        ("coverage >= 0.9", -0.1, None),
    ],
)
def test_a_bound_that_asks_nothing_of_a_model_is_no_advice(limit, reached, constant):
    wish = Wish(limit=parse_limit(limit), reached=reached, constant=constant)
    assert wish.bound is None
    assert "allow" not in in_words([wish])


@pytest.mark.parametrize(
    ("limit", "reached", "said"),
    [
        ("auroc >= 0.95", 0.87391, "auroc >= 0.873"),
        ("log-loss <= 0.1", 0.2121, "log-loss <= 0.213"),
        ("size <= 5 kB", 11_810.0, "size <= 11.9 kB"),
        ("p99-latency <= 1 ms", 0.18745, "p99-latency <= 188 µs"),
        ("rows-per-second >= 1000000", 54_321.0, "rows-per-second >= 54.3k rows/s"),
    ],
)
def test_a_bound_is_rounded_to_where_it_is_easier_to_keep_and_reads_back_as_a_limit(limit, reached, said):
    wish = Wish(limit=parse_limit(limit), reached=reached, constant=0.9 if "log" in limit else 0.5)
    assert in_words([wish]).startswith(f"allow {said}, or ")
    assert wish.bound is not None and wish.bound.room(reached) >= 0
    assert parse_limit(said) == wish.bound


def test_nothing_is_advised_when_one_of_two_limits_cannot_give_way_enough():
    both = [judged("auroc >= 0.9", 0.2, 0.1, 0.7, 0.5), judged("coverage >= 0.9", 0.8, 0.75, 0.85, None)]
    assert "allow" not in in_words([wish_after(one, Look()) for one in both])


@pytest.mark.parametrize("half", [0.01, 0.05, 0.1])
@pytest.mark.parametrize("n_vault", [50, 400])
def test_the_nearest_candidate_would_probably_be_proven_to_keep_what_is_advised(half, n_vault):
    readings = {
        "auroc": Reading(gauge="auroc", value=0.85, low=0.85 - half, high=0.85 + half, n=100),
        "coverage": Reading(gauge="coverage", value=0.9, low=0.9 - half, high=0.9 + half, n=100),
    }
    nearest = Point(route="one", steps=(), candidate="one", readings=readings, costs={"size": 9_000.0})
    limits = tuple(map(parse_limit, ("auroc >= 0.95", "coverage >= 0.9", "size <= 5 kB")))
    advice = Advice(odds=Odds(limits=limits, n_vault=n_vault), main="auroc", baselines={"auroc": 0.5}, candidates=1)
    said, _, rest = what_gives(nearest, advice).partition(", or ")
    allowed = tuple(parse_limit(text) for text in said.removeprefix("allow ").split(" and "))
    assert rest and {limit.gauge for limit in allowed} == {"auroc", "coverage", "size"}
    assert Odds(limits=allowed, n_vault=n_vault).chance(nearest) >= ENOUGH
