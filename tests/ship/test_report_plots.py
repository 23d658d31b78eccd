"""Plots of a report: names cover nothing, the constant answer is drawn, one bad candidate squeezes no others."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from test_report import MANIFEST

from trivet.core.limits import Limit

pytest.importorskip("matplotlib", reason="the report needs matplotlib")

from trivet.documents.plots.answers import (
    Apart,
    Said,
    calibration_plot,
    draw_calibration,
    draw_residuals,
    draw_roc,
    residual_plot,
    roc_plot,
)
from trivet.documents.plots.candidates import draw_frontier, frontier_plot, scene_of, size_ticks
from trivet.documents.plots.columns import draw_bars
from trivet.documents.plots.labels import Room, crosses, meet, overlap
from trivet.documents.plots.pictures import NARROW, WIDE, Shape, drawing

LIMITS = (
    Limit(gauge="auroc", must=">=", bound=0.9),
    Limit(gauge="size", must="<=", bound=200_000.0, unit="B"),
)


def point(route: str, size: float, number: float, width: float = 0.02, *, ships: bool = False) -> dict[str, Any]:
    readings = {"auroc": [number, number - width, min(number + width, 1.0)]}
    return {"route": route, "readings": readings, "keeps": number > 0.93, "bytes": int(size), "shipped": ships}


def alike(names: list[str]) -> list[dict[str, Any]]:
    """Candidates of nearly one size and one quality; the first ships."""
    return [point(name, 12_000 + 40 * i, 0.95 + 0.001 * (i % 3), ships=not i) for i, name in enumerate(names)]


ROUTES = ["linear", "net", "glass-box", "trees", "pruned-trees", "taught-trees", "vote", "single-tree",
          "quantile-trees", "distilled-net", "ngrams", "rounded-glass-box"]  # fmt: skip
CASES: dict[str, tuple[list[dict[str, Any]], tuple[Limit, ...], float | None]] = {
    "12 alike": (alike(ROUTES), LIMITS, 0.5),
    "12 alike, baseline near the limit": (alike(ROUTES), LIMITS, 0.905),
    "24 spread": (
        [point(f"{ROUTES[i % 12]} {i}", 9_000 * 1.2**i, 0.9 + 0.004 * (i % 13), ships=i == 7) for i in range(24)],
        LIMITS,
        0.88,
    ),
    "long names": (alike([f"a route with a rather long name {i}" for i in range(8)]), LIMITS, None),
    "wide letters": (alike(["表の列の名前", "線形モデル", "決定木の森", "投票 🦭"]), LIMITS, 0.94),
    "one": ([point("linear", 12_000, 0.95, 0.0, ships=True)], (), 0.95),
    "limit far off": (alike(ROUTES[:4]), (Limit(gauge="size", must="<=", bound=5e9, unit="B"),), 0.1),
    "wide intervals": ([point(r, 9_000 * 1.4**i, 0.95, 0.2, ships=not i) for i, r in enumerate(ROUTES)], LIMITS, 0.9),
}


def frontier_figure(case: str, shape: Shape) -> tuple[Any, tuple[str, ...]]:
    points, limits, baseline = CASES[case]
    scene = scene_of(points, limits, "auroc", baseline)
    return drawing(lambda figure, form: draw_frontier(figure, form, scene), 3.5, shape)


def boxes(texts: list[Any]) -> list[tuple[float, float, float, float]]:
    extents = [text.get_window_extent(text.figure.canvas.get_renderer()) for text in texts if text.get_text()]
    return [tuple(box.extents) for box in extents]


def tick_texts(axis: Any) -> list[Any]:
    low, high = sorted(axis.get_view_interval())
    ticks = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    return [tick.label1 for tick in ticks if tick.label1.get_visible()]


def every_text(ax: Any) -> list[Any]:
    return [*ax.texts, *tick_texts(ax.xaxis), *tick_texts(ax.yaxis), ax.xaxis.label, ax.yaxis.label]


def segments(ax: Any) -> Iterator[tuple[float, float, float, float]]:
    """Every drawn line, in points: lines of limits and baselines, intervals, joining lines."""
    for line in ax.lines:
        if line.get_linestyle() != "None":
            places = line.get_transform().transform(line.get_xydata())
            yield from ((*one, *other) for one, other in itertools.pairwise(places.tolist()))
    for bars in ax.collections:
        for path in bars.get_segments():
            one, other = bars.get_transform().transform(path).tolist()
            yield (*one, *other)


def assert_names_are_clear(figure: Any) -> None:
    figure.canvas.draw()
    for ax in figure.axes:
        taken = boxes(every_text(ax))
        clashes = [pair for pair in itertools.combinations(taken, 2) if overlap(*pair)]
        assert not clashes
        lines = list(segments(ax))
        assert not [box for box in boxes(ax.texts) if any(crosses(box, line) for line in lines)]
        whole = figure.bbox.extents
        assert all(box[0] >= whole[0] - 1 and box[2] <= whole[2] + 1 for box in taken)
        assert all(box[1] >= whole[1] - 1 and box[3] <= whole[3] + 1 for box in taken)


@pytest.mark.parametrize("shape", [WIDE, NARROW], ids=lambda shape: shape.name)
@pytest.mark.parametrize("case", CASES)
def test_05_16_no_name_in_the_frontier_covers_another_name_or_a_line(case, shape):
    figure, unnamed = frontier_figure(case, shape)
    assert_names_are_clear(figure)
    routes = {str(p["route"]) for p in CASES[case][0]}
    # Twelve intervals from edge to edge leave room for few names on a phone; the rest is told below the picture.
    assert len(routes & set(unnamed)) <= len(routes) * (3 / 4 if case == "wide intervals" else 1 / 2)


@pytest.mark.parametrize("shape", [WIDE, NARROW], ids=lambda shape: shape.name)
def test_the_shipped_candidate_is_always_named(shape):
    for case, (points, _, _) in CASES.items():
        figure, unnamed = frontier_figure(case, shape)
        assert not {p["route"] for p in points if p["shipped"]} & set(unnamed)
        assert any(text.get_weight() == "bold" for text in figure.axes[0].texts)


@pytest.mark.parametrize("case", CASES)
def test_05_16_the_constant_answer_is_named_in_the_frontier(case):
    _, _, baseline = CASES[case]
    figure, _ = frontier_figure(case, NARROW)
    named = [text.get_text() for text in figure.axes[0].texts if text.get_text().startswith("constant answer")]
    assert bool(named) == (baseline is not None)


def test_what_could_not_be_named_is_told_below_the_picture():
    crowd = [point(f"candidate number {i}", 12_000, 0.95, 0.01, ships=not i) for i in range(60)]
    plot = frontier_plot(crowd, LIMITS, "auroc", baseline=0.5)
    assert plot is not None
    assert all(picture.unnamed for picture in plot.pictures)


def test_05_16_one_bad_candidate_does_not_stretch_the_axis():
    points = [*alike(ROUTES[:6]), point("constant", 9_000, 0.5), point("broken", 9_500, 0.31)]
    plot = frontier_plot(points, (), "auroc")
    assert plot is not None
    assert plot.notes == ("2 candidates below 0.924 are not drawn",)
    scene = scene_of(points, (), "auroc", 0.5)
    assert 0.9 < scene.low < 0.95 and "broken" in {row[0] for row in plot.table}


def test_where_less_is_better_the_bad_candidates_are_those_above():
    points = [
        {"route": f"r{i}", "readings": {"mae": [v, v - 1, v + 1]}, "bytes": 9_000 + i, "shipped": not i}
        for i, v in enumerate([10.0, 11.0, 10.5, 400.0])
    ]
    plot = frontier_plot(points, (), "mae", baseline=30.0)
    assert plot is not None and plot.notes[0].startswith("1 candidate above 12")


def test_the_shipped_candidate_is_drawn_however_bad_it_is():
    points = [*alike(ROUTES[1:6]), point("bad", 9_000, 0.5)]
    points = [{**p, "shipped": p["route"] == "bad"} for p in points]
    assert scene_of(points, (), "auroc", None).hidden == ()


def test_05_16_the_star_is_drawn_at_the_size_of_the_file():
    points = [{**p, "bytes": 91_234} if p["shipped"] else p for p in alike(ROUTES[:3])]
    figure, _ = drawing(lambda fig, form: draw_frontier(fig, form, scene_of(points, (), "auroc", None)), 3.5, WIDE)
    stars = [line for line in figure.axes[0].lines if line.get_marker() == "*"]
    assert [line.get_xdata()[0] for line in stars] == [91_234]
    told = frontier_plot(alike(ROUTES[:3]), (), "auroc", size_bytes=91_234)
    assert told is not None and "in 91.2 kB" in told.finding


@pytest.mark.parametrize(("least", "most"), [(9e3, 1.4e5), (1.2e4, 2.4e4), (1e3, 1e9), (11_000, 26_000)])
def test_sizes_on_the_axis_are_few_and_two_at_least(least, most):
    ticks = size_ticks(least, most, 5)
    assert 1 <= len(ticks) <= 5 and all(least <= tick <= most for tick in ticks)
    assert len(ticks) >= 2


def shares(n: int) -> Said:
    said = tuple(np.linspace(0.02, 0.98, n).tolist())
    low, high = tuple(max(s - 0.2, 0) for s in said), tuple(min(s + 0.2, 1) for s in said)
    return Said(said=said, came=said, low=low, high=high, prior=0.5, about="“a class with a name that is long”")


def test_05_16_calibration_names_its_constant_answer_and_covers_nothing():
    for n, shape in itertools.product((3, 10), (WIDE, NARROW)):
        figure, unnamed = drawing(lambda fig, form, n=n: draw_calibration(fig, form, shares(n)), 3.2, shape)
        assert_names_are_clear(figure)
        assert unnamed == ()
        assert "constant answer 0.5" in [text.get_text() for text in figure.axes[0].texts]


@pytest.mark.parametrize("bend", [1.0, 0.5, 0.05, 1e-6])
def test_05_16_the_roc_plot_names_no_skill_and_covers_nothing(bend):
    fpr = np.linspace(0, 1, 60)
    figure, unnamed = drawing(
        lambda fig, form: draw_roc(fig, form, fpr.tolist(), (fpr**bend).tolist(), (0.1, 0.1**bend), "“Yes”"),
        3.2,
        NARROW,
    )
    assert_names_are_clear(figure)
    assert unnamed == ()
    assert "no skill (constant answer)" in [text.get_text() for text in figure.axes[0].texts]


@pytest.mark.parametrize("shape", [WIDE, NARROW], ids=lambda shape: shape.name)
@pytest.mark.parametrize("spread", [0.5, 1.0, 3.0])
def test_05_16_residuals_name_the_spread_of_the_constant_answer(spread, shape):
    quantiles = tuple((-40.0, -15.0, 1.0 - i, 14.0, 45.0 + i) for i in range(20))
    bars = {"low": -60.0, "high": 70.0, "counts": list(range(20)), "below": 1, "above": 2}
    constant = tuple(spread * end for end in (-60.0, -30.0, 0.0, 30.0, 70.0))
    apart = Apart(said=tuple(range(100, 120)), quantiles=quantiles, bars=bars, constant=constant, about="price")
    figure, unnamed = drawing(lambda fig, form: draw_residuals(fig, form, apart), 3.2, shape)
    assert_names_are_clear(figure)
    assert len(unnamed) + sum("constant answer" in text.get_text() for text in figure.axes[0].texts) == 2
    assert spread < 1 or not unnamed


def test_importance_names_cover_nothing():
    top = [[f"a column with a very long name indeed {i}", 0.001 * i, 0.0, 0.002 * i] for i in range(12)]
    for shape in (WIDE, NARROW):
        figure, _ = drawing(lambda fig, form: draw_bars(fig, form, top, "balanced-accuracy"), 3.5, shape)
        figure.draw_without_rendering()
        assert_names_are_clear(figure)


def test_plots_say_their_finding_and_hold_their_numbers():
    roc = roc_plot(MANIFEST["tables"]["roc"], ["No", "Yes"])
    assert roc is not None and "finds 52.5% of the rows of “Yes”, with a false alarm on 10.7%" in roc.finding
    table = {"said": [1.0, 2.0], "quantiles": [[-2, -1, 0, 1, 2]] * 2, "count": [50, 50], "all": [-2, -1, 0, 1, 2],
             "histogram": {"low": -2, "high": 2, "counts": [10, 80, 10], "below": 1, "above": 1}}  # fmt: skip
    residual = residual_plot(table, about="price", baseline={"value": 1.5, "quantiles": [-4, -2, 0, 2, 4]})
    assert residual is not None
    assert residual.finding == (
        "For 90 % of the rows the truth lies between -2 and +2 of the answer; "
        "of the constant answer 1.5, between -4 and +4"
    )
    assert residual.notes == ("The histogram leaves out 2 rows at its two ends",)
    assert len(residual.table) == 3


def test_every_plot_fills_its_place_and_has_no_size_of_its_own():
    plot = calibration_plot(MANIFEST["tables"]["calibration"], about="“Yes”", prior=0.27)
    assert plot is not None
    for picture in plot.pictures:
        opening = picture.svg[: picture.svg.index(">")]
        assert "viewBox" in opening and "width=" not in opening and "height=" not in opening


def test_boxes_and_lines_that_touch_are_told_apart_from_those_that_do_not():
    box = (0.0, 0.0, 10.0, 4.0)
    assert crosses(box, (-5, 2, 15, 2)) and crosses(box, (1, 1, 2, 2)) and crosses(box, (-1, -1, 11, 5))
    assert not crosses(box, (-5, 5, 15, 5)) and not crosses(box, (-3, 2, 2, 7.5))
    assert meet((0, 0, 2, 2), (0, 2, 2, 0)) and not meet((0, 0, 1, 1), (3, 0, 3, 5))
    room = Room(frame=(0, 0, 100, 100), marks=(box,))
    assert not room.is_free((9, 3, 20, 8)) and room.is_free((20, 20, 40, 30)) and not room.is_free((90, 0, 110, 10))
