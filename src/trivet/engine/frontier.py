"""The frontier: candidates that no other beats in everything, and the fixed order of the finalists."""

from collections.abc import Sequence

from trivet.core.registry import find_gauge

from .aim import Aim
from .chance import ENOUGH, SURE, Odds, Point

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


def finalists(points: Sequence[Point], odds: Odds, aim: Aim) -> list[Point]:
    """At most three, in the order in which they are judged, which is fixed before the vault is opened.

    Among those likely enough to be proven the aim decides: each place goes to the smallest of those that are as good as
    the best one left.  The last place is the surest candidate's, unless one before it is as good as sure: of
    many candidates that just about keep a limit on the choose rows, the one picked may well not keep it on the vault.
    Candidates that surely break a limit are left out.
    """
    able = [point for point in points if odds.is_able(point)]
    chances = {id(point): odds.chance(point) for point in able}
    least = min(ENOUGH, _NEARLY * max(chances.values(), default=0.0))
    near = [point for point in able if chances[id(point)] >= least]
    chosen: list[Point] = []
    while near and len(chosen) < FINALISTS:
        chosen.append(aim.pick(near))
        near = [point for point in near if point is not chosen[-1]]
    others = [point for point in able if not any(point is one for one in chosen)]
    others.sort(key=lambda p: (chances[id(p)], aim.height(p), -p.costs["size"]), reverse=True)
    if others and len(chosen) == FINALISTS:
        first = max(chances[id(point)] for point in chosen)
        chosen = chosen[:-1] if first < min(SURE, chances[id(others[0])]) else chosen
    return [*chosen, *others][:FINALISTS]


def why_this_one(chosen: Point, points: Sequence[Point], odds: Odds, aim: Aim, passed_over: Sequence[str]) -> str:
    """One sentence: why this candidate ships and not another.

    passed_over: routes of the finalists that came before it and could not be proven.
    """
    likely = odds.likely(points)
    reached = f"{chosen.route} has {aim.shown(chosen)} on the rows that compare"
    chance = odds.chance(chosen)
    if len(points) == 1:
        sentence = f"{reached}: the only candidate that was tried"
    elif chance < ENOUGH:
        sentence = (
            f"{reached}; of {len(points)} candidates it was among the likeliest to be proven to keep every limit, "
            f"with a chance of about {chance:.0%}"
        )
    elif not odds.limits:
        sentence = f"{reached}: {place(chosen, points, aim)}, and no limit asks for anything else"
    else:
        sentence = (
            f"{reached}: {place(chosen, likely, aim)}, out of {len(points)} tried, "
            f"with a chance of {ENOUGH:.0%} or more to be proven to keep every limit"
        )
    return sentence + (f"; {' and '.join(passed_over)} came before it and could not be proven" if passed_over else "")


def place(chosen: Point, among: Sequence[Point], aim: Aim) -> str:
    """Where it stands among the candidates that the aim compares."""
    best = aim.best(among)
    if len(among) == 1:
        return "the only candidate"
    if aim.height(chosen) >= aim.height(best):
        return f"the best of {len(among)} candidates"
    if aim.is_as_good(chosen, best):
        return f"the smallest of those as good as the best ({aim.shown(best)}) of {len(among)} candidates"
    return f"one of {len(among)} candidates, the best of which has {aim.shown(best)}"
