"""What every plot of a report shares: style, two shapes, SVG that can stand in a page.

A plot is drawn twice, for a desk and for a phone, so that its text can be read on both; the page shows one of them.
Colours: Okabe and Ito 2008, told apart by colour-blind people; shape or line style differs as well, so that the plots
can be read in black and white.
"""

import io
import re
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from trivet.core.extras import need
from trivet.core.value import value

INK, GOOD, BAD, LIMIT, SOFT = "#222222", "#0072B2", "#767676", "#D55E00", "#5c5c5c"
LIMIT_LINE = {"color": LIMIT, "linestyle": "--", "linewidth": 1.2, "zorder": 1}
BASELINE = {"color": INK, "linestyle": ":", "linewidth": 1.4, "zorder": 1}  # what a constant answer reaches

_STYLE = {
    "svg.hashsalt": "trivet",  # the same numbers draw the same bytes
    "svg.fonttype": "none",  # text stays text: it can be searched, and the browser brings the fonts for any script
    "text.parse_math": False,  # a column called "$x$" is not a formula
    "font.family": "sans-serif",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "figure.constrained_layout.use": True,
}


@value
class Shape:
    """One size to draw in.  width: inches, 72 points each.  font, small: points.  letters: most of a name."""

    name: str
    width: float
    font: float
    small: float
    letters: int


WIDE = Shape(name="wide", width=8.6, font=10, small=9, letters=40)  # 620 points, shown on about 860 pixels
NARROW = Shape(name="narrow", width=4.7, font=11, small=9.5, letters=24)  # 340 points: a phone, or half a desk

Draw = Callable[[Any, Shape], Sequence[str]]
"""Draws on a figure; answers with the names that found no room."""


@value
class Picture:
    """A plot in one shape.  unnamed: what is drawn but could not be named without covering something."""

    shape: str
    svg: str
    unnamed: tuple[str, ...]


@value
class Plot:
    """Pictures of one thing and the sentence that they show.

    table: the numbers behind it, the first row names the columns.  notes: what the picture leaves out.
    """

    finding: str
    pictures: tuple[Picture, ...]
    table: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def pictures(draw: Draw, height: float, name: str, shapes: Sequence[Shape] = (WIDE, NARROW)) -> tuple[Picture, ...]:
    """What `draw` draws, once per shape.  height: inches.  name: begins the ids, so that none on the page clash."""
    return tuple(picture(draw, height, name, shape) for shape in shapes)


def picture(draw: Draw, height: float, name: str, shape: Shape) -> Picture:
    out = io.StringIO()
    figure, unnamed = drawing(draw, height, shape)
    with need("matplotlib", for_="the report").rc_context(_STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # only measured with this font; the browser has its own
        figure.savefig(out, format="svg", transparent=True)
    svg = for_page(out.getvalue(), f"{name}-{shape.name}")
    return Picture(shape=shape.name, svg=svg, unnamed=unnamed)


def drawing(draw: Draw, height: float, shape: Shape) -> tuple[Any, tuple[str, ...]]:
    """The figure itself, one pixel per point, and what found no room."""
    matplotlib = need("matplotlib", for_="the report")
    figures = need("matplotlib.figure", for_="the report")
    canvas = need("matplotlib.backends.backend_agg", for_="the report")
    with matplotlib.rc_context({**_STYLE, "font.size": shape.font}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")
        figure = figures.Figure(figsize=(shape.width, height), dpi=72)
        canvas.FigureCanvasAgg(figure)
        return figure, tuple(draw(figure, shape))


def settle(figure: Any) -> None:
    """Fixes where the axes lie, so that names can be put beside what they name."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")


def short_name(name: str, letters: int) -> str:
    """The name, its end cut off when it is long; line breaks would tear a label apart."""
    flat = " ".join(name.split())
    return flat if len(flat) <= letters else flat[: letters - 1] + "…"


def for_page(text: str, name: str) -> str:
    """The `svg` element alone, without metadata (they hold addresses and a date) and fixed width and height."""
    body = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)
    body = re.sub(r'(<[^<>]*?\bid="|xlink:href="#|url\(#)', rf"\g<1>{name}-", body)
    # The viewBox alone gives the proportions: the picture is as wide as its place on the page.
    body = re.sub(r'<svg ([^>]*?)width="[^"]*"', r'<svg aria-hidden="true" \1', body.replace("\n", " "), count=1)
    return re.sub(r'(<svg [^>]*?)\bheight="[^"]*"', r"\1", body, count=1)
