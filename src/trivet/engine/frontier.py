"""The frontier: candidates that no other beats in everything, and the fixed order of the finalists."""

from collections.abc import Sequence

from trivet.core.registry import find_gauge
from trivet.core.units import show_amount

from .chance import ENOUGH, Odds, Point

FINALISTS = 3
_NEARLY = 0.9  # where none is likely enough, chances within this share of the best count as equal


def frontier(points: Sequence[Point], gauges: Sequence[str]) -> list[Point]:
    """The points that no other point dominates in the given gauges, in the order given."""
    return [p for p in points if not any(dominates(q, p, gauges) for q in points)]


def dominates(one: Point, other: Point, gauges: Sequence[str]) -> bool:
    """At least as good in every gauge and better in one."""
    signs = {name: 1.0 if find_gauge(name).better == ">=" else -1.0 for name in gauges}
    gaps = [signs[name] * (one.number(name) - other.number(name)) for name in gauges]
    return all(gap >= 0 for gap in gaps) and any(gap > 0 for gap in gaps)


def finalists(points: Sequence[Point], odds: Odds, main: str) -> list[Point]:
    """At most three, best first: among those likely enough to be proven the main gauge decides, then size.

    The order is fixed before the vault is opened.  Candidates that surely break a limit are left out.
    """
    sign = 1.0 if find_gauge(main).better == ">=" else -1.0
    able = [point for point in points if odds.is_able(point)]
    chances = {p.candidate: odds.chance(p) for p in able}
    best = max(chances.values(), default=0.0)

    def rank(point: Point) -> tuple[float, ...]:
        chance = chances[point.candidate]
        near = chance >= min(ENOUGH, _NEARLY * best)
        return (near, 0.0 if near else chance, sign * point.number(main), -point.costs["size"])

    return sorted(able, key=rank, reverse=True)[:FINALISTS]


def why_this_one(chosen: Point, points: Sequence[Point], odds: Odds, main: str, passed_over: Sequence[str]) -> str:
    """One sentence: why this candidate ships and not another.

    passed_over: routes of finalists that came before it and could not be proven.
    """
    unit = find_gauge(main).unit
    likely = [point for point in points if odds.chance(point) >= ENOUGH]
    reached = f"{chosen.route} has {main} {show_amount(chosen.number(main), unit)} on the rows that compare"
    chance = odds.chance(chosen)
    if len(points) == 1:
        sentence = f"{reached}: the only candidate that was tried"
    elif not odds.limits:
        sentence = f"{reached}: the best of {len(points)} candidates, and no limit asks for anything else"
    elif chance >= ENOUGH:
        among = "the only candidate" if len(likely) == 1 else f"the best of {len(likely)} candidates"
        sentence = (
            f"{reached}: {among}, out of {len(points)} tried, "
            f"with a chance of {ENOUGH:.0%} or more to be proven to keep every limit"
        )
    else:
        sentence = (
            f"{reached}; of {len(points)} candidates it was among the likeliest to be proven to keep every limit, "
            f"with a chance of about {chance:.0%}"
        )
    return sentence + (f"; {' and '.join(passed_over)} came before it and could not be proven" if passed_over else "")
