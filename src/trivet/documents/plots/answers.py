"""Whether answers come true: calibration and ROC for classes, residuals for numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

from trivet.core.value import value
from trivet.kit.stats.intervals import clopper_pearson

from .labels import Room, around, at, name_level, name_mark, polyline, room_in
from .pictures import BAD, BASELINE, GOOD, INK, LIMIT, LIMIT_LINE, NARROW, Plot, Shape, pictures, settle, short_name

Table = Mapping[str, Any]
_HEIGHT = 3.2  # inches


@value
class Said:
    """What was said and came true, per group of rows: as many numbers in each tuple.  prior: the constant answer."""

    said: tuple[float, ...]
    came: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    prior: float | None
    about: str


def calibration_plot(
    table: Table, *, about: str, prior: float | None = None, shapes: Sequence[Shape] = (NARROW,)
) -> Plot | None:
    """What was said against what came true, in groups of rows; None without a table.

    table: {"said", "came", "count"} and, when known, {"low", "high"}: one number per group of rows.
    about: what the probabilities are of.  prior: the share that a constant answer states for every row.
    shapes: the narrow one alone where another plot stands beside it.
    """
    said, came = tuple(table.get("said", ())), tuple(table.get("came", ()))
    if not said or len(said) != len(came):
        return None
    count = list(table.get("count", [0] * len(said)))
    low, high = ends_of(table, came, count)
    groups = Said(said=said, came=came, low=tuple(low), high=tuple(high), prior=prior, about=about)
    rows = [
        (f"{a:.4g}", f"{b:.4g} ({c:.4g} to {d:.4g})" if d > c else f"{b:.4g}", f"{n}" if n else "unknown")
        for a, b, c, d, n in zip(said, came, low, high, count)
    ]
    inside = sum(a <= s <= b for s, a, b in zip(said, low, high))
    gap = max(abs(a - b) for a, b in zip(said, came))
    finding = f"What was said differs from what came true by at most {gap:.2g}, in {len(said)} groups of rows"
    if any(b > a for a, b in zip(low, high)):
        finding += f"; in {inside} of them by no more than chance explains"
    return Plot(
        finding=finding,
        pictures=pictures(lambda fig, shape: draw_calibration(fig, shape, groups), _HEIGHT, "calibration", shapes),
        table=(("said", "came true", "rows"), *rows),
    )


def ends_of(table: Table, came: Sequence[float], count: Sequence[int]) -> tuple[list[float], list[float]]:
    """The intervals of what came true: as stated, else exact ones, else none."""
    if "low" in table and "high" in table:
        return list(table["low"]), list(table["high"])
    if not all(count):
        return list(came), list(came)
    both = [clopper_pearson(round(share * n), n, 0.95) for share, n in zip(came, count)]
    # A share that was rounded for the file may lie a hair outside.
    return [min(a, c) for (a, _), c in zip(both, came)], [max(b, c) for (_, b), c in zip(both, came)]


def draw_calibration(figure: Any, shape: Shape, groups: Said) -> list[str]:
    ax = figure.add_subplot()
    ax.plot([0, 1], [0, 1], **LIMIT_LINE)
    spread = [
        [max(a - b, 0) for a, b in zip(groups.came, groups.low)],
        [max(b - a, 0) for a, b in zip(groups.came, groups.high)],
    ]
    ax.errorbar(groups.said, groups.came, yerr=spread, fmt="o", color=GOOD, ms=5, elinewidth=1)
    ax.set(xlim=(-0.03, 1.03), ylim=(-0.04, 1.04), ylabel="share that came true")
    ax.set_xlabel(f"said probability of {short_name(groups.about, shape.letters)}")
    settle(figure)
    marks = [at(ax, *pair) for pair in zip(groups.said, groups.came)]
    bars = [(*at(ax, x, a), *at(ax, x, b)) for x, a, b in zip(groups.said, groups.low, groups.high)]
    diagonal = (*at(ax, 0, 0), *at(ax, 1, 1))
    room = room_in(ax).with_(marks=[around(mark, 4) for mark in marks], lines=[*bars, diagonal])
    room, unnamed = draw_prior(ax, room, groups.prior, shape)
    return [*unnamed, *name_diagonal(ax, room, "as said", shape, LIMIT)]


def draw_prior(ax: Any, room: Room, prior: float | None, shape: Shape) -> tuple[Room, list[str]]:
    """The share that a constant answer states for every row, as a level line."""
    if prior is None:
        return room, []
    ax.axhline(prior, **BASELINE)
    up = at(ax, 0, prior)[1]
    room = room.with_(lines=[(room.frame[0], up, room.frame[2], up)])
    text = f"constant answer {prior:.3g}"
    after = name_level(ax, room, up, text, fontsize=shape.small, color=INK)
    return after or room, [] if after else [f"dotted: {text}"]


def name_diagonal(ax: Any, room: Room, text: str, shape: Shape, color: str) -> list[str]:
    """Writes the name of the diagonal beside it."""
    places = [at(ax, share, share) for share in (0.8, 0.6, 0.7, 0.5, 0.4, 0.3, 0.9)]
    return [] if name_mark(ax, room, text, places, fontsize=shape.small, color=color) else [text]


def roc_plot(table: Table, classes: Sequence[str]) -> Plot | None:
    """Rows found against false alarms for every threshold, and the shipped one; None without a table.

    table: {"fpr", "tpr": points of the curve, "shipped": [fpr, tpr]}.  classes: the second one is looked for.
    """
    fpr, tpr = list(table.get("fpr", ())), list(table.get("tpr", ()))
    if len(fpr) < 2 or len(fpr) != len(tpr):
        return None
    shipped = tuple(table.get("shipped", ()))
    about = f"“{classes[1]}”" if len(classes) == 2 else "the second class"
    finding = f"Rows of {about} found against false alarms, for every threshold"
    if len(shipped) == 2:
        finding = (
            f"As shipped (star) it finds {shipped[1]:.1%} of the rows of {about}, "
            f"with a false alarm on {shipped[0]:.1%} of the others"
        )
    rows = [(f"{a:.4g}", f"{b:.4g}") for a, b in zip(fpr, tpr)]
    return Plot(
        finding=finding,
        pictures=pictures(lambda fig, shape: draw_roc(fig, shape, fpr, tpr, shipped, about), _HEIGHT, "roc", (NARROW,)),
        table=(("false alarms", "found"), *rows),
    )


def draw_roc(
    figure: Any, shape: Shape, fpr: Sequence[float], tpr: Sequence[float], shipped: Sequence[float], about: str
) -> list[str]:
    ax = figure.add_subplot()
    ax.plot([0, 1], [0, 1], **BASELINE)
    ax.plot(fpr, tpr, color=GOOD, linewidth=1.8, zorder=3)
    ax.set(xlim=(-0.03, 1.03), ylim=(-0.04, 1.04), xlabel="share of other rows: false alarms")
    ax.set_ylabel(f"share of {short_name(about, shape.letters - 8)} found")
    settle(figure)
    curve = polyline([at(ax, *pair) for pair in zip(fpr, tpr)])
    room = room_in(ax).with_(lines=[*curve, (*at(ax, 0, 0), *at(ax, 1, 1))])
    unnamed = []
    if len(shipped) == 2:
        ax.plot(*shipped, "*", ms=16, mfc=GOOD, mec="white", zorder=5)
        room = room.with_(marks=[around(at(ax, *shipped), 8)])
        after = name_mark(ax, room, "as shipped", [at(ax, *shipped)], fontsize=shape.small, color=INK, weight="bold")
        unnamed, room = [] if after else ["star: as shipped"], after or room
    return [*unnamed, *name_diagonal(ax, room, "no skill (constant answer)", shape, INK)]


@value
class Apart:
    """How far the truth lay from the answers.  quantiles: 5, 25, 50, 75, 95 % points of truth - answer per group."""

    said: tuple[float, ...]
    quantiles: tuple[tuple[float, ...], ...]
    bars: Table
    constant: tuple[float, ...]
    about: str


def residual_plot(table: Table, *, about: str, baseline: Table) -> Plot | None:
    """Truth less answer, by groups of alike answers, beside its histogram; None without a table.

    table: {"said", "quantiles", "count": one per group, "all": five quantiles, "histogram"}.
    baseline: {"value", "quantiles"} of the constant answer, or empty.
    """
    said, quantiles = tuple(table.get("said", ())), tuple(map(tuple, table.get("quantiles", ())))
    if not said or len(said) != len(quantiles):
        return None
    bars, constant = table.get("histogram", {}), tuple(baseline.get("quantiles", ()))
    apart = Apart(said=said, quantiles=quantiles, bars=bars, constant=constant, about=about)
    rows = [
        (f"{a:.4g}", *(f"{number:.3g}" for number in row), f"{n}")
        for a, row, n in zip(said, quantiles, table.get("count", [""] * len(said)))
    ]
    return Plot(
        finding=residual_finding(table.get("all", ()), baseline),
        pictures=pictures(lambda fig, shape: draw_residuals(fig, shape, apart), _HEIGHT, "residuals"),
        table=(("answer", "5 %", "25 %", "median", "75 %", "95 %", "rows"), *rows),
        notes=outside_note(bars),
    )


def residual_finding(every: Sequence[float], baseline: Table) -> str:
    if len(every) != 5:
        return "How far the truth lay from the answer, by groups of rows with alike answers"
    finding = f"For 90 % of the rows the truth lies between {every[0]:+.3g} and {every[4]:+.3g} of the answer"
    constant = baseline.get("quantiles", ())
    if len(constant) == 5:
        finding += (
            f"; of the constant answer {baseline['value']:.4g}, between {constant[0]:+.3g} and {constant[4]:+.3g}"
        )
    return finding


def outside_note(bars: Table) -> tuple[str, ...]:
    outside = bars.get("below", 0) + bars.get("above", 0)
    return (f"The histogram leaves out {outside:.6g} rows at its two ends",) if outside else ()


def draw_residuals(figure: Any, shape: Shape, apart: Apart) -> list[str]:
    ax, beside = figure.subplots(1, 2, sharey=True, width_ratios=(5, 1))
    ax.axhline(0, color=LIMIT, linewidth=1.2, zorder=1)
    for x, (low, lower, middle, upper, high) in zip(apart.said, apart.quantiles):
        ax.plot([x, x], [low, high], color=GOOD, linewidth=0.9, zorder=3)
        ax.plot([x, x], [lower, upper], color=GOOD, linewidth=4.5, solid_capstyle="butt", zorder=3)
        ax.plot(x, middle, "o", ms=4.5, mfc="white", mec=INK, zorder=4)
    for bound in apart.constant[::4]:
        ax.axhline(bound, **BASELINE)
    draw_histogram(beside, apart.bars)
    ends = [number for row in (*apart.quantiles, apart.constant) for number in row]
    air = 0.12 * (max(ends) - min(ends)) or 1.0
    ax.set(ylim=(min(ends) - air, max(ends) + air), ylabel="truth less answer")
    ax.set_xlabel(f"answered {short_name(apart.about, shape.letters)}, mean of a group")
    ax.margins(x=0.06)
    settle(figure)
    return name_residual_lines(ax, apart, shape)


def draw_histogram(ax: Any, bars: Table) -> None:
    """The rows by how far the truth lay from the answer, lying on the side."""
    counts = list(bars.get("counts", ()))
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(bottom=False, labelbottom=False, left=False, labelleft=False)
    ax.set_xlabel("rows")
    if counts:
        step = (bars["high"] - bars["low"]) / len(counts)
        middles = [bars["low"] + (i + 0.5) * step for i in range(len(counts))]
        ax.barh(middles, counts, height=0.9 * step, color=BAD)


def name_residual_lines(ax: Any, apart: Apart, shape: Shape) -> list[str]:
    room = room_in(ax)
    left, _, right, _ = room.frame
    for x, row in zip(apart.said, apart.quantiles):
        (across, low), (_, high) = at(ax, x, row[0]), at(ax, x, row[4])
        room = room.with_(marks=[(across - 3.5, low, across + 3.5, high)])
    levels = [at(ax, apart.said[0], bound)[1] for bound in (0.0, *apart.constant[::4])]
    room = room.with_(lines=[(left, up, right, up) for up in levels])
    unnamed = []
    for side, up in zip(("below", "above"), levels[1:]):
        text = f"constant answer: 5 % of rows {side}"
        after = name_level(ax, room, up, text, fontsize=shape.small, color=INK)
        unnamed += [] if after else [text]
        room = after or room
    return unnamed
