"""Which columns the model looks at."""

from collections.abc import Sequence
from typing import Any

from .labels import size_of
from .pictures import GOOD, INK, Plot, Shape, pictures, short_name

_MOST_BARS = 12
_NAMES = 0.4  # of the width: the most that names take from the bars


def importance_plot(importance: Sequence[Sequence[Any]], main: str) -> Plot | None:
    """What shuffling each column costs, most important first; None without numbers."""
    if not importance:
        return None
    ranked = sorted(importance, key=lambda one: -one[1])
    top = ranked[:_MOST_BARS][::-1]
    name, loss = str(ranked[0][0]), ranked[0][1]
    finding = f"{name} matters most: shuffling it makes {main} worse by {loss:.3g}"
    if len(ranked) > len(top):
        finding += f" (drawn: the first {len(top)} of {len(ranked)} columns)"
    rows = [(str(one[0]), *(f"{number:.3g}" for number in one[1:4])) for one in ranked]
    return Plot(
        finding=finding,
        pictures=pictures(lambda fig, shape: draw_bars(fig, shape, top, main), 0.75 + 0.23 * len(top), "importance"),
        table=(("column", "mean", "least", "most"), *rows),
    )


def draw_bars(figure: Any, shape: Shape, top: Sequence[Sequence[Any]], main: str) -> list[str]:
    ax = figure.add_subplot()
    values = [one[1] for one in top]
    spread = [[max(0.0, one[1] - one[2]) for one in top], [max(0.0, one[3] - one[1]) for one in top]]
    ax.barh(range(len(top)), values, xerr=spread, color=GOOD, ecolor=INK, height=0.65, error_kw={"elinewidth": 1})
    ax.set_yticks(range(len(top)), [name_that_fits(ax, str(one[0]), shape) for one in top])
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.set_ylim(-0.6, len(top) - 0.4)
    ax.set_xlabel(f"how much worse {main} gets", loc="right")  # centred, it would not fit beside long names
    ax.locator_params(axis="x", nbins=4)  # long numbers such as 0.0025 would run into each other
    return []


def name_that_fits(ax: Any, name: str, shape: Shape) -> str:
    """The name, cut until it leaves room for the bars: 20 letters w are twice as wide as 20 letters i."""
    letters = min(len(name), shape.letters)
    while letters > 4 and size_of(ax, short_name(name, letters), fontsize=shape.font)[0] > _NAMES * 72 * shape.width:
        letters -= 1
    return short_name(name, letters)
