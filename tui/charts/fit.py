"""The points, and the line or the curve that each model has now."""

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
"""From so many points on, each is a dot and not a disc."""
MOST = 300
"""Of a larger crowd, some are left out: it looks the same, and a frame costs no more."""
GONE = "off the chart"
MARKS = 3
"""How often a line carries its marker, where there are several."""


@dataclass(frozen=True, slots=True)
class FitGround:
    """What stays the same while a line moves: the plot below it, and the plot above."""

    below: Plot
    """The axes, the line at the start, and a crowd of points: above the line it would hide it."""
    above: Plot
    """The legend, a few points and what is said of the line: below it they would be hidden."""


@shows(LinePicture)
def draw(picture: LinePicture, width: int, height: int, style: ChartStyle) -> Canvas:
    """The line among its points, in a window that stays where it is while the line moves."""
    names = _entries(len(picture.x), picture.sample is not None, style)
    data = picture.x.tobytes(), picture.y.tobytes(), picture.start
    fixed = () if style.residuals else names  # beside residuals, the legend moves with them
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
    plot.lay(ground.above)
    if picture.sample is not None:
        plot.points(picture.x[picture.sample], picture.y[picture.sample], style.sample, "◆")
    if style.residuals:
        taken = residuals.drawn | ground.above.drawn
        at_start = _at_start(plot, picture.start)
        plot.legend(names, (picture.x, picture.y), at_start, style.places, taken)
    return plot.canvas


@shows(WalksPicture)
def draw_lines(picture: WalksPicture, width: int, height: int, style: ChartStyle) -> Canvas:
    """The line of each run among the points."""
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
    """The curve of each model among the points."""
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
    plot.lay(_ground(*data, names, width, height, style, _named_gone(picture.walks, seen)).above)
    plot.lay(curves)
    if len(runs) > 1:
        for index, (fit, (mark, _, colour)) in enumerate(zip(picture.walks, runs, strict=True)):
            at = _marked(len(picture.grid), index, len(runs))
            plot.points(picture.grid[at], fit.curve[at], colour, mark)
    return plot.canvas


def _named_gone(walks: Sequence[LineWalk | Fit], seen: list[bool]) -> tuple[str, ...]:
    """Which lines are out of sight, in two lengths; nothing where all are seen."""
    gone = [walk.name for walk, shown in zip(walks, seen, strict=True) if not shown]
    return (f"{GONE}: {', '.join(gone)}", f"{len(gone)} {GONE}") if gone else ()


def _at_start(plot: Plot, start: tuple[float, float] | None) -> tuple[Array, Array]:
    """The line at the start across the plot, if there is one."""
    if start is None:
        return np.empty(0), np.empty(0)
    across = plot.x.values(plot.columns)
    return across, start[0] * across + start[1]


def points_entry(points: int, style: ChartStyle) -> LegendEntry:
    """What the legend says of the data."""
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
    """The axes, the points, the line at the start if there is one, and the legend.

    `gone` are the lengths of a remark on what is out of sight; the legend leaves room for it.
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
    """Axes around the points; the first line may widen them by half, the line now never does."""
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
    """One of the points for each braille dot, and not too many."""
    across, down = plot.dots(plot.x.place(x), plot.y.place(y))
    with np.errstate(over="ignore", invalid="ignore"):
        dots = np.floor(across) * 4 * plot.rows + np.floor(down)
    apart = np.unique(dots, return_index=True)[1]
    return apart[:: len(apart) // MOST + 1]


def _line(plot: Plot, w: float, b: float, colour: tuple[int, int, int]) -> bool:
    """Draw w·x + b across the window; False where it is out of sight."""
    ends = plot.x.values(2)
    with np.errstate(over="ignore", invalid="ignore"):
        return math.isfinite(w + b) and plot.line(ends, w * ends + b, colour)


def _marked(places: int, index: int, runs: int) -> NDArray[np.intp]:
    """Where a line carries its marker: those of different lines alternate, and so all are seen
    where the lines are one."""
    shares = (np.arange(MARKS) + (index + 0.5) / runs) / MARKS
    return (shares * places).astype(np.intp)


def _residuals(plot: Plot, picture: LinePicture, style: ChartStyle) -> None:
    """A vertical line from every point to the line; in each column, the longest."""
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
        entries.insert(1, ("◆", "this sample", style.sample))
    if style.residuals:
        entries.append(("│", "residual", style.residual))
    return tuple(entries)
