"""The frontier: candidates that no other beats in everything, and the fixed order of the finalists."""

from collections.abc import Sequence

from trivet.core.registry import find_gauge

from .chance import Odds, Point

FINALISTS = 3
_NEARLY = 0.9  # candidates whose chance is within this share of the best are told apart by quality


def frontier(points: Sequence[Point], gauges: Sequence[str]) -> list[Point]:
    """The points that no other point dominates in the given gauges, in the order given."""
    return [p for p in points if not any(dominates(q, p, gauges) for q in points)]


def dominates(one: Point, other: Point, gauges: Sequence[str]) -> bool:
    """At least as good in every gauge and better in one."""
    signs = {name: 1.0 if find_gauge(name).better == ">=" else -1.0 for name in gauges}
    gaps = [signs[name] * (one.number(name) - other.number(name)) for name in gauges]
    return all(gap >= 0 for gap in gaps) and any(gap > 0 for gap in gaps)


def finalists(points: Sequence[Point], odds: Odds, main: str) -> list[Point]:
    """At most three, best first: those most likely to be proven, told apart by the main gauge, then by size.

    The order is fixed before the vault is opened.  Candidates that surely break a limit are left out.
    """
    sign = 1.0 if find_gauge(main).better == ">=" else -1.0
    able = [point for point in points if odds.is_able(point)]
    chances = {p.candidate: odds.chance(p) for p in able}
    best = max(chances.values(), default=0.0)

    def rank(point: Point) -> tuple[float, ...]:
        chance = chances[point.candidate]
        near = chance >= _NEARLY * best
        return (near, 0.0 if near else chance, sign * point.number(main), -point.costs["size"])

    return sorted(able, key=rank, reverse=True)[:FINALISTS]
