"""Charts of the data points with the current line or curve of each model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.pictures import Array, Fit, FitsPicture, LinePicture, LineWalk, WalksPicture
from tui.charts.axis import Scale, padded, rounded
from tui.charts.canvas import Canvas, shows
from tui.charts.loss import entries
from tui.charts.plot import LegendEntry, Plot
from tui.charts.style import ChartStyle

CROWD = 30
"""The number of points from which on each is a dot and not a disc."""
MOST = 300
"""The most points that are drawn: more look the same and cost time."""
GONE = "off the chart"
SAMPLE = "◆"
MARKS = 3
"""The number of markers on each line if there are several."""


@dataclass(frozen=True, slots=True)
class FitGround:
    """The parts of the chart that stay the same while a line moves."""

    below: Plot
    """The axes, the line at the start and, if there are many, the points."""
    above: Plot
    """The legend, a remark on lines out of sight and, if there are few, the points."""


@shows(LinePicture)
def draw(picture: LinePicture, width: int, height: int, style: ChartStyle) -> Canvas:
    """Draw the line among the points, on axes that stay fixed while the line moves."""
    names = _entries(len(picture.x), picture.sample is not None, style)
    data = picture.x.tobytes(), picture.y.tobytes(), picture.start
    fixed = () if style.residuals else names  # with residuals, the legend is placed in each frame
    ground = _ground(*data, fixed, width, height, style)
    plot, residuals = ground.below.again(), ground.below.blank()
    if style.residuals:
        _residuals(residuals, picture, style)
        plot.lay(residuals)
    if not _line(plot, picture.w, picture.b, style.line):
        middle = picture.w * float(picture.x.mean()) + picture.b
        side = "" if math.isnan(middle) or math.isinf(middle) else ", above"
        if side and middle <= plot.y.high:
            side = ", below"
        gone = f"{GONE}{side}"
        ground = _ground(*data, fixed, width, height, style, (f"the line is {gone}", gone, GONE))
    if picture.sample is not None:
        plot.points(picture.x[picture.sample], picture.y[picture.sample], style.sample, SAMPLE)
    plot.lay(ground.above, on_top=SAMPLE)
    if style.residuals:
        taken = residuals.drawn | ground.above.drawn
        at_start = _at_start(plot, picture.start)
        plot.legend(names, (picture.x, picture.y), at_start, style.places, taken)
    return plot.canvas


@shows(WalksPicture)
def draw_lines(picture: WalksPicture, width: int, height: int, style: ChartStyle) -> Canvas:
    """Draw the line of each run among the points."""
    runs = entries(picture, style)
    names = (points_entry(len(picture.x), style), *runs, ("⠂⠐", "at the start", style.start))
    data = picture.x.tobytes(), picture.y.tobytes(), picture.start
    ground = _ground(*data, names, width, height, style)
    plot = ground.below.again()
    seen = [
        _line(plot, walk.w, walk.b, colour)
        for walk, (_, _, colour) in zip(picture.walks, runs, strict=True)
    ]
    for index, (walk, (mark, _, colour)) in enumerate(zip(picture.walks, runs, strict=True)):
        if seen[index]:
            x = plot.x.values(plot.columns)[_marked(plot.columns, index, len(runs))]
            plot.points(x, walk.w * x + walk.b, colour, mark)
    gone = _named_gone(picture.walks, seen)
    plot.lay(_ground(*data, names, width, height, style, gone).above)
    return plot.canvas


@shows(FitsPicture)
def draw_curves(picture: FitsPicture, width: int, height: int, style: ChartStyle) -> Canvas:
    """Draw the curve of each model among the points."""
    runs = entries(picture, style)
    names = runs if len(runs) > 1 else (("⠒⠒", f"{picture.walks[0].name} now", style.line),)
    names = (points_entry(len(picture.x), style), *names)
    data = picture.x.tobytes(), picture.y.tobytes(), None
    ground = _ground(*data, names, width, height, style)
    plot, curves = ground.below.again(), ground.below.blank()
    seen = [
        curves.line(picture.grid, fit.curve, colour)
        for fit, (_, _, colour) in zip(picture.walks, runs, strict=True)
    ]
    if len(runs) > 1:
        for index, (fit, (mark, _, colour)) in enumerate(zip(picture.walks, runs, strict=True)):
            at = _marked(len(picture.grid), index, len(runs))
            curves.points(picture.grid[at], fit.curve[at], colour, mark)
    plot.lay(_ground(*data, names, width, height, style, _named_gone(picture.walks, seen)).above)
    plot.lay(curves)
    return plot.canvas


def _named_gone(walks: Sequence[LineWalk | Fit], seen: list[bool]) -> tuple[str, ...]:
    """Return a remark on the lines out of sight, long and short; empty if all are visible."""
    gone = [walk.name for walk, shown in zip(walks, seen, strict=True) if not shown]
    return (f"{GONE}: {', '.join(gone)}", f"{len(gone)} {GONE}") if gone else ()


def _at_start(plot: Plot, start: tuple[float, float] | None) -> tuple[Array, Array]:
    """Return the line at the start across the plot, empty if there is none."""
    if start is None:
        return np.empty(0), np.empty(0)
    across = plot.x.values(plot.columns)
    return across, start[0] * across + start[1]


def points_entry(points: int, style: ChartStyle) -> LegendEntry:
    """Return the legend entry of the data."""
    return "●" if points < CROWD else "⠢", "points", style.points


@lru_cache(maxsize=8)
def _ground(
    x: bytes,
    y: bytes,
    start: tuple[float, float] | None,
    names: Sequence[LegendEntry],
    width: int,
    height: int,
    style: ChartStyle,
    gone: tuple[str, ...] = (),
) -> FitGround:
    """Return the axes, the points, the line at the start if there is one, and the legend.

    `gone` is a remark on lines out of sight, long and short; the legend leaves room for it.
    """
    xs, ys = np.frombuffer(x), np.frombuffer(y)
    below = Plot(width, height, *window(xs, ys, start), style)
    above = below.blank()
    curves = _at_start(below, start)
    below.points(curves[0][1::3], curves[1][1::3], style.start)
    kept = _apart(below, xs, ys)
    if len(xs) < CROWD:
        above.points(xs[kept], ys[kept], style.points, "●")
    else:
        below.points(xs[kept], ys[kept], style.points)
    if gone:
        above.remark(gone, style.residual, above.drawn)
    if names:
        above.legend(names, (xs, ys), curves)
    return FitGround(below, above)


def window(x: Array, y: Array, start: tuple[float, float] | None) -> tuple[Scale, Scale]:
    """Return axes around the points, which only the line at the start may widen."""
    edges = padded(float(x.min()), float(x.max()), 0.06)
    if start is None:
        return Scale("x", *edges), Scale("y", *padded(float(y.min()), float(y.max()), 0.3))
    low, high = padded(float(y.min()), float(y.max()), 0.1)
    first = start[0] * np.array(edges) + start[1]
    room = 0.5 * (high - low)
    low = min(low, max(float(first.min()), low - room))
    high = max(high, min(float(first.max()), high + room))
    return Scale("x", *edges), Scale("y", low, high)


def _apart(plot: Plot, x: Array, y: Array) -> NDArray[np.intp]:
    """Return the indices of at most `MOST` points, one for each braille dot."""
    across, down = plot.dots(plot.x.place(x), plot.y.place(y))
    with np.errstate(over="ignore", invalid="ignore"):
        dots = np.floor(across) * 4 * plot.rows + np.floor(down)
    apart = np.unique(dots, return_index=True)[1]
    return apart[:: len(apart) // MOST + 1]


def _line(plot: Plot, w: float, b: float, colour: tuple[int, int, int]) -> bool:
    """Draw w·x + b across the plot; return whether any of it is visible."""
    ends = plot.x.values(2)
    with np.errstate(over="ignore", invalid="ignore"):
        return math.isfinite(w + b) and plot.line(ends, w * ends + b, colour)


def _marked(places: int, index: int, runs: int) -> NDArray[np.intp]:
    """Return the indices of a line's markers. Those of different lines alternate, so that all are
    visible if the lines coincide."""
    shares = (np.arange(MARKS) + (index + 0.5) / runs) / MARKS
    return (shares * places).astype(np.intp)


def _residuals(plot: Plot, picture: LinePicture, style: ChartStyle) -> None:
    """Draw a vertical line from each point to the line; in each column, the longest."""
    with np.errstate(over="ignore", invalid="ignore"):
        ends = plot.y.place(picture.w * picture.x + picture.b).clip(0, 1)
    length = rounded(np.abs(ends - plot.y.place(picture.y)))
    longest = np.argsort(-length, kind="stable")
    columns = np.unique(plot.column(picture.x[longest]), return_index=True)[1]
    kept = longest[columns]
    on_line = plot.y.low + ends[kept] * (plot.y.high - plot.y.low)
    plot.segments(picture.x[kept], on_line, picture.y[kept], style.residual, "│")


def _entries(points: int, sampled: bool, style: ChartStyle) -> tuple[LegendEntry, ...]:
    entries = [
        points_entry(points, style),
        ("⠒⠒", "line now", style.line),
        ("⠂⠐", "at the start", style.start),
    ]
    if sampled:
        entries.insert(1, (SAMPLE, "this sample", style.sample))
    if style.residuals:
        entries.append(("│", "residual", style.residual))
    return tuple(entries)
