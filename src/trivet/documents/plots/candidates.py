"""The frontier: what every candidate reaches, and in how many bytes."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from trivet.core.errors import TrivetError
from trivet.core.extras import need
from trivet.core.limits import Limit
from trivet.core.registry import find_gauge
from trivet.core.units import show_amount
from trivet.core.value import value

from .labels import Room, around, at, name_level, name_mark, name_upright, room_in
from .pictures import BAD, BASELINE, GOOD, INK, LIMIT, LIMIT_LINE, Plot, Shape, pictures, settle, short_name

Point = Mapping[str, Any]

_HEIGHT = 3.5  # inches
_LEAST_RANGE = 2.0  # sizes that differ less are not drawn farther apart than this: the picture would lie
_SIZE_REACH = 8.0  # a size limit this many times farther than any candidate is told, not drawn
_FAR = 4.0  # spreads below the middle candidate, where a candidate would squeeze all others together


@value
class Scene:
    """What is drawn.  low, high: of the main gauge.  hidden: candidates that would stretch the axis."""

    points: tuple[Point, ...]
    hidden: tuple[Point, ...]
    main: str
    size: Limit | None
    limit: Limit | None
    baseline: float | None
    low: float
    high: float


def frontier_plot(
    points: Sequence[Point],
    limits: Sequence[Limit],
    main: str,
    *,
    size_bytes: int | None = None,
    baseline: float | None = None,
) -> Plot | None:
    """Size against the main gauge for every candidate that was kept; None when there is nothing to draw.

    points: {"route", "readings": {gauge: [value, low, high]}, "keeps", "bytes", "shipped"}.
    size_bytes: of the file that shipped; its candidate knows a forecast alone.  baseline: of the constant answer.
    """
    seen = [p for p in points if main in p.get("readings", {}) and p.get("bytes", 0) > 0]
    if not seen:
        return None
    if size_bytes:
        seen = [{**p, "bytes": size_bytes} if p.get("shipped") else p for p in seen]
    scene = scene_of(seen, limits, main, baseline)
    return Plot(
        finding=frontier_finding(seen, main),
        pictures=pictures(lambda figure, shape: draw_frontier(figure, shape, scene), _HEIGHT, "frontier"),
        table=frontier_table(seen, main),
        notes=hidden_note(scene),
    )


def scene_of(seen: Sequence[Point], limits: Sequence[Limit], main: str, baseline: float | None) -> Scene:
    bounds = {limit.gauge: limit for limit in limits}
    near, far = near_and_far(seen, main, is_higher_better=higher_is_better(main))
    low, high = level_range(near, main, [baseline, bounds[main].bound if main in bounds else None])
    far = tuple(p for p in far if not low <= p["readings"][main][0] <= high)  # a line may have made room for some
    return Scene(
        points=tuple(p for p in seen if p not in far),
        hidden=far,
        main=main,
        size=bounds.get("size"),
        limit=bounds.get(main),
        baseline=baseline,
        low=low,
        high=high,
    )


def higher_is_better(gauge: str) -> bool:
    """What the registry says; a gauge that is not installed here counts as one of quality."""
    try:
        return find_gauge(gauge).better == ">="
    except TrivetError:
        return True


def near_and_far(
    seen: Sequence[Point], main: str, *, is_higher_better: bool
) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """The candidates, and those so much worse that drawing them would squeeze the others; never the shipped one."""
    sign = 1 if is_higher_better else -1
    reached = sorted(sign * p["readings"][main][0] for p in seen)
    middle, best = reached[len(reached) // 2], reached[-1]
    quarters = reached[(3 * len(reached)) // 4] - reached[len(reached) // 4]
    widths = sorted(p["readings"][main][2] - p["readings"][main][1] for p in seen)
    least = middle - _FAR * max(best - middle, quarters, widths[len(widths) // 2] / 2)
    is_near = [p.get("shipped") or sign * p["readings"][main][0] >= least for p in seen]
    return tuple(p for p, yes in zip(seen, is_near) if yes), tuple(p for p, yes in zip(seen, is_near) if not yes)


def level_range(near: Sequence[Point], main: str, others: Iterable[float | None]) -> tuple[float, float]:
    """The range of the main gauge: all values, intervals as far as they do not dwarf them, and lines that are near."""
    values = [p["readings"][main][0] for p in near]
    widths = sorted(p["readings"][main][2] - p["readings"][main][1] for p in near)
    usual = widths[len(widths) // 2] or max(abs(values[0]) * 0.01, 1e-9)
    low = max(min(p["readings"][main][1] for p in near), min(values) - usual)
    high = min(max(p["readings"][main][2] for p in near), max(values) + usual)
    reach = 1.2 * (high - low) or usual
    lines = [line for line in others if line is not None and low - reach <= line <= high + reach]
    low, high = min([low, *lines]), max([high, *lines])
    air = 0.14 * (high - low) or usual  # names find room there when intervals fill the middle
    return low - air, high + air


def draw_frontier(figure: Any, shape: Shape, scene: Scene) -> list[str]:
    ax = figure.add_subplot()
    for is_good in (False, True):
        draw_candidates(ax, [p for p in scene.points if bool(p.get("keeps")) is is_good], scene.main, is_good=is_good)
    for point in scene.points:
        if point.get("shipped"):
            ax.plot(point["bytes"], point["readings"][scene.main][0], "*", ms=16, mfc=GOOD, mec="white", zorder=5)
    least, most = size_range(scene)
    ax.set(xscale="log", xlabel="size of the file", xlim=(least, most), ylim=(scene.low, scene.high))
    ax.set_ylabel(f"{scene.main} (rows that compare)", fontsize=shape.small)
    ax.xaxis.set_minor_locator(need("matplotlib.ticker", for_="the report").NullLocator())
    ticks = size_ticks(least, most, 7 if shape.width > 6 else 5)
    ax.set_xticks(ticks, [show_amount(tick, "B") for tick in ticks])
    settle(figure)
    shipped, others = first_of_each_route(scene.points)
    room, unnamed = name_routes(ax, taken_room(ax, scene), scene.main, shipped, shape)
    room, lines = draw_lines(ax, room, scene, shape)
    return [*unnamed, *lines, *name_routes(ax, room, scene.main, others, shape)[1]]


def first_of_each_route(points: Sequence[Point]) -> tuple[list[Point], list[Point]]:
    """What bears a name: the shipped candidate, and the first one of every other route, the smallest first."""
    first: dict[str, Point] = {}
    for point in sorted(points, key=lambda p: (not p.get("shipped"), p["bytes"])):
        first.setdefault(str(point.get("route", "")), point)
    return [p for p in first.values() if p.get("shipped")], [p for p in first.values() if not p.get("shipped")]


def draw_candidates(ax: Any, points: Sequence[Point], main: str, *, is_good: bool) -> None:
    """Points with intervals: a filled circle keeps every limit, a hollow square does not."""
    if not points:
        return
    y, low, high = zip(*(p["readings"][main] for p in points))
    spread = [[max(a - b, 0) for a, b in zip(y, low)], [max(b - a, 0) for a, b in zip(y, high)]]
    style = {"fmt": "o", "mfc": GOOD, "color": GOOD} if is_good else {"fmt": "s", "mfc": "white", "color": BAD}
    ax.errorbar([p["bytes"] for p in points], y, yerr=spread, ms=5, elinewidth=0.8, zorder=3 + is_good, **style)


def size_range(scene: Scene) -> tuple[float, float]:
    """Ends of the size axis, in bytes: all candidates, and a limit that is not far away."""
    sizes = [float(p["bytes"]) for p in scene.points]
    least, most = min(sizes), max(sizes)
    bound = scene.size.bound if scene.size else 0.0
    if least / _SIZE_REACH <= bound <= most * _SIZE_REACH:
        least, most = min(least, bound), max(most, bound)
    stretch = max(_LEAST_RANGE / (most / least), 1.0) ** 0.5
    air = (most / least * stretch * stretch) ** 0.07
    return least / stretch / air, most * stretch * air


def size_ticks(least: float, most: float, wanted: int) -> list[float]:
    """Round sizes within the range: few enough to be read, two at least."""
    powers = range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)
    found: list[float] = []
    for steps in ((1,), (1, 3), (1, 2, 5), (1, 2, 3, 5, 7), (1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9)):
        ticks = [step * 10.0**power for power in powers for step in steps if least <= step * 10.0**power <= most]
        if len(ticks) > wanted and len(found) > 1:
            break
        found = ticks
    return fewer_ticks(found, wanted)


def fewer_ticks(ticks: list[float], most: int) -> list[float]:
    return ticks[:: max(1, math.ceil(len(ticks) / most))]


def taken_room(ax: Any, scene: Scene) -> Room:
    """The room inside the axes that marks, intervals and lines leave."""
    room = room_in(ax)
    left, bottom, right, top = room.frame
    for point in scene.points:
        number, low, high = point["readings"][scene.main]
        x, y = at(ax, point["bytes"], number)
        ends = [min(max(at(ax, point["bytes"], end)[1], bottom), top) for end in (low, high)]
        room = room.with_(marks=[around((x, y), 8 if point.get("shipped") else 4)], lines=[(x, ends[0], x, ends[1])])
    for bound in (scene.baseline, scene.limit.bound if scene.limit else None):
        if bound is not None and scene.low <= bound <= scene.high:
            up = at(ax, 1, bound)[1]
            room = room.with_(lines=[(left, up, right, up)])
    if scene.size is not None and left <= (across := at(ax, scene.size.bound, scene.low)[0]) <= right:
        room = room.with_(lines=[(across, bottom, across, top)])
    return room


def draw_lines(ax: Any, room: Room, scene: Scene, shape: Shape) -> tuple[Room, list[str]]:
    """The constant answer and the limits as lines with their names, or as an arrow where they lie outside."""
    unnamed = []
    levels: list[tuple[str, float, Mapping[str, Any]]] = []
    if scene.limit is not None:
        levels.append((f"limit {scene.limit}", scene.limit.bound, LIMIT_LINE))
    if scene.baseline is not None:
        levels.append((f"constant answer {show_amount(scene.baseline, '')}", scene.baseline, BASELINE))
    for text, bound, line in levels:
        style = {"fontsize": shape.small, "color": line["color"]}
        is_outside = not scene.low <= bound <= scene.high
        if is_outside:
            text += " ↑" if bound > scene.high else " ↓"
            up = room.frame[3] - shape.small - 5 if bound > scene.high else room.frame[1]
        else:
            ax.axhline(bound, **line)
            up = at(ax, 1, bound)[1]
        after = name_level(ax, room, up, text, is_outside=is_outside, **style)
        unnamed += [] if after else [text]
        room = after or room
    after = draw_size_limit(ax, room, scene, shape)
    return after or room, unnamed if after else [*unnamed, f"limit {scene.size}"]


def draw_size_limit(ax: Any, room: Room, scene: Scene, shape: Shape) -> Room | None:
    """Room as it was without such a limit; None when its name finds no room."""
    if scene.size is None:
        return room
    least, most = size_range(scene)
    text = f"limit {scene.size}"
    style: dict[str, Any] = {"fontsize": shape.small, "color": LIMIT}
    if least <= scene.size.bound <= most:
        ax.axvline(scene.size.bound, **LIMIT_LINE)
        return name_upright(ax, room, at(ax, scene.size.bound, scene.low)[0], text, rotation=90, **style)
    is_right = scene.size.bound > most
    across = room.frame[2] if is_right else room.frame[0]
    # Rotated by a quarter, an arrow down or up points out of the frame to the right or left.
    after = name_upright(ax, room, across, text + (" ↓" if is_right else " ↑"), rotation=90, **style)
    level = text + " →" if is_right else "← " + text
    top = room.frame[3] - shape.small - 5
    return after or name_level(ax, room, top, level, is_outside=True, **style)


def name_routes(ax: Any, room: Room, main: str, points: Sequence[Point], shape: Shape) -> tuple[Room, list[str]]:
    """Names each point; what finds no room is told below the picture."""
    unnamed = []
    for point in points:
        route, place = str(point.get("route", "")), at(ax, point["bytes"], point["readings"][main][0])
        weight = "bold" if point.get("shipped") else "normal"
        style = {"fontsize": shape.small, "color": INK, "weight": weight}
        after = name_mark(ax, room, short_name(route, shape.letters), [place], **style)
        unnamed += [] if after else [route]
        room = after or room
    return room, unnamed


def hidden_note(scene: Scene) -> tuple[str, ...]:
    """E.g. "2 candidates below 0.7 are not drawn"."""
    if not scene.hidden:
        return ()
    values = [p["readings"][scene.main][0] for p in scene.hidden]
    is_low = max(values) < scene.low
    number = f"{scene.low:.3g}" if is_low else f"{scene.high:.3g}"
    many = len(values) > 1
    counted = f"{len(values)} candidates" if many else "1 candidate"
    return (f"{counted} {'below' if is_low else 'above'} {number} {'are' if many else 'is'} not drawn",)


def frontier_finding(points: Sequence[Point], main: str) -> str:
    keeping = sum(bool(p.get("keeps")) for p in points)
    counted = f"{keeping} of {len(points)} candidates {'keeps' if keeping == 1 else 'keep'} every limit"
    for point in points:
        if point.get("shipped"):
            reached, size = f"{point['readings'][main][0]:.4g}", show_amount(point["bytes"], "B")
            return f"{counted}; the one that ships (star: {point.get('route', '')}) reaches {main} {reached} in {size}"
    return f"{counted}; none of them ships"


def frontier_table(points: Sequence[Point], main: str) -> tuple[tuple[str, ...], ...]:
    rows = [
        (
            str(p.get("route", "")) + (" (ships)" if p.get("shipped") else ""),
            show_amount(p["bytes"], "B"),
            "{:.4g} ({:.4g} to {:.4g})".format(*p["readings"][main]),
            "yes" if p.get("keeps") else "no",
        )
        for p in points
    ]
    return (("route", "size", main, "keeps every limit"), *rows)
