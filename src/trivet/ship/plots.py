"""The plots of a report, as SVG to be put into a page.  Each says its finding in words, too.

Colours: Okabe and Ito 2008, told apart by colour-blind people; shape or line style differs as well, so that the plots
can be read in black and white.
"""

import io
import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from trivet.core.extras import need
from trivet.core.limits import Limit
from trivet.core.units import show_amount
from trivet.core.value import value
from trivet.kit.intervals import clopper_pearson

INK, GOOD, BAD, LIMIT = "#222222", "#0072B2", "#767676", "#D55E00"
_WIDTH = 4.7  # inches: about as wide as a phone, so that the text keeps its size there
_SMALL = 9.5
_MOST_BARS = 15
_MOST_LETTERS = 26
_AXES_POINTS = (265.0, 180.0)  # about the room inside the axes of the frontier plot
_STEPS = (0, 11, -11, 22, -22, 33, -33, 44, -44, 55, -55)  # points by which a name may be moved

_STYLE = {
    "svg.hashsalt": "trivet",  # the same numbers draw the same bytes
    "svg.fonttype": "none",  # text stays text: it can be searched, and the browser brings the fonts for any script
    "text.parse_math": False,  # a column called "$x$" is not a formula
    "font.family": "sans-serif",
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "figure.constrained_layout.use": True,
}


@value
class Plot:
    """A picture and the sentence that it shows.  table: the numbers behind it, the first row names the columns."""

    finding: str
    svg: str
    table: tuple[tuple[str, ...], ...]


def frontier_plot(points: Sequence[Mapping[str, Any]], limits: Sequence[Limit], main: str) -> Plot | None:
    """Size against the main gauge for every candidate that was kept; None when there is nothing to draw.

    points: {"route", "readings": {gauge: [value, low, high]}, "keeps", "bytes", "shipped"}.
    """
    seen = [p for p in points if main in p.get("readings", {}) and p.get("bytes", 0) > 0]
    if not seen:
        return None
    bounds = {limit.gauge: limit for limit in limits}

    def draw(ax: Any) -> None:
        for is_good in (False, True):
            draw_candidates(ax, [p for p in seen if bool(p.get("keeps")) is is_good], main, is_good=is_good)
        for point in seen:
            if point.get("shipped"):
                x, y = point["bytes"], point["readings"][main][0]
                ax.plot(x, y, "*", ms=17, mfc=GOOD, mec="white", mew=1.2, zorder=5)
        ax.set(xscale="log", xlabel="size of the file", ylabel=f"{main} on the rows that compare")
        draw_limits(ax, bounds.get("size"), bounds.get(main))
        mark_sizes(ax)
        name_routes(ax, seen, main)

    return Plot(finding=frontier_finding(seen, main), svg=svg(draw, 3.6, "frontier"), table=frontier_table(seen, main))


def draw_candidates(ax: Any, points: Sequence[Mapping[str, Any]], main: str, *, is_good: bool) -> None:
    """Points with intervals: a filled circle keeps every limit, a hollow square does not."""
    if not points:
        return
    y, low, high = zip(*(p["readings"][main] for p in points))
    spread = [[a - b for a, b in zip(y, low)], [b - a for a, b in zip(y, high)]]
    style = {"fmt": "o", "mfc": GOOD, "color": GOOD} if is_good else {"fmt": "s", "mfc": "white", "color": BAD}
    ax.errorbar([p["bytes"] for p in points], y, yerr=spread, ms=5, elinewidth=0.8, zorder=3 + is_good, **style)


def mark_sizes(ax: Any) -> None:
    """Ticks at 1, 2 and 5 times a power of ten, written as sizes; fewer where they would touch."""
    ticker = need("matplotlib.ticker", for_="the report")
    low, high = ax.get_xlim()
    ax.xaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5) if high / low < 60 else (1,)))
    ax.xaxis.set_major_formatter(ticker.FuncFormatter(lambda number, _: show_amount(number, "B")))
    ax.xaxis.set_minor_locator(ticker.NullLocator())


def name_routes(ax: Any, points: Sequence[Mapping[str, Any]], main: str) -> None:
    """The name of each route once, at its shipped or first point, moved up or down until it covers no other name."""
    first: dict[str, Mapping[str, Any]] = {}
    for point in sorted(points, key=lambda p: not p.get("shipped")):
        first.setdefault(str(point.get("route", "")), point)
    taken: list[tuple[float, float, float]] = []
    for route, point in sorted(first.items(), key=lambda item: (not item[1].get("shipped"), item[1]["bytes"])):
        x, y = point["bytes"], point["readings"][main][0]
        across, up = ax.transAxes.inverted().transform(ax.transData.transform((x, y))) * _AXES_POINTS
        width = 5.7 * len(shortened(route)) + 10  # points: about what these letters take
        is_left = across + width > _AXES_POINTS[0]
        start = across - width if is_left else across
        free = (step for step in _STEPS if not any(covers(start, width, up + step, other) for other in taken))
        step = next(free, 0)
        taken.append((start, start + width, up + step))
        ax.annotate(
            shortened(route), (x, y), textcoords="offset points", xytext=(-9 if is_left else 9, step),
            ha="right" if is_left else "left", va="center", fontsize=_SMALL, zorder=6,
            weight="bold" if point.get("shipped") else "normal",
            bbox={"fc": "white", "ec": "none", "alpha": 0.8, "pad": 0.5},
        )  # fmt: skip


def covers(start: float, width: float, up: float, other: tuple[float, float, float]) -> bool:
    """Whether a name at this place would touch another one; all in points."""
    return start < other[1] and other[0] < start + width and abs(up - other[2]) < 11


def draw_limits(ax: Any, size: Limit | None, main: Limit | None) -> None:
    """Each limit as a dashed line with its text on it."""
    style = {"color": LIMIT, "linestyle": "--", "linewidth": 1.2, "zorder": 1}
    words = {"color": LIMIT, "fontsize": _SMALL, "va": "bottom"}
    if main is not None:
        ax.axhline(main.bound, **style)
        ax.annotate(f"limit {main}", (0.01, main.bound), xycoords=("axes fraction", "data"), ha="left", **words)
    if size is not None:
        ax.axvline(size.bound, **style)
        place = {"xycoords": ("data", "axes fraction"), "ha": "right", "rotation": 90}
        ax.annotate(f"limit {size} ", (size.bound, 1), **place, **{**words, "va": "top"})


def frontier_finding(points: Sequence[Mapping[str, Any]], main: str) -> str:
    keeping = sum(bool(p.get("keeps")) for p in points)
    counted = f"{keeping} of the {len(points)} candidates drawn keep every limit"
    for point in points:
        if point.get("shipped"):
            reached = f"{point['readings'][main][0]:.4g}"
            return (
                f"{counted}; the one that ships (star) reaches {main} {reached} in {show_amount(point['bytes'], 'B')}"
            )
    return f"{counted}; none of them ships"


def frontier_table(points: Sequence[Mapping[str, Any]], main: str) -> tuple[tuple[str, ...], ...]:
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


def calibration_plot(table: Mapping[str, Any], *, goal: str, about: str) -> Plot | None:
    """What was said against what came true, in groups of rows; None without a table.

    table: {"said", "came", "count"} and, when known, {"low", "high"}: one number per group of rows.
    about: what the probabilities or values are of.
    """
    said, came = list(table.get("said", ())), list(table.get("came", ()))
    if not said or len(said) != len(came):
        return None
    count = list(table.get("count", [0] * len(said)))
    low, high = ends_of(table, came, count, goal)

    def draw(ax: Any) -> None:
        edge = [0.0, 1.0] if goal == "classify" else [min(said + came), max(said + came)]
        ax.plot(edge, edge, color=LIMIT, linestyle="--", linewidth=1.2, zorder=1)
        spread = [[a - b for a, b in zip(came, low)], [b - a for a, b in zip(came, high)]]
        ax.errorbar(said, came, yerr=spread, fmt="o", color=GOOD, ms=5, elinewidth=1)
        ax.annotate(
            "as said", (edge[1], edge[1]), xytext=(-14, 0), textcoords="offset points", ha="right", va="center",
            color=LIMIT, fontsize=_SMALL,
        )  # fmt: skip
        said_label = f"said probability of {about}" if goal == "classify" else f"said {about}, mean of a group"
        ax.set(xlabel=said_label, ylabel="share that came true" if goal == "classify" else "true mean of the group")

    rows = [
        (f"{a:.4g}", f"{b:.4g} ({c:.4g} to {d:.4g})" if d > c else f"{b:.4g}", f"{n}" if n else "unknown")
        for a, b, c, d, n in zip(said, came, low, high, count)
    ]
    inside = sum(a <= s <= b for s, a, b in zip(said, low, high))
    gap = max(abs(a - b) for a, b in zip(said, came))
    finding = f"What was said differs from what came true by at most {gap:.2g}, in {len(said)} groups of rows"
    if any(b > a for a, b in zip(low, high)):
        finding += f"; in {inside} of them by no more than chance explains"
    return Plot(finding=finding, svg=svg(draw, 3.6, "calibration"), table=(("said", "came true", "rows"), *rows))


def ends_of(
    table: Mapping[str, Any], came: Sequence[float], count: Sequence[int], goal: str
) -> tuple[list[float], list[float]]:
    """The intervals of what came true: as stated, else exact ones for shares, else none."""
    if "low" in table and "high" in table:
        return list(table["low"]), list(table["high"])
    if goal != "classify" or not all(count):
        return list(came), list(came)
    both = [clopper_pearson(round(share * n), n, 0.95) for share, n in zip(came, count)]
    # A share that was rounded for the file may lie a hair outside.
    return [min(a, c) for (a, _), c in zip(both, came)], [max(b, c) for (_, b), c in zip(both, came)]


def importance_plot(importance: Sequence[Sequence[Any]], main: str) -> Plot | None:
    """What shuffling each column costs, most important first; None without numbers."""
    if not importance:
        return None
    ranked = sorted(importance, key=lambda one: -one[1])
    top = ranked[:_MOST_BARS][::-1]

    def draw(ax: Any) -> None:
        values = [one[1] for one in top]
        spread = [[max(0.0, one[1] - one[2]) for one in top], [max(0.0, one[3] - one[1]) for one in top]]
        ax.barh(range(len(top)), values, xerr=spread, color=GOOD, ecolor=INK, height=0.65, error_kw={"elinewidth": 1})
        ax.set_yticks(range(len(top)), [shortened(str(one[0])) for one in top])
        ax.axvline(0, color=INK, linewidth=0.8)
        ax.set(xlabel=f"how much worse {main} gets")
        ax.locator_params(axis="x", nbins=4)  # long numbers such as 0.0025 would run into each other

    name, loss = str(ranked[0][0]), ranked[0][1]
    finding = f"{name} matters most: shuffling it makes {main} worse by {loss:.3g}"
    if len(ranked) > len(top):
        finding += f" (drawn: the first {len(top)} of {len(ranked)} columns)"
    rows = [(str(one[0]), *(f"{number:.3g}" for number in one[1:4])) for one in ranked]
    picture = svg(draw, 0.9 + 0.25 * len(top), "importance")
    return Plot(finding=finding, svg=picture, table=(("column", "mean", "least", "most"), *rows))


def shortened(name: str) -> str:
    """The name, its end cut off when it is long; line breaks would tear a label apart."""
    flat = " ".join(name.split())
    return flat if len(flat) <= _MOST_LETTERS else flat[: _MOST_LETTERS - 1] + "…"


def svg(draw: Any, height: float, name: str) -> str:
    """The picture that `draw(ax)` makes, ready to stand in a page; ids begin with the name, so that none clash."""
    matplotlib = need("matplotlib", for_="the report")
    figures = need("matplotlib.figure", for_="the report")
    out = io.StringIO()
    with matplotlib.rc_context(_STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # only measured with this font; the browser has its own
        figure = figures.Figure(figsize=(_WIDTH, height))
        draw(figure.add_subplot())
        figure.savefig(out, format="svg", transparent=True)
    return for_page(out.getvalue(), name)


def for_page(text: str, name: str) -> str:
    """The `svg` element alone, without metadata (they hold addresses and a date) and fixed width and height."""
    body = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)
    body = re.sub(r'(<[^<>]*?\bid="|xlink:href="#|url\(#)', rf"\g<1>{name}-", body)
    return re.sub(r'<svg ([^>]*?)width="[^"]*"', r'<svg aria-hidden="true" \1', body.replace("\n", " "), count=1)
