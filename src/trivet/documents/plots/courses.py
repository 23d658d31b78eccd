"""Evidence over time: what bets against, or for, each limit have come to, row after row."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from trivet.core.value import value

from .labels import Room, around, at, name_level, name_mark, polyline, room_in
from .pictures import GOOD, INK, LIMIT_LINE, SOFT, Plot, Shape, pictures, settle, short_name

_HEIGHT = 3.2  # inches
_LOWEST, _ABOVE = -2.2, 1.3  # powers of ten that are drawn: down to there, and above the line that counts
_LINES = ("-", (0, (5, 1.5)), (0, (1.5, 1.5)), (0, (6, 1.5, 1.5, 1.5)), (0, (3, 3)))
_MOST_POINTS = 400


@value
class Path:
    """One limit's evidence.  points: (units, log10).  reached: (units, height) of the moment that counts, or None."""

    name: str
    points: tuple[tuple[float, float], ...]
    reached: tuple[float, float] | None


def evidence_plot(found: Mapping[str, Any]) -> Plot | None:
    """The courses of an account of watching or proving; None before the first row.

    found: what `Account.as_json` gives.
    """
    lines = [line for line in found.get("limits", ()) if line.get("curve")]
    if not lines:
        return None
    bars = sorted({math.log10(float(line["threshold"])) for line in lines})
    paths = [path_of(line) for line in lines]
    unit, is_watch = str(found.get("unit_is", "rows")), found.get("for") == "watch"
    head = ("limit", "evidence now", "at most", "needed", "alarm" if is_watch else "earned")
    return Plot(
        finding=finding_of(lines, unit, is_watch=is_watch),
        pictures=pictures(lambda figure, shape: draw_paths(figure, shape, paths, bars, unit, is_watch), _HEIGHT,
                          "watching" if is_watch else "proving"),
        table=(head, *(numbers_of(line, unit) for line in lines)),
        notes=(f"The line that counts is drawn at 1 / alpha; below {10**_LOWEST:.2g} and far above the line, "
               "courses are drawn at the edge",),
    )  # fmt: skip


def path_of(line: Mapping[str, Any]) -> Path:
    """A limit's course, thinned and kept within what is drawn."""
    bar = math.log10(float(line["threshold"]))
    curve = [(0.0, 0.0), *((float(units), float(height)) for units, height in line["curve"])]
    step = max(1, len(curve) // _MOST_POINTS)
    few = [*curve[::step], curve[-1]]
    drawn = tuple((units, min(max(height, _LOWEST), bar + _ABOVE)) for units, height in few)
    reached = None if line.get("reached") is None else (float(line["reached"]), bar)
    return Path(name=str(line["limit"]), points=drawn, reached=reached)


def finding_of(lines: Sequence[Mapping[str, Any]], unit: str, *, is_watch: bool) -> str:
    there = [line for line in lines if line.get("reached") is not None]
    if not there:
        highest = max(lines, key=lambda line: float(line["highest"]) / float(line["threshold"]))
        what = "no limit is shown to be missed" if is_watch else "nothing is earned yet"
        return (
            f"{what}: the evidence against" if is_watch else f"{what}: the evidence for"
        ) + f" {highest['limit']} was {float(highest['highest']):.3g} at most, of {float(highest['threshold']):.3g}"
    first = min(there, key=lambda line: int(line["reached"]))
    more = f" (and {len(there) - 1} more)" if len(there) > 1 else ""
    verb = "is missed: alarm" if is_watch else "is earned"
    return f"{first['limit']} {verb} after {int(first['reached']):,} {unit}{more}"


def numbers_of(line: Mapping[str, Any], unit: str) -> tuple[str, ...]:
    moment = "no" if line.get("reached") is None else f"after {int(line['reached']):,} {unit}"
    amounts = (f"{float(line[name]):.3g}" for name in ("evidence", "highest", "threshold"))
    return (str(line["limit"]), *amounts, moment)


def draw_paths(
    figure: Any, shape: Shape, paths: Sequence[Path], bars: Sequence[float], unit: str, is_watch: bool
) -> list[str]:
    ax = figure.add_subplot()
    for at_, path in enumerate(paths):
        across, up = zip(*path.points)
        color = GOOD if path.reached else SOFT
        ax.plot(across, up, color=color, linestyle=_LINES[at_ % len(_LINES)], linewidth=1.6, zorder=3)
        if path.reached:
            mark = {"marker": "X", "mfc": LIMIT_LINE["color"]} if is_watch else {"marker": "*", "mfc": GOOD}
            ax.plot(*path.reached, ms=10, mec=INK, mew=0.8, linestyle="none", zorder=5, **mark)
    for bar in bars:
        ax.axhline(bar, **LIMIT_LINE)
    top = max(bars) + _ABOVE
    ticks = [power for power in range(math.ceil(_LOWEST), math.ceil(top)) if power % 2 == 0 or top < 3]
    ax.set_yticks(ticks, [f"{10.0**power:,.6g}" for power in ticks])
    ax.set(ylim=(_LOWEST - 0.15, top + 0.25), xlim=(0, None), xlabel=f"{unit} since watching began" if is_watch else
           f"{unit} that came after the build")  # fmt: skip
    ax.set_ylabel("evidence that it is missed" if is_watch else "evidence that it holds", fontsize=shape.small)
    ax.locator_params(axis="x", nbins=5)
    settle(figure)
    return name_paths(ax, shape, paths, bars, is_watch=is_watch)


def name_paths(ax: Any, shape: Shape, paths: Sequence[Path], bars: Sequence[float], *, is_watch: bool) -> list[str]:
    """Names the lines that count and every course; answers with what found no room."""
    room, unnamed = taken_room(ax, paths, bars), []
    for bar in bars:
        what = f"alarm at {10**bar:.3g}" if is_watch else f"earned at {10**bar:.3g}"
        room = name_level(ax, room, at(ax, 0, bar)[1], what, fontsize=shape.small, color=LIMIT_LINE["color"]) or room
    for path in paths:
        # Where a course has got somewhere it can be told from others; down at the edge all of them lie together.
        inner = [p for p in path.points if p[1] > 0] if path.reached else path.points[len(path.points) // 8 :]
        places = [at(ax, *point) for point in inner[:: max(1, len(inner) // 12)][::-1]]
        if path.reached:
            places = [at(ax, *path.reached), *places]
        after = name_mark(ax, room, short_name(path.name, shape.letters), places, fontsize=shape.small, color=INK)
        if after is None:
            unnamed.append(path.name)
        room = after or room
    return unnamed


def taken_room(ax: Any, paths: Sequence[Path], bars: Sequence[float]) -> Room:
    """What lines and marks leave free."""
    room = room_in(ax)
    left, _, right, _ = room.frame
    for path in paths:
        room = room.with_(lines=polyline([at(ax, *point) for point in path.points]))
        if path.reached:
            room = room.with_(marks=[around(at(ax, *path.reached), 6)])
    levels = [at(ax, 0, bar)[1] for bar in bars]
    return room.with_(lines=[(left, up, right, up) for up in levels])
