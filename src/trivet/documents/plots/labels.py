"""Names in a plot that cover neither each other nor a line nor a mark.

All lengths are points; the figure must be settled and drawn with 72 dots per inch.  Boxes are (left, bottom, right,
top), lines (x, y, x, y).  Text is measured with matplotlib's own font, which is wider than those of most browsers.
"""

import math
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from trivet.core.value import value

from .pictures import SOFT

Box = tuple[float, float, float, float]
Line = tuple[float, float, float, float]

_AIR = 1.5  # points between a text and anything else
_DISTANCES = (9.0, 15.0, 23.0, 33.0, 45.0, 59.0, 75.0, 93.0, 113.0, 135.0)
_NEAR, _FAR = 15.0, 135.0  # names farther away than the first are joined to their mark by a line
_STEPS = tuple(step / 10 for step in range(11))
_DIRECTIONS = tuple(math.radians(angle) for angle in (0, 180, 35, -35, 145, -145, 65, -65, 115, -115, 90, -90))


@value
class Room:
    """What is taken inside a frame.  marks: boxes of what is drawn.  texts: boxes of names."""

    frame: Box
    marks: tuple[Box, ...] = ()
    lines: tuple[Line, ...] = ()
    texts: tuple[Box, ...] = ()

    def with_(self, *, marks: Iterable[Box] = (), lines: Iterable[Line] = (), texts: Iterable[Box] = ()) -> "Room":
        return Room(
            frame=self.frame,
            marks=(*self.marks, *marks),
            lines=(*self.lines, *lines),
            texts=(*self.texts, *texts),
        )

    def is_free(self, box: Box) -> bool:
        """Whether a text may stand there."""
        left, bottom, right, top = box
        airy = (left - _AIR, bottom - _AIR, right + _AIR, top + _AIR)
        return (
            self.frame[0] <= left
            and right <= self.frame[2]
            and self.frame[1] <= bottom
            and top <= self.frame[3]
            and not any(overlap(airy, other) for other in (*self.marks, *self.texts))
            and not any(crosses(airy, line) for line in self.lines)
        )


def room_in(ax: Any) -> Room:
    """The empty room inside the axes."""
    box = ax.get_window_extent()
    return Room(frame=(box.x0, box.y0, box.x1, box.y1))


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def crosses(box: Box, line: Line) -> bool:
    """Whether the line touches the box, or lies inside it."""
    left, bottom, right, top = box
    x, y, to_x, to_y = line
    if max(x, to_x) < left or min(x, to_x) > right or max(y, to_y) < bottom or min(y, to_y) > top:
        return False
    sides = [(to_x - x) * (b - y) - (to_y - y) * (a - x) for a in (left, right) for b in (bottom, top)]
    return min(sides) <= 0 <= max(sides)


def at(ax: Any, x: float, y: float) -> tuple[float, float]:
    """The place of a pair of data, in points."""
    across, up = ax.transData.transform((x, y))
    return float(across), float(up)


def around(place: tuple[float, float], half: float) -> Box:
    """The box of a mark that reaches `half` points in every direction."""
    return place[0] - half, place[1] - half, place[0] + half, place[1] + half


def polyline(places: Sequence[tuple[float, float]]) -> list[Line]:
    return [(*one, *other) for one, other in pairwise(places)]


def size_of(ax: Any, text: str, **style: Any) -> tuple[float, float]:
    """(width, height) of a text."""
    artist = ax.text(0, 0, text, **style)
    box = artist.get_window_extent(ax.figure.canvas.get_renderer())
    artist.remove()
    # Letters that this font lacks are measured too narrow: those of Chinese or Japanese take a full square.
    missing = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return float(box.width) + 0.45 * style["fontsize"] * missing, float(box.height)


def name_mark(ax: Any, room: Room, text: str, places: Sequence[tuple[float, float]], **style: Any) -> Room | None:
    """Writes the text beside one of the places, near it where that is free, else joined by a thin line.

    None without room.  Lines that join cross no other line or mark, unless there is no other way; never a name.
    """
    width, height = size_of(ax, text, **style)
    for most, may_cross in ((_NEAR, False), (_FAR, False), (_FAR, True)):
        for place in places:
            for distance, dx, dy, box in beside(place, width, height, most):
                leader = (*place, place[0] + (distance - _AIR) * dx, place[1] + (distance - _AIR) * dy)
                is_far = distance > _NEAR
                if not room.is_free(box) or (is_far and is_blocked(room, leader, place, may_cross=may_cross)):
                    continue
                if is_far:
                    line_between(ax, leader)
                write(ax, text, box, dx, **style)
                return room.with_(texts=[box], lines=[leader] if is_far else [])
    return None


def is_blocked(room: Room, leader: Line, place: tuple[float, float], *, may_cross: bool) -> bool:
    """Whether a joining line would run through a name, or through a line or mark; where it begins does not count."""
    if any(crosses(text, leader) for text in room.texts):
        return True
    if may_cross:
        return False
    spot = around(place, 1)
    if any(crosses(mark, leader) for mark in room.marks if not overlap(mark, spot)):
        return True
    # A line that passes through the mark itself, such as its interval, is left at once or not at all.
    away = (place[0] + 0.2 * (leader[2] - place[0]), place[1] + 0.2 * (leader[3] - place[1]), *leader[2:])
    return any(meet(away if crosses(spot, line) else leader, line) for line in room.lines)


def meet(one: Line, other: Line) -> bool:
    """Whether two lines cross."""
    return opposite(one, other) and opposite(other, one)


def opposite(one: Line, other: Line) -> bool:
    """Whether the ends of the other line lie on different sides of the first, or on it."""
    x, y, to_x, to_y = one
    sides = [(to_x - x) * (b - y) - (to_y - y) * (a - x) for a, b in (other[:2], other[2:])]
    return sides[0] * sides[1] <= 0


def beside(
    place: tuple[float, float], width: float, height: float, most: float
) -> Iterator[tuple[float, float, float, Box]]:
    """(distance, direction across, direction up, box) of every spot that a text may take, the nearest first."""
    for distance in (distance for distance in _DISTANCES if distance <= most):
        for angle in _DIRECTIONS:
            dx, dy = math.cos(angle), math.sin(angle)
            x, y = place[0] + distance * dx, place[1] + distance * dy
            left = x if dx > 0.3 else x - width if dx < -0.3 else x - width / 2
            bottom = y if dy > 0.7 else y - height if dy < -0.7 else y - height / 2
            yield distance, dx, dy, (left, bottom, left + width, bottom + height)


def name_level(ax: Any, room: Room, up: float, text: str, *, is_outside: bool = False, **style: Any) -> Room | None:
    """Names a level line at height `up`: on it, below it, or at the end of a joining line; None without room.

    is_outside: the line lies beyond the frame, and `up` is where the name stands.
    """
    width, height = size_of(ax, text, **style)
    left, _, right, _ = room.frame
    steps = [left + 4 + share * max(right - left - width - 8, 0) for share in (0.0, 1.0, *_STEPS)]
    spots = [(step, bottom) for bottom in (up + 2.5, up - height - 2.5) for step in steps]
    after = name_spot(ax, room, text, spots, **style)
    if after is not None or is_outside:
        return after
    return name_mark(ax, room, text, [(left + share * (right - left), up) for share in _STEPS[1:-1]], **style)


def name_upright(ax: Any, room: Room, across: float, text: str, **style: Any) -> Room | None:
    """Names an upright line by rotated text left or right of it, where fewer marks are; None without room."""
    width, height = size_of(ax, text, **style)
    _, bottom, _, top = room.frame
    marks = [(box[1] + box[3]) / 2 for box in room.marks] or [bottom]
    is_high = sum(marks) / len(marks) > (bottom + top) / 2
    steps = [bottom + 2 + share * max(top - bottom - height - 4, 0) for share in (_STEPS if is_high else _STEPS[::-1])]
    spots = [(left, step) for left in (across - width - 2.5, across + 2.5) for step in steps]
    return name_spot(ax, room, text, spots, **style)


def name_spot(ax: Any, room: Room, text: str, spots: Iterable[tuple[float, float]], **style: Any) -> Room | None:
    """Writes the text at the first of the spots (left, bottom) that is free; None without room."""
    width, height = size_of(ax, text, **style)
    for left, bottom in spots:
        box = (left, bottom, left + width, bottom + height)
        if room.is_free(box):
            write(ax, text, box, 1.0, **style)
            return room.with_(texts=[box])
    return None


def write(ax: Any, text: str, box: Box, dx: float, **style: Any) -> None:
    """The text in its box, held at the end that is nearest to what it names: browsers have narrower fonts."""
    side, x = ("left", box[0]) if dx > 0.3 else ("right", box[2]) if dx < -0.3 else ("center", (box[0] + box[2]) / 2)
    if style.get("rotation"):
        side, x = "center", (box[0] + box[2]) / 2
    middle = (box[1] + box[3]) / 2
    across, up = ax.transAxes.inverted().transform((x, middle))
    ax.text(across, up, text, transform=ax.transAxes, ha=side, va="center", zorder=6, **style)


def line_between(ax: Any, line: Line) -> None:
    (x, y), (to_x, to_y) = ax.transAxes.inverted().transform([line[:2], line[2:]])
    ax.plot([x, to_x], [y, to_y], transform=ax.transAxes, color=SOFT, linewidth=0.6, zorder=2)
