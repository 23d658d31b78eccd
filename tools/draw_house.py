"""Draws docs/house.svg from the imports: floors as rows, packages as boxes, an arrow for every "imports".

An arrow is left out where a longer way says the same: whoever imports core rests on runtime, too.  Floors come from the
contract in pyproject.toml, imports from grimp, which import-linter brings; imports for types alone do not count.
`--check` draws nothing and fails when packages, floors or arrows are no longer those of the picture.  Counts of files
and lines change with every commit, so they are those of the last drawing.
"""

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from pathlib import Path

import grimp

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "trivet"
PICTURE = ROOT / "docs" / "house.svg"

WIDTH, MARGIN, FLOOR = 1040, 38, 92  # pixels; FLOOR: from one floor to the next
BOX_WIDTH, BOX_HEIGHT, GAP = 142, 56, 20
LANE = 7  # between arrows that pass through the same gap
LETTERS = 24  # of the small print that fit into a box

Arrows = Mapping[str, frozenset[str]]

STYLE = """
svg { font: 12px system-ui, sans-serif }
.paper { fill: #fff } .box { fill: #f4f6f8; stroke: #7a8794 } .found { fill: #fdf3e1; stroke: #b07a1e }
text { fill: #1c2530; text-anchor: middle } .small { font-size: 9.5px } .floor, .small { fill: #5a6672 }
.name { font-weight: 600 } .arrow { fill: none; stroke: #5a6672; stroke-width: 1.1 } .head { fill: #5a6672 }
@media (prefers-color-scheme: dark) {
.paper { fill: #12171d } .box { fill: #1f2731; stroke: #6d7a88 } .found { fill: #33291a; stroke: #c3913e }
text { fill: #e4e9ee } .floor, .small { fill: #a3aeb9 } .arrow { stroke: #a3aeb9 } .head { fill: #a3aeb9 }
}"""


@dataclass(frozen=True, kw_only=True)
class Box:
    """A package in its place.  left, top, width: pixels.  says: files and lines, and its folders, as small print."""

    name: str
    floor: int
    left: float
    top: float
    width: float
    says: tuple[str, ...]
    is_found: bool

    @property
    def middle(self) -> float:
        """Where its middle is, from the left."""
        return self.left + self.width / 2

    def nearest(self, x: float) -> float:
        """The place on its edge that is nearest to x."""
        return min(max(x, self.left + LANE), self.left + self.width - LANE)


def main() -> int:
    arrows, floors = without_detours(imports()), floors_of_contract()
    if "--check" in sys.argv:
        return complain(floors, arrows)
    PICTURE.write_text(picture(boxes(floors, arrows), arrows), encoding="utf-8")
    print(f"{PICTURE.relative_to(ROOT)}: {len(floors)} floors, {sum(map(len, arrows.values()))} arrows")
    return 0


def complain(floors: Sequence[Sequence[str]], arrows: Arrows) -> int:
    """1 when the committed picture shows another house, with the difference; 0 when it shows this one."""
    now, drawn = facts(floors, arrows), set(re.findall(r"<title>(.*?)</title>", PICTURE.read_text(encoding="utf-8")))
    for text in sorted(now ^ drawn):
        print(f"{'not drawn' if text in now else 'gone'}: {text}")
    if now != drawn:
        print("draw it anew: python tools/draw_house.py")
    return int(now != drawn)


def facts(floors: Sequence[Sequence[str]], arrows: Arrows) -> set[str]:
    """What the picture says besides counts, one sentence each; the titles of its boxes and arrows."""
    stand = {f"{name} stands on floor {at}" for at, floor in enumerate(floors) for name in floor}
    return stand | {f"{one} imports {other}" for one, others in arrows.items() for other in others}


def floors_of_contract() -> list[list[str]]:
    """The packages of each floor, the lowest first, as import-linter is told."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = told["tool"]["importlinter"]["contracts"][0]["layers"]
    return [[name.strip() for name in re.split(r"[|:]", layer)] for layer in reversed(layers)]


def imports() -> Arrows:
    """{package: packages that it imports}, at whatever moment it does."""
    graph = grimp.build_graph("trivet", exclude_type_checking_imports=True, cache_dir=None)
    found: dict[str, set[str]] = {name.partition(".")[2]: set() for name in graph.find_children("trivet")}
    for importer in graph.modules - {"trivet"}:
        own = importer.split(".")[1]
        there = {one.split(".")[1] for one in graph.find_modules_directly_imported_by(importer) if "." in one}
        found[own] |= there - {own}
    return {name: frozenset(others) for name, others in sorted(found.items())}


def without_detours(arrows: Arrows) -> Arrows:
    """The arrows without those that a longer way implies."""
    return {
        name: frozenset(one for one in others if not any(one in all_below(arrows, via) for via in others - {one}))
        for name, others in arrows.items()
    }


def all_below(arrows: Arrows, name: str) -> set[str]:
    """Every package on which this one rests, directly or not."""
    below, waiting = set[str](), [name]
    while waiting:
        new = arrows[waiting.pop()] - below
        below |= new
        waiting += sorted(new)
    return below


def boxes(floors: Sequence[Sequence[str]], arrows: Arrows) -> dict[str, Box]:
    """Every package in its place, in the order of the contract; what all others rest on is as wide as the house."""
    found = {}
    for at, floor in enumerate(floors):
        top = 24 + (len(floors) - 1 - at) * FLOOR
        above = [name for others in floors[at + 1 :] for name in others]
        is_ground = len(floor) == 1 and len(above) > 1 and all(floor[0] in all_below(arrows, one) for one in above)
        width = WIDTH - 2 * MARGIN if is_ground else BOX_WIDTH
        left = (WIDTH - len(floor) * width - (len(floor) - 1) * GAP) / 2
        for place, name in enumerate(floor):
            x = left + place * (width + GAP)
            says = small_print(name, letters=LETTERS * 5 if is_ground else LETTERS)
            box = Box(name=name, floor=at, left=x, top=top, width=width, says=says, is_found=is_found_by_name(name))
            found[name] = box
    return found


def small_print(name: str, *, letters: int) -> tuple[str, ...]:
    """Files and lines of a package, then the names of its folders, as far as there is room."""
    files = sorted((SOURCE / name).rglob("*.py"))
    lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files)
    folders = sorted(path.parent.name for path in (SOURCE / name).glob("*/__init__.py"))
    listed = " ".join(folders)
    if len(listed) > letters:
        listed = listed[: letters - 2].rpartition(" ")[0] + " …"
    return tuple(filter(None, (f"{len(files)} files, {lines:,} lines", listed)))


def is_found_by_name(name: str) -> bool:
    """Whether the registry finds what lies in the package: then hardly anybody imports it."""
    from trivet.core.registry import FOLDERS

    return any(folder.package == f"trivet.{name}" for folder in FOLDERS.values())


def picture(placed: Mapping[str, Box], arrows: Arrows) -> str:
    """The SVG as text."""
    n_floors = 1 + max(box.floor for box in placed.values())
    height = n_floors * FLOOR + 40
    pieces = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" role="img">',
        f"<style>{STYLE}\n</style>",
        '<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path class="head" d="M0 0 8 4 0 8z"/></marker>',
        f'<rect class="paper" width="{WIDTH}" height="{height}" rx="8"/>',
        *arrows_drawn(placed, arrows),
        *map(box_drawn, placed.values()),
        *(text_at(22, height_of(at, n_floors) + BOX_HEIGHT / 2 + 4, "floor", str(at)) for at in range(n_floors)),
        text_at(WIDTH / 2, height - 14, "small", "arrow: imports (what a longer way implies is left out); "
                "orange: found by name through core/registry.py, and open to other distributions"),
        "</svg>",
    ]  # fmt: skip
    return "\n".join(pieces) + "\n"


def height_of(floor: int, n_floors: int) -> float:
    """Where a floor's boxes begin, from the top."""
    return 24 + (n_floors - 1 - floor) * FLOOR


def box_drawn(box: Box) -> str:
    """A rectangle with its name and small print."""
    looks = "found" if box.is_found else "box"
    first = box.top + 20 - (0 if len(box.says) > 1 else -5)
    lines = [text_at(box.middle, first + 14 * (at + 1), "small", text) for at, text in enumerate(box.says)]
    return (
        f"<g><title>{box.name} stands on floor {box.floor}</title>"
        f'<rect class="{looks}" x="{box.left:g}" y="{box.top:g}" width="{box.width:g}" height="{BOX_HEIGHT}" rx="5"/>'
        + text_at(box.middle, first, "name", box.name)
        + "".join(lines)
        + "</g>"
    )


def text_at(x: float, y: float, looks: str, text: str) -> str:
    return f'<text class="{looks}" x="{x:g}" y="{y:g}">{escape(text)}</text>'


def arrows_drawn(placed: Mapping[str, Box], arrows: Arrows) -> Iterator[str]:
    """Every arrow, from the bottom of a box, through gaps on the floors between, to the top of another."""
    taken: dict[tuple[int, int], int] = {}
    ends = {name: end_places(name, placed, arrows) for name in placed}
    for name, others in arrows.items():
        for other in sorted(others, key=lambda one: placed[one].middle):
            one, two = placed[name], placed[other]
            starts = sorted(others, key=lambda there: placed[there].middle)
            start = one.middle + LANE * 2 * (starts.index(other) - (len(starts) - 1) / 2)
            end = ends[other].get(name, start) if two.width == BOX_WIDTH else None
            stops = gaps_between(one, two, start, end, placed, taken)
            last = (end if end is not None else two.nearest(stops[-1][0] if stops else start), two.top)
            points = [(start, one.top + BOX_HEIGHT), *stops, last]
            title = f"<title>{name} imports {other}</title>"
            yield f'<path class="arrow" marker-end="url(#head)" d="{curve(points)}">{title}</path>'


def end_places(name: str, placed: Mapping[str, Box], arrows: Arrows) -> dict[str, float]:
    """Where on top of a box the arrow of each importer ends: in the order in which they stand."""
    importers = sorted((one for one, others in arrows.items() if name in others), key=lambda one: placed[one].middle)
    first = placed[name].middle - LANE * (len(importers) - 1)
    return {importer: first + 2 * LANE * at for at, importer in enumerate(importers)}


def gaps_between(
    one: Box, two: Box, start: float, end: float | None, placed: Mapping[str, Box], taken: dict[tuple[int, int], int]
) -> list[tuple[float, float]]:
    """The places at which an arrow passes the floors between two boxes: the gap nearest to its straight line."""
    stops: list[tuple[float, float]] = []
    x = start
    for floor in range(one.floor - 1, two.floor, -1):
        standing = sorted((box for box in placed.values() if box.floor == floor), key=lambda box: box.left)
        goal = x if end is None else x + (end - x) / (floor - two.floor + 1)
        gap, x = free_gap(standing, goal)
        turn = taken.get((floor, gap), 0)
        taken[(floor, gap)] = turn + 1
        x += lane(turn, gap, len(standing))
        stops += [(x, standing[0].top - 4), (x, standing[0].top + BOX_HEIGHT + 4)]
    return stops


def lane(turn: int, gap: int, last: int) -> float:
    """How far beside the first arrow of a gap the next ones pass: outwards beside a floor, to both sides within it."""
    if gap in (0, last):
        return float(LANE * turn * (1 if gap else -1))
    return float(LANE * ((turn + 1) // 2) * (1 if turn % 2 else -1))


def free_gap(standing: Sequence[Box], x: float) -> tuple[int, float]:
    """(which gap of a floor, the place in it that is nearest to x)."""
    walls = [0.0, *(edge for box in standing for edge in (box.left, box.left + box.width)), float(WIDTH)]
    gaps = [(left + GAP / 2, right - GAP / 2) for left, right in zip(walls[::2], walls[1::2])]
    places = [min(max(x, left), right) for left, right in gaps]
    at = min(range(len(gaps)), key=lambda gap: abs(places[gap] - x))
    return at, places[at]


def curve(points: Sequence[tuple[float, float]]) -> str:
    """A smooth line through the points that leaves and arrives straight down."""
    text = f"M{points[0][0]:g} {points[0][1]:g}"
    for (x, y), (to_x, to_y) in pairwise(points):
        bend = (to_y - y) / 2
        text += f" C{x:g} {y + bend:g} {to_x:g} {to_y - bend:g} {to_x:g} {to_y:g}"
    return text


if __name__ == "__main__":
    sys.exit(main())
